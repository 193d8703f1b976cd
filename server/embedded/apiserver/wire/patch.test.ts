import { describe, expect, it } from 'vitest';
import type { KubeObject, PatchType } from '../../client.ts';
import { StatusError } from '../../status.ts';
import type { ResourceInfo } from '../resource.ts';
import { builtinResources } from './builtin.ts';
import { applyPatch } from './patch.ts';
import { frozen } from './testing.ts';

const resource = (name: string) => builtinResources.find((r) => r.resource === name) as ResourceInfo;
const object = (kind: string, rest: object): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'web' },
  ...rest,
});
const failure = (run: () => unknown): StatusError => {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error('did not fail');
};

describe('JSON patch', () => {
  const current = object('ConfigMap', { data: { a: '1' } });
  const json = (...operations: unknown[]) => applyPatch('json', resource('configmaps'), current, operations);

  it('applies operations and leaves the object that it was given alone', () => {
    expect(
      json({ op: 'test', path: '/data/a', value: '1' }, { op: 'add', path: '/data/b~1c', value: '2' }).data,
    ).toEqual({
      a: '1',
      'b/c': '2',
    });
    expect(current.data).toEqual({ a: '1' });
  });

  it('answers 422 to a failed test, a missing path and an unknown operation', () => {
    for (const operation of [
      { op: 'test', path: '/data/a', value: '2' },
      { op: 'remove', path: '/data/none' },
      { op: 'add', path: '/no/such', value: 1 },
      { op: 'guess', path: '/data/a' },
    ]) {
      const error = failure(() => json(operation));
      expect(error.code).toBe(422);
      expect(error.reason).toBe('Invalid');
      expect(error.message).toBe('the server rejected our request due to an error in our request');
    }
  });

  it('answers 400 to what is no patch', () => {
    expect(failure(() => applyPatch('json', resource('configmaps'), current, { op: 'add' })).code).toBe(400);
  });
});

describe('merge patch', () => {
  it('merges objects, replaces lists, deletes what is null', () => {
    const current = object('Thing', { spec: { a: 1, b: { c: 1, d: 2 }, list: [1, 2] } });
    const patched = applyPatch('merge', resource('pods'), current, {
      metadata: { labels: { x: 'y', none: null } },
      spec: { a: null, b: { d: 3 }, list: [3], fresh: { e: null } },
    });
    expect(patched).toEqual({
      apiVersion: 'v1',
      kind: 'Thing',
      metadata: { name: 'web', labels: { x: 'y' } },
      spec: { b: { c: 1, d: 3 }, list: [3], fresh: {} },
    });
  });
});

