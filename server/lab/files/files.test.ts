import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ISTIO } from '../../versions.ts';
import { workspaceFiles } from './index.ts';

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}

const manifests = (): Record<string, Manifest[]> =>
  Object.fromEntries(
    workspaceFiles()
      .filter(({ path }) => path.endsWith('.yaml'))
      .map(({ path, content }) => [
        path,
        parseAllDocuments(content).map((document) => {
          expect(document.errors, path).toEqual([]);
          return document.toJS() as Manifest;
        }),
      ]),
  );

const names = (objects: Manifest[]): string[] => objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

it('holds the bank, namespace first', () => {
  const files = Object.entries(manifests()).filter(([path]) => path.startsWith('bank/'));
  expect(files.map(([path]) => path)).toEqual(['bank/00-namespace.yaml', 'bank/10-bank.yaml']);
  expect(names(files.flatMap(([, objects]) => objects))).toEqual([
    'Namespace/ucontas-app',
    ...['web', 'accounts', 'payments', 'ledger', 'rates'].flatMap((name) => [`Service/${name}`, `Deployment/${name}`]),
  ]);
});

it('holds every addon, all in istio-system', () => {
  const addons = Object.entries(manifests()).filter(([path]) => path.startsWith(`istio-${ISTIO}/samples/addons/`));
  expect(addons.map(([path]) => path.split('/').pop()).sort()).toEqual([
    'grafana.yaml',
    'jaeger.yaml',
    'kiali.yaml',
    'loki.yaml',
    'prometheus.yaml',
  ]);
  for (const [path, objects] of addons) {
    for (const { kind, metadata } of objects) {
      if (!kind.startsWith('ClusterRole')) expect(metadata.namespace, `${path} ${kind}`).toBe('istio-system');
    }
  }
  expect(names(addons.flatMap(([, objects]) => objects))).toEqual(
    expect.arrayContaining(['Service/tracing', 'Service/zipkin', 'StatefulSet/loki', 'Deployment/kiali']),
  );
});

it('leaves the addons to Istio’s own release on a real cluster', () => {
  expect(workspaceFiles('kind').map(({ path }) => path)).toEqual([
    'README.txt',
    'bank/00-namespace.yaml',
    'bank/10-bank.yaml',
  ]);
});
