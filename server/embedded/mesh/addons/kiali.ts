/** The image `kiali/kiali`: a page of Malha's own that shows the mesh's objects, in Kiali's place. */
import type { RequestListener } from 'node:http';
import type { Image } from '../../images/image.ts';
import { kialiPage } from './kiali-page.ts';
import { readMesh } from './mesh-view.ts';
import { escapeHtml, HTML, page } from './page.ts';
import { serveAddon } from './serve.ts';

export const kiali: Image = {
  repositories: ['quay.io/kiali/kiali', 'kiali/kiali'],
  summary: 'stands in for Kiali: one page of namespaces, workloads and services',
  simulated: true,
  start(context) {
    const listener: RequestListener = (request, response) => {
      const path = new URL(request.url ?? '/', 'http://kiali').pathname;
      if (path === '/') response.writeHead(302, { location: '/kiali/' }).end();
      else if (path === '/kiali/healthz' || path === '/healthz') response.writeHead(200).end();
      else if (path === '/kiali' || path.startsWith('/kiali/console') || path === '/kiali/') {
        readMesh(context.client).then(
          (mesh) => response.writeHead(200, HTML).end(kialiPage(mesh, new Date())),
          (error: Error) =>
            response
              .writeHead(502, HTML)
              .end(
                page(
                  'Kiali (Malha’s stand-in)',
                  `<main><p>The API did not answer: ${escapeHtml(error.message)}</p></main>`,
                ),
              ),
        );
      } else {
        const body = `<main><h1>Not part of Malha’s stand-in for Kiali</h1><p>There is one page: <a href="/kiali/">/kiali/</a>.</p></main>`;
        response.writeHead(404, HTML).end(page('Not found', body));
      }
    };
    return serveAddon(context, 'Kiali', [20001], listener);
  },
};
