import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare, takeInventory } from './inventory.ts';
import { emptyCluster } from './reset.ts';
import { type TestCluster, testCluster } from './testing.ts';

/** Of each kind of trouble: a namespace with a shell that sleeps, objects in `default`, custom kinds, a dead webhook. */
const MANIFEST = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: boats.example.com }
spec:
  group: example.com
  scope: Cluster
  names: { kind: Boat, plural: boats, singular: boat }
  versions:
  - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: sleeper, namespace: shop }
spec:
  selector: { matchLabels: { app: sleeper } }
  template:
    metadata: { labels: { app: sleeper } }
    spec: { containers: [{ name: sleeper, image: busybox, command: [sleep, infinity] }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: mine, namespace: default }
data: { a: b }
---
apiVersion: v1
kind: Pod
metadata: { name: alone, namespace: default }
spec: { containers: [{ name: alone, image: busybox, command: [sleep, infinity] }] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: sailor }
rules: []
`;
const CUSTOM = `
apiVersion: example.com/v1
kind: Boat
metadata: { name: malha }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: dead }
webhooks:
- name: dead.example.com
  clientConfig: { service: { name: gone, namespace: gone } }
  rules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"] }]
  failurePolicy: Fail
  sideEffects: None
  admissionReviewVersions: [v1]
`;

let lab: TestCluster;
beforeAll(async () => {
  lab = await testCluster();
});
afterAll(() => lab.end());

const inventory = () => takeInventory(lab.kubeconfig);

describe('a cluster', () => {
  it('as it comes holds nothing of anybody', async () => {
    expect(await inventory()).toEqual({});
  });

  it('tells what was added, changed and removed, and nothing that the cluster does by itself', async () => {
    await lab.kubectl('apply -f -', MANIFEST);
    await lab.kubectl('wait pods --all -n shop --for=condition=Ready --timeout=30s');
    await lab.kubectl('wait pod alone --for=condition=Ready --timeout=30s');
    const before = await inventory();
    expect(Object.keys(before)).toEqual([
      'ClusterRole sailor',
      'ConfigMap mine in default',
      'CustomResourceDefinition boats.example.com',
      'Deployment sleeper in shop',
      'Namespace shop',
      'Pod alone in default',
    ]);
    await lab.kubectl('rollout restart deployment sleeper -n shop');
    await lab.kubectl('rollout status deployment sleeper -n shop --timeout=30s');
    expect(compare(before, await inventory())).toEqual({ added: [], changed: [], removed: [] });
    await lab.kubectl('label namespace shop team=a');
    await lab.kubectl('scale deployment sleeper -n shop --replicas=2');
    await lab.kubectl('delete configmap mine');
    await lab.kubectl('create configmap other');
    expect(compare(before, await inventory())).toEqual({
      added: ['ConfigMap other in default'],
      changed: ['Deployment sleeper in shop', 'Namespace shop'],
      removed: ['ConfigMap mine in default'],
    });
  });

  it('is emptied, whatever stands in the way, and says what it is at', async () => {
    await lab.kubectl('apply -f -', CUSTOM);
    const said: string[] = [];
    await emptyCluster(lab.kubeconfig, (message) => said.push(message));
    expect(await inventory()).toEqual({});
    expect(said[0]).toBe('Removing webhooks.');
    expect(await lab.kubectl('get namespaces -o name')).not.toContain('shop');
    expect(await lab.kubectl('get pods -A -o name')).not.toMatch(/sleeper|alone/);
    expect(await lab.kubectl('get svc,sa -n default -o name')).toBe('service/kubernetes\nserviceaccount/default\n');
    // It still works.
    await lab.kubectl('create namespace shop');
    await lab.kubectl('delete namespace shop');
  });
});
