/** Images of the addons that only hold their place: Prometheus, Grafana, Jaeger, Loki and two helpers beside them. */
import type { RequestListener } from 'node:http';
import type { Image } from '../../images/image.ts';
import { escapeHtml, HTML, page } from './page.ts';
import { serveAddon } from './serve.ts';

interface Placeholder {
  product: string;
  repositories: string[];
  /** Ports that it listens on; the page is on all of them. */
  ports: number[];
  /** Paths of health checks, answered with 200. */
  healthy: string[];
  /** Where the page is. */
  pages: string[];
  /** What the real one does, and what it would show here: two sentences. */
  real: string;
  wouldShow: string;
}

const PLACEHOLDERS: Placeholder[] = [
  {
    product: 'Prometheus',
    repositories: ['prom/prometheus'],
    ports: [9090],
    healthy: ['/-/ready', '/-/healthy'],
    pages: ['/', '/graph', '/query'],
    real: 'Prometheus collects numbers from every proxy and from istiod, keeps them as time series and answers queries about them.',
    wouldShow:
      'Here you would ask, for example, for istio_requests_total: how many requests each service got, and with which result.',
  },
  {
    product: 'Grafana',
    repositories: ['grafana/grafana'],
    ports: [3000],
    healthy: ['/api/health'],
    pages: ['/', '/dashboards', '/login'],
    real: 'Grafana draws dashboards from what Prometheus has collected.',
    wouldShow:
      'Here you would find Istio’s dashboards: the mesh as a whole, one service, one workload, and istiod itself.',
  },
  {
    product: 'Jaeger',
    repositories: ['jaegertracing/jaeger', 'jaegertracing/all-in-one'],
    ports: [16686, 13133, 9411, 14268, 4318, 8888],
    healthy: ['/status'],
    pages: ['/', '/search', '/jaeger', '/jaeger/', '/jaeger/search'],
    real: 'Jaeger collects traces: for one request, the calls from service to service that it set off, and how long each took.',
    wouldShow: 'Here you would search for the traces of a service and see each as a timeline.',
  },
  {
    product: 'Loki',
    repositories: ['grafana/loki'],
    ports: [3100],
    healthy: ['/ready'],
    pages: ['/'],
    real: 'Loki keeps logs and lets Grafana search them.',
    wouldShow: 'It has no pages of its own; Grafana would show the proxies’ access logs from it.',
  },
  {
    product: 'the config reloader of Prometheus',
    repositories: [
      'ghcr.io/prometheus-operator/prometheus-config-reloader',
      'prometheus-operator/prometheus-config-reloader',
    ],
    ports: [8080],
    healthy: ['/healthz'],
    pages: ['/'],
    real: 'It tells Prometheus when its configuration has changed.',
    wouldShow: 'It has no pages.',
  },
];

const body = ({ product, real, wouldShow }: Placeholder): string => `<main>
<h1>${escapeHtml(product)}, as a placeholder</h1>
<p class="note"><strong>This is not ${escapeHtml(product)}.</strong> On the embedded cluster, Malha runs a placeholder in
its place: it is ready and has this page, and it collects nothing.</p>
<p>${escapeHtml(real)} ${escapeHtml(wouldShow)}</p>
<p>To use the real one, run the lab on kind: the same manifests install it there.</p>
</main>`;

function listener(placeholder: Placeholder): RequestListener {
  return (request, response) => {
    const path = new URL(request.url ?? '/', 'http://addon').pathname;
    if (placeholder.healthy.includes(path)) response.writeHead(200).end();
    else if (placeholder.pages.includes(path)) {
      response.writeHead(200, HTML).end(page(`${placeholder.product} (placeholder)`, body(placeholder)));
    } else {
      // An answer that looks like the product's own API would be a false success.
      const message = `not supported: this is Malha's placeholder for ${placeholder.product}, which has no ${path}`;
      response.writeHead(501, { 'content-type': 'application/json' }).end(`${JSON.stringify({ error: message })}\n`);
    }
  };
}

export const placeholders: Image[] = PLACEHOLDERS.map((placeholder) => ({
  repositories: placeholder.repositories,
  summary: `a placeholder for ${placeholder.product}`,
  simulated: true,
  start: (context) => serveAddon(context, placeholder.product, placeholder.ports, listener(placeholder)),
}));
