import { describe, expect, it } from 'vitest';
import type { ResourceInfo } from '../resource.ts';
import { builtinResources } from './builtin.ts';
import { discoveryRoutes } from './discovery.ts';
import { compareVersions } from './versions.ts';

const routes = discoveryRoutes(() => builtinResources);
const kubectlAccept =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

describe('builtin resources', () => {
  it('knows the type of each kind', () => {
    expect(builtinResources.filter((r) => !r.type)).toEqual([]);
  });
  it('has no two resources with one name in a version, and no two core short names alike', () => {
    const names = builtinResources.map((r) => `${r.group}/${r.version}/${r.resource}`);
    expect(new Set(names).size).toBe(names.length);
    const short = builtinResources.filter((r) => r.group === '').flatMap((r) => r.shortNames);
    expect(new Set(short).size).toBe(short.length);
  });
  it('lists what get all shows, in its order', () => {
    const names = builtinResources.filter((r) => r.categories.includes('all')).map((r) => r.resource);
    expect([...new Set(names)]).toEqual([
      'pods',
      'replicationcontrollers',
      'services',
      'daemonsets',
      'deployments',
      'replicasets',
      'statefulsets',
      'horizontalpodautoscalers',
      'cronjobs',
      'jobs',
    ]);
  });
});

describe('discovery', () => {
  it('echoes the aggregated type that the client ranks first', () => {
    const answer = routes('/apis', kubectlAccept);
    expect(answer?.contentType).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    const beta = routes('/api', 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList');
    expect(beta?.contentType).toContain('v=v2beta1');
    expect(beta?.body).toMatchObject({
      apiVersion: 'apidiscovery.k8s.io/v2beta1',
      items: [{ metadata: { creationTimestamp: null }, versions: [{ version: 'v1' }] }],
    });
  });

  it('gives the legacy form to everyone else', () => {
    expect(routes('/apis', 'application/json')?.body).toMatchObject({ kind: 'APIGroupList' });
    expect(routes('/apis', '*/*')?.body).toMatchObject({ kind: 'APIGroupList' });
    expect(routes('/api', '')?.body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
  });

  it('describes subresources by what they take', () => {
    const body = routes('/apis', kubectlAccept)?.body as {
      items: { metadata: { name: string }; versions: { resources: { resource: string; subresources: unknown }[] }[] }[];
    };
    const apps = body.items.find((item) => item.metadata.name === 'apps');
    expect(apps?.versions[0]?.resources.find((r) => r.resource === 'deployments')).toEqual({
      resource: 'deployments',
      responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
      scope: 'Namespaced',
      singularResource: 'deployment',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['deploy'],
      categories: ['all'],
      subresources: [
        {
          subresource: 'scale',
          responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
          verbs: ['get', 'patch', 'update'],
        },
        {
          subresource: 'status',
          responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
          verbs: ['get', 'patch', 'update'],
        },
      ],
    });
  });

  it('lists one version with its subresources', () => {
    const body = routes('/api/v1', '')?.body as { groupVersion: string; resources: { name: string }[] };
    expect(body.groupVersion).toBe('v1');
    expect(body.resources.find((r) => r.name === 'pods/eviction')).toEqual({
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    });
    expect(routes('/apis/autoscaling', '')?.body).toMatchObject({
      kind: 'APIGroup',
      preferredVersion: { groupVersion: 'autoscaling/v2' },
    });
  });

  it('has no document for what does not exist', () => {
    for (const path of ['/apis/nope', '/apis/apps/v2', '/api/v2', '/apis/apps/v1/deployments', '/version'])
      expect(routes(path, '')).toBeUndefined();
  });

  it('follows a custom resource that comes and goes', () => {
    const list: ResourceInfo[] = [...builtinResources];
    const live = discoveryRoutes(() => list);
    expect(live('/apis/example.com/v1', '')).toBeUndefined();
    list.push({
      ...builtinResources[0]!,
      group: 'example.com',
      version: 'v1',
      resource: 'things',
      kind: 'Thing',
      singular: 'thing',
    });
    expect(live('/apis/example.com/v1', '')?.body).toMatchObject({ resources: [{ name: 'things' }] });
  });
});

it('orders versions by priority', () => {
  const versions = ['v1alpha1', 'foo', 'v1', 'v1beta2', 'v10', 'v2beta1', 'v1beta1', 'v2', 'bar'];
  expect(versions.sort(compareVersions)).toEqual([
    'v10',
    'v2',
    'v1',
    'v2beta1',
    'v1beta2',
    'v1beta1',
    'v1alpha1',
    'bar',
    'foo',
  ]);
});
