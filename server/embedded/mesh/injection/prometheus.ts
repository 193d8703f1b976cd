/**
 * "Metrics merging": the pod's prometheus.io annotations point at the agent, which scrapes the application as they
 * said before. (Istio documentation: "Integrations, Prometheus".)
 */
import type { Container, Pod } from '../../types.ts';
import type { MeshConfig } from './config.ts';

const ANNOTATION = /^prometheus[._/]io[._/](scrape|port|path)$/;

/** Changes the pod's annotations and the proxy's environment in place. */
export function mergePrometheus(pod: Pod, proxy: Container, mesh: MeshConfig, statusPort: number): void {
  const annotations: Record<string, string> = { ...pod.metadata.annotations };
  const own = annotations['prometheus.istio.io/merge-metrics'];
  if (own === undefined ? mesh.enablePrometheusMerge === false : own === 'false') return;
  const scrape: Record<string, string> = {};
  const keys: string[] = [];
  for (const [key, value] of Object.entries(annotations)) {
    const part = ANNOTATION.exec(key)?.[1];
    if (!part) continue;
    scrape[part] = value;
    keys.push(key);
  }
  if (scrape.scrape === 'false' || scrape.port === String(statusPort)) return;
  if (keys.length)
    proxy.env = [...(proxy.env ?? []), { name: 'ISTIO_PROMETHEUS_ANNOTATIONS', value: JSON.stringify(scrape) }];
  for (const key of keys) delete annotations[key];
  annotations['prometheus.io/port'] = String(statusPort);
  annotations['prometheus.io/path'] = '/stats/prometheus';
  annotations['prometheus.io/scrape'] = 'true';
  pod.metadata = { ...pod.metadata, annotations };
}
