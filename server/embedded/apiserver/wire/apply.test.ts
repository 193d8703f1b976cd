import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KubeObject } from '../../client.ts';
import { StatusError } from '../../status.ts';
import type { ResourceInfo } from '../resource.ts';
import { serverSideApply, trackUpdate } from './apply.ts';
import { builtinResources } from './builtin.ts';
import { frozen } from './testing.ts';

const deployments = builtinResources.find((r) => r.resource === 'deployments')!;
const configMaps = builtinResources.find((r) => r.resource === 'configmaps')!;

const deployment = (spec: object, metadata: object = {}) =>
  ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...metadata }, spec }) as KubeObject;
const configMap = (data: Record<string, string>) =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data }) as KubeObject;
const pods = (containers: object[]) => ({ template: { spec: { containers } } });

interface Entry {
  manager: string;
  operation: string;
  time: string;
  subresource?: string;
  fieldsV1: Record<string, unknown>;
}
const entries = (object: KubeObject) => (object.metadata.managedFields ?? []) as Entry[];
const fieldsOf = (object: KubeObject, manager: string) => entries(object).find((e) => e.manager === manager)?.fieldsV1;
const containers = (object: KubeObject) =>
  (object.spec as { template: { spec: { containers: { name: string }[] } } }).template.spec.containers;
const failure = (run: () => unknown): StatusError => {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error('did not fail');
};

const apply = (current: KubeObject | undefined, body: KubeObject, fieldManager = 'm1', force = false) =>
  serverSideApply(body.kind === 'ConfigMap' ? configMaps : deployments, frozen(current), frozen(body), {
    fieldManager,
    force,
  });

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-05-04T12:00:00.500Z'), toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('serverSideApply', () => {
  it('creates an object and records who set what', () => {
    const created = apply(undefined, deployment({ replicas: 2, ...pods([{ name: 'a', image: 'a:1' }]) }));
    expect(entries(created)).toEqual([
      {
        manager: 'm1',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        time: '2026-05-04T12:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:spec': {
            'f:replicas': {},
            'f:template': {
              'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
            },
          },
        },
      },
    ]);
  });

  it('removes what its manager no longer applies, and nothing else', () => {
    const first = apply(undefined, configMap({ a: '1', b: '2' }));
    const second = apply(first, configMap({ c: '3' }), 'm2');
    expect(second.data).toEqual({ a: '1', b: '2', c: '3' });
    expect(apply(second, configMap({ b: '2' })).data).toEqual({ b: '2', c: '3' });
  });

  it('keeps a field that another manager applies too', () => {
    const both = apply(apply(undefined, configMap({ a: '1' })), configMap({ a: '1' }), 'm2');
    const left = apply(both, configMap({ b: '2' }), 'm2');
    expect(left.data).toEqual({ a: '1', b: '2' });
    expect(fieldsOf(left, 'm1')).toEqual({ 'f:data': { 'f:a': {} } });
  });

  it('refuses to take a field from another manager, in the words of Kubernetes', () => {
    const first = apply(undefined, deployment({ replicas: 2, paused: true }));
    const one = failure(() => apply(first, deployment({ replicas: 3 }), 'm2'));
    expect([one.code, one.reason]).toEqual([409, 'Conflict']);
    expect(one.message).toBe('Apply failed with 1 conflict: conflict with "m1": .spec.replicas');
    expect(one.details?.causes).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "m1"', field: '.spec.replicas' },
    ]);
    expect(failure(() => apply(first, deployment({ replicas: 3, paused: false }), 'm2')).message).toBe(
      'Apply failed with 2 conflicts: conflicts with "m1":\n- .spec.paused\n- .spec.replicas',
    );
  });

  it('takes it with force', () => {
    const first = apply(undefined, deployment({ replicas: 2, paused: true }));
    const forced = apply(first, deployment({ replicas: 3 }), 'm2', true);
    expect(forced.spec).toEqual({ replicas: 3, paused: true });
    expect(fieldsOf(forced, 'm1')).toEqual({ 'f:spec': { 'f:paused': {} } });
    expect(fieldsOf(forced, 'm2')).toEqual({ 'f:spec': { 'f:replicas': {} } });
  });

  it('names items of lists by their keys', () => {
    const first = trackUpdate(deployments, undefined, deployment(pods([{ name: 'a', image: 'a:1' }])), 'edit');
    expect(failure(() => apply(first, deployment(pods([{ name: 'a', image: 'a:2' }])))).message).toBe(
      'Apply failed with 1 conflict: conflict with "edit" using apps/v1: .spec.template.spec.containers[name="a"].image',
    );
  });

  it('merges lists by key in the order of the configuration, and lists without keys as a whole', () => {
    const current = trackUpdate(
      deployments,
      undefined,
      deployment(
        pods([
          { name: 'injected', args: ['x'] },
          { name: 'a', args: ['1'] },
        ]),
      ),
      'webhook',
    );
    const merged = apply(current, deployment(pods([{ name: 'b' }, { name: 'a', args: ['2'] }])), 'm1', true);
    expect(containers(merged)).toEqual([{ name: 'injected', args: ['x'] }, { name: 'b' }, { name: 'a', args: ['2'] }]);
    expect(containers(apply(merged, deployment(pods([{ name: 'a', args: ['2'] }]))))).toEqual([
      { name: 'injected', args: ['x'] },
      { name: 'a', args: ['2'] },
    ]);
  });

  it('leaves the object and the time alone where nothing changes', () => {
    const first = apply(undefined, configMap({ a: '1' }));
    vi.setSystemTime(Date.parse('2026-05-04T13:00:00Z'));
    expect(apply(first, configMap({ a: '1' }))).toEqual(first);
  });

  it('takes over what kubectl applied on the client', () => {
    const applied = configMap({ a: '1' });
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(applied) };
    const live = { ...applied, metadata: { name: 'm', annotations } };
    const current = trackUpdate(configMaps, undefined, live, 'kubectl-client-side-apply');
    const next = apply(current, configMap({ a: '2' }), 'kubectl');
    expect(next.data).toEqual({ a: '2' });
    expect(next.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']).toContain('"a":"2"');
    const edited = trackUpdate(configMaps, current, { ...current, data: { a: '9' } }, 'kubectl-edit');
    expect(failure(() => apply(edited, configMap({ a: '2' }), 'kubectl')).message).toContain('"kubectl-edit" using v1');
  });

  it('records the fields of an object that nobody kept a record of', () => {
    const current = { ...configMap({ a: '1' }), metadata: { name: 'm', uid: 'u' } };
    const applied = apply(current, configMap({ b: '2' }));
    expect(entries(applied).map((e) => [e.manager, e.operation])).toEqual([
      ['m1', 'Apply'],
      ['before-first-apply', 'Update'],
    ]);
  });

  it('does not own the status of a kind with a status subresource', () => {
    const body = { ...deployment({ replicas: 1 }), status: { replicas: 5 } };
    expect(fieldsOf(apply(undefined, body), 'm1')).toEqual({ 'f:spec': { 'f:replicas': {} } });
  });

  it('follows the list types of a custom resource', () => {
    const custom: ResourceInfo = {
      ...deployments,
      type: undefined,
      subresources: [],
      schema: {
        type: 'object',
        properties: {
          spec: {
            type: 'object',
            properties: {
              ports: {
                type: 'array',
                'x-kubernetes-list-type': 'map',
                'x-kubernetes-list-map-keys': ['port', 'protocol'],
                items: { type: 'object', properties: { protocol: { type: 'string', default: 'TCP' } } },
              },
              tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
              whole: { type: 'array', items: { type: 'string' } },
            },
          },
        },
      },
    };
    const spec = (ports: object[], tags: string[], whole: string[]) => deployment({ ports, tags, whole });
    const first = serverSideApply(custom, undefined, spec([{ port: 80 }], ['x'], ['1']), {
      fieldManager: 'a',
      force: false,
    });
    const second = serverSideApply(custom, first, spec([{ port: 81 }], ['y'], ['2']), {
      fieldManager: 'b',
      force: true,
    });
    expect(second.spec).toEqual({ ports: [{ port: 80 }, { port: 81 }], tags: ['x', 'y'], whole: ['2'] });
    expect(fieldsOf(second, 'a')).toEqual({
      'f:spec': {
        'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
        'f:tags': { 'v:"x"': {} },
      },
    });
  });

  it('refuses a body for another version, with managedFields, or without a manager', () => {
    const body = deployment({});
    expect(failure(() => apply(undefined, { ...body, apiVersion: 'apps/v2' })).code).toBe(400);
    const managed = { ...body, metadata: { name: 'web', managedFields: [] } };
    expect(failure(() => apply(undefined, managed)).message).toBe('metadata.managedFields must be nil');
    expect(failure(() => apply(undefined, body, '')).code).toBe(422);
  });
});