describe('strategic merge patch', () => {
  const strategic = (kind: string, current: object, patch: object, type: PatchType = 'strategic') =>
    applyPatch(type, resource(kind), frozen(object('X', current)), frozen(patch));
  const pod = (containers: object[], rest: object = {}) => ({ spec: { containers, ...rest } });
  const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name, image: `${name}:1` }));

  it('merges containers by name and keeps the others', () => {
    const patched = strategic('pods', pod([a!, b!]), pod([{ name: 'b', image: 'b:2' }, c!]));
    expect(patched.spec).toEqual({ containers: [a, { name: 'b', image: 'b:2' }, c] });
  });

  it('sets the image as kubectl set image asks', () => {
    const deployment = { spec: { template: { spec: { containers: [a, b] } } } };
    const patch = {
      spec: {
        template: {
          spec: { $setElementOrder: undefined, containers: [{ name: 'a', image: 'a:9' }] },
        },
      },
    };
    delete (patch.spec.template.spec as Record<string, unknown>).$setElementOrder;
    expect(strategic('deployments', deployment, patch).spec).toEqual({
      template: { spec: { containers: [{ name: 'a', image: 'a:9' }, b] } },
    });
  });

  it('orders as $setElementOrder says and deletes items with $patch: delete', () => {
    const patched = strategic(
      'pods',
      pod([a!, b!, c!]),
      pod(
        [
          { name: 'b', $patch: 'delete' },
          { name: 'd', image: 'd:1' },
        ],
        {
          '$setElementOrder/containers': [{ name: 'd' }, { name: 'c' }, { name: 'a' }],
        },
      ),
    );
    expect((patched.spec as { containers: { name: string }[] }).containers.map((item) => item.name)).toEqual([
      'd',
      'c',
      'a',
    ]);
  });

  it('keeps items that only the server knows in their place', () => {
    const patched = strategic(
      'pods',
      pod([a!, { name: 'injected' }, b!]),
      pod([{ name: 'a', image: 'a:2' }], { '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }] }),
    );
    expect((patched.spec as { containers: { name: string }[] }).containers.map((item) => item.name)).toEqual([
      'a',
      'injected',
      'b',
    ]);
  });

  it('replaces lists without a merge key, and with $patch: replace', () => {
    expect(strategic('pods', pod([{ name: 'a', args: ['1', '2'] }]), pod([{ name: 'a', args: ['3'] }])).spec).toEqual(
      pod([{ name: 'a', args: ['3'] }]).spec,
    );
    expect(strategic('pods', pod([a!, b!]), pod([c!, { $patch: 'replace' }])).spec).toEqual({ containers: [c] });
    const volumes = [{ name: 'v', emptyDir: {} }];
    const replaced = strategic('pods', pod([a!], { volumes }), { spec: { $patch: 'replace', containers: [b] } });
    expect(replaced.spec).toEqual({ containers: [b] });
  });

  it('merges and trims lists of scalars', () => {
    const meta = (finalizers: string[]) => ({ metadata: { name: 'web', finalizers } });
    expect(strategic('pods', meta(['x', 'y']), meta(['z'])).metadata.finalizers).toEqual(['z', 'x', 'y']);
    expect(
      strategic('pods', meta(['x', 'y']), {
        metadata: { '$deleteFromPrimitiveList/finalizers': ['x'], '$setElementOrder/finalizers': ['y'] },
      }).metadata.finalizers,
    ).toEqual(['y']);
  });

  it('changes the member of a union with $retainKeys', () => {
    const deployment = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
    const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
    expect(strategic('deployments', deployment, patch).spec).toEqual({ strategy: { type: 'Recreate' } });
    const volume = pod([], { volumes: [{ name: 'v', emptyDir: {} }] });
    expect(
      strategic('pods', volume, {
        spec: { volumes: [{ $retainKeys: ['name', 'configMap'], name: 'v', configMap: { name: 'm' } }] },
      }).spec,
    ).toEqual({ containers: [], volumes: [{ name: 'v', configMap: { name: 'm' } }] });
  });

  it('deletes fields that are null and maps with $patch: delete', () => {
    const current = { spec: { a: 1, nodeSelector: { x: 'y' } } };
    expect(strategic('pods', current, { spec: { a: null, nodeSelector: { $patch: 'delete' } } }).spec).toEqual({
      nodeSelector: {},
    });
    expect(strategic('pods', {}, { spec: { nodeSelector: { x: null, y: 'z' } } }).spec).toEqual({
      nodeSelector: { y: 'z' },
    });
  });

  it('merges ports of a service by port', () => {
    const current = { spec: { ports: [{ port: 80, name: 'http', nodePort: 30080 }] } };
    expect(
      strategic('services', current, { spec: { ports: [{ port: 80, targetPort: 9090 }, { port: 443 }] } }).spec,
    ).toEqual({
      ports: [{ port: 80, name: 'http', nodePort: 30080, targetPort: 9090 }, { port: 443 }],
    });
  });

  it('refuses an item without its merge key, an order that does not fit and an unknown directive', () => {
    expect(failure(() => strategic('pods', pod([a!]), pod([{ image: 'x' }]))).message).toContain('merge key: name');
    expect(
      failure(() => strategic('pods', pod([a!]), pod([b!], { '$setElementOrder/containers': [{ name: 'a' }] })))
        .message,
    ).toContain("doesn't match $setElementOrder list");
    expect(failure(() => strategic('pods', {}, { $patch: 'explode' })).code).toBe(400);
  });

  it('is not for custom resources', () => {
    const custom = { ...resource('pods'), type: undefined };
    const error = failure(() => applyPatch('strategic', custom, object('Thing', {}), {}));
    expect([error.code, error.reason]).toEqual([415, 'UnsupportedMediaType']);
  });
});
