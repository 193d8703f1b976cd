import { expect, it } from 'vitest';
import { kialiPage } from './kiali-page.ts';
import type { MeshView } from './mesh-view.ts';

const mesh: MeshView = {
  namespaces: [
    { name: 'shop', injection: 'enabled', pods: 2, withSidecar: 1 },
    { name: 'plain', pods: 0, withSidecar: 0 },
  ],
  workloads: [
    { namespace: 'shop', name: '<img src=x onerror=alert(1)>', kind: 'Deployment', pods: 1, ready: 1, withSidecar: 1 },
    { namespace: 'shop', name: 'old', kind: 'Deployment', pods: 1, ready: 1, withSidecar: 0 },
    { namespace: 'istio-system', name: 'istiod', kind: 'Deployment', pods: 1, ready: 1, withSidecar: 0 },
  ],
  services: [{ namespace: 'shop', name: 'web', type: 'ClusterIP', ports: '80/TCP' }],
};

it('says what it is, and shows the mesh', () => {
  const html = kialiPage(mesh, new Date(0));
  expect(html).toContain('This is not Kiali');
  expect(html).toContain('<b>1 of 2</b> workloads in the mesh');
  expect(html).toContain('1 of 2</span>');
  expect(html).toContain('not injected');
  expect(html).toContain('00:00:00 UTC');
});

it('never takes text of the cluster for HTML, and asks nobody else for anything', () => {
  const html = kialiPage(mesh, new Date(0));
  expect(html).not.toContain('<img');
  expect(html).not.toMatch(/<script|<link|"https?:/);
});
