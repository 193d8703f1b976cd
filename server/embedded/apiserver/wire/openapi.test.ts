import { describe, expect, it } from 'vitest';
import type { ResourceInfo } from '../resource.ts';
import { builtinResources } from './builtin.ts';
import { openapiRoutes } from './openapi.ts';

interface Doc {
  paths: Record<string, Record<string, { parameters: { name: string }[]; 'x-kubernetes-group-version-kind': unknown }>>;
  components: {
    schemas: Record<string, { properties: Record<string, object>; required?: string[]; description?: string }>;
  };
}

const custom: ResourceInfo = {
  ...builtinResources[0]!,
  group: 'networking.istio.io',
  version: 'v1',
  resource: 'gateways',
  kind: 'Gateway',
  type: undefined,
  schema: { type: 'object', properties: { spec: { type: 'object', properties: { servers: { type: 'array' } } } } },
};

const routes = openapiRoutes(() => all);
const all = [...builtinResources, custom];
const doc = (key: string) => routes(`/openapi/v3/${key}`, '')?.body as Doc;

const references = (value: unknown): string[] =>
  value === null || typeof value !== 'object'
    ? []
    : Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [inner as string] : references(inner)));

describe('OpenAPI v3', () => {
  it('indexes a document for each group and version', () => {
    const { paths } = routes('/openapi/v3', '')!.body as { paths: Record<string, { serverRelativeURL: string }> };
    expect(Object.keys(paths)).toContain('apis/autoscaling/v2');
    expect(paths['api/v1']!.serverRelativeURL).toMatch(/^\/openapi\/v3\/api\/v1\?hash=[0-9A-F]{64}$/);
    for (const key of Object.keys(paths)) expect(doc(key), key).toBeDefined();
  });

  it('has every schema that it refers to', () => {
    for (const key of ['api/v1', 'apis/apps/v1', 'apis/apiextensions.k8s.io/v1', 'apis/networking.istio.io/v1']) {
      const document = doc(key);
      for (const reference of references(document)) {
        const name = reference.replace('#/components/schemas/', '');
        expect(document.components.schemas, `${key} ${name}`).toHaveProperty([name]);
      }
    }
  });

  it('tells kubectl apply how lists merge, what a PATCH takes, and what it is of', () => {
    const { paths, components } = doc('apis/apps/v1');
    expect(components.schemas['io.k8s.api.core.v1.PodSpec']!.properties.containers).toMatchObject({
      type: 'array',
      items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    expect(components.schemas['io.k8s.api.apps.v1.Deployment']).toMatchObject({
      'x-kubernetes-group-version-kind': [{ group: 'apps', kind: 'Deployment', version: 'v1' }],
      properties: { kind: { type: 'string' } },
    });
    const patch = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']!.patch!;
    expect(patch['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', kind: 'Deployment', version: 'v1' });
    expect(patch.parameters.map((p) => p.name)).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force']);
  });

  it('describes fields for kubectl explain, and says which are required', () => {
    const container = doc('api/v1').components.schemas['io.k8s.api.core.v1.Container']!;
    expect(doc('apis/apps/v1').components.schemas['io.k8s.api.apps.v1.Deployment']!.description).toContain('Pods');
    expect(container.properties.image).toMatchObject({ type: 'string', description: expect.stringContaining('image') });
    expect(container.required).toEqual(['name']);
  });

  it('publishes the schema of a custom resource', () => {
    const { components, paths } = doc('apis/networking.istio.io/v1');
    expect(components.schemas['io.istio.networking.v1.Gateway']).toMatchObject({
      properties: { spec: { properties: { servers: { type: 'array' } } }, apiVersion: {}, metadata: {} },
      'x-kubernetes-group-version-kind': [{ group: 'networking.istio.io', kind: 'Gateway', version: 'v1' }],
    });
    expect(paths['/apis/networking.istio.io/v1/namespaces/{namespace}/gateways/{name}']!.patch).toBeDefined();
  });

  it('makes a document once, and anew for another list', () => {
    let list = builtinResources;
    const changing = openapiRoutes(() => list);
    const first = changing('/openapi/v3/api/v1', '');
    expect(changing('/openapi/v3/api/v1', '')).toBe(first);
    list = [...builtinResources, custom];
    expect(changing('/openapi/v3/apis/networking.istio.io/v1', '')).toBeDefined();
  });

  it('has no other documents', () => {
    for (const path of ['/openapi/v2', '/openapi/v3/apis/nope/v1', '/openapi'])
      expect(routes(path, '')).toBeUndefined();
  });
});
