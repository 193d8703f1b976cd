/** istiod's metrics in Prometheus' text format: the few that this istiod has true numbers for. */
import { ISTIO } from '../../../versions.ts';
import type { InjectionCounts } from './inject-handler.ts';

const metric = (name: string, type: 'counter' | 'gauge', help: string, value: number, labels = ''): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name}${labels} ${value}\n`;

export const metricsText = (proxies: number, counts: InjectionCounts): string =>
  [
    metric('istio_build', 'gauge', 'Istio component build info', 1, `{component="pilot",tag="${ISTIO}-embedded"}`),
    metric(
      'pilot_xds',
      'gauge',
      'Number of endpoints connected to this pilot using XDS.',
      proxies,
      `{version="${ISTIO}"}`,
    ),
    metric(
      'sidecar_injection_requests_total',
      'counter',
      'Total number of sidecar injection requests.',
      counts.success + counts.skipped + counts.failed,
    ),
    metric(
      'sidecar_injection_success_total',
      'counter',
      'Total number of successful sidecar injection requests.',
      counts.success,
    ),
    metric(
      'sidecar_injection_skip_total',
      'counter',
      'Total number of skipped sidecar injection requests.',
      counts.skipped,
    ),
    metric(
      'sidecar_injection_failure_total',
      'counter',
      'Total number of failed sidecar injection requests.',
      counts.failed,
    ),
  ].join('');