describe('trackUpdate', () => {
  it('gives a manager what it changed and takes it from the others', () => {
    const created = trackUpdate(configMaps, undefined, configMap({ a: '1', b: '1' }), 'one');
    expect(fieldsOf(created, 'one')).toEqual({ 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } });
    const changed = trackUpdate(configMaps, created, { ...created, data: { a: '2', c: '1' } }, 'two');
    expect(fieldsOf(changed, 'one')).toEqual({ 'f:data': {} });
    expect(fieldsOf(changed, 'two')).toEqual({ 'f:data': { 'f:a': {}, 'f:c': {} } });
  });

  it('keeps the time of a manager that changed nothing', () => {
    const created = trackUpdate(configMaps, undefined, configMap({ a: '1' }), 'one');
    vi.setSystemTime(Date.parse('2026-05-04T13:00:00Z'));
    expect(trackUpdate(configMaps, created, created, 'one')).toEqual(created);
  });

  it('records a subresource apart, without the spec', () => {
    const created = trackUpdate(deployments, undefined, deployment({ replicas: 1 }), 'one');
    const status = { ...created, spec: { replicas: 9 }, status: { replicas: 1 } };
    const updated = trackUpdate(deployments, created, status, 'one', 'status');
    expect(entries(updated).map((e) => [e.subresource, e.fieldsV1])).toEqual([
      [undefined, fieldsOf(created, 'one')],
      ['status', { 'f:status': { 'f:replicas': {} } }],
    ]);
  });

  it('starts anew where the list is emptied', () => {
    const created = trackUpdate(configMaps, undefined, configMap({ a: '1' }), 'one');
    const reset = { ...created, metadata: { ...created.metadata, managedFields: [] } };
    expect(trackUpdate(configMaps, created, reset, 'two').metadata.managedFields).toBeUndefined();
  });
});
