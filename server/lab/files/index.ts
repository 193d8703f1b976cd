/** What the learner finds in the workspace: the example bank, and on the embedded cluster Istio's sample addons. */
import type { BackendKind } from '../../clusters/backend.ts';
import { ISTIO } from '../../versions.ts';
import { grafana } from './addon-grafana.ts';
import { jaeger } from './addon-jaeger.ts';
import { kiali } from './addon-kiali.ts';
import { loki } from './addon-loki.ts';
import { prometheus } from './addon-prometheus.ts';
import { bank, bankNamespace } from './bank.ts';
import { readme } from './readme.ts';

export interface WorkspaceFile {
  /** Relative to the workspace, with `/`. */
  path: string;
  content: string;
}

const addons: Record<string, string> = { grafana, jaeger, kiali, loki, prometheus };

/**
 * The addons are ours only where the cluster is embedded: a real cluster gets the samples of Istio's own release, which
 * hold what ours leave out (Grafana's dashboards, for one).
 */
export const workspaceFiles = (backend: BackendKind = 'embedded'): WorkspaceFile[] => [
  { path: 'README.txt', content: readme },
  { path: 'bank/00-namespace.yaml', content: bankNamespace },
  { path: 'bank/10-bank.yaml', content: bank },
  ...(backend === 'embedded'
    ? Object.entries(addons).map(([name, content]) => ({
        path: `istio-${ISTIO}/samples/addons/${name}.yaml`,
        content,
      }))
    : []),
];
