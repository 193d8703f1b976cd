import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KubeObject } from '../../../client.ts';
import { toTable } from '../table.ts';
import { ago, resource, row, stopClock } from '../testing.ts';

beforeEach(() => {
  stopClock();
});
afterEach(() => {
  vi.useRealTimers();
});

const pod = (spec: object, status: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', creationTimestamp: ago(300), ...metadata },
  spec: { containers: [{ name: 'web' }], ...spec },
  status: { phase: 'Running', ...status },
});
const running = { ready: true, restartCount: 0, started: true, state: { running: {} } };
const sidecar = { initContainers: [{ name: 'istio-init' }, { name: 'istio-proxy', restartPolicy: 'Always' }] };
const initDone = { name: 'istio-init', restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed' } } };

describe('pods', () => {
  const show = (...parts: Parameters<typeof pod>) => {
    const { READY, STATUS, RESTARTS } = row(resource('pods'), pod(...parts));
    return [READY, STATUS, RESTARTS];
  };

  it('shows a running pod, narrow and wide', () => {
    const object = pod(
      { nodeName: 'malha-control-plane' },
      {
        podIP: '10.244.0.7',
        podIPs: [{ ip: '10.244.0.7' }],
        containerStatuses: [{ name: 'web', ...running }],
      },
    );
    expect(row(resource('pods'), object)).toEqual({
      NAME: 'web-1',
      READY: '1/1',
      STATUS: 'Running',
      RESTARTS: '0',
      AGE: '5m',
    });
    expect(row(resource('pods'), object, true)).toMatchObject({
      IP: '10.244.0.7',
      NODE: 'malha-control-plane',
      'NOMINATED NODE': '<none>',
      'READINESS GATES': '<none>',
    });
  });

  it('counts a sidecar that is a restartable init container', () => {
    expect(
      show(sidecar, {
        initContainerStatuses: [initDone, { name: 'istio-proxy', ...running }],
        containerStatuses: [{ name: 'web', ...running }],
      }),
    ).toEqual(['2/2', 'Running', '0']);
  });

  it('shows how far initialization is', () => {
    const waiting = { restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } };
    const init = { initContainers: [{ name: 'a' }, { name: 'b' }] };
    const statuses = (first: object, second: object) => ({
      phase: 'Pending',
      initContainerStatuses: [
        { name: 'a', restartCount: 0, ...first },
        { name: 'b', restartCount: 0, ...second },
      ],
      containerStatuses: [{ name: 'web', ...waiting }],
    });
    const done = { state: { terminated: { exitCode: 0 } } };
    expect(show(init, statuses({ state: { running: {} } }, waiting))).toEqual(['0/1', 'Init:0/2', '0']);
    expect(show(init, statuses(done, { state: { running: {} } }))).toEqual(['0/1', 'Init:1/2', '0']);
    expect(show(init, statuses(done, done))).toEqual(['0/1', 'PodInitializing', '0']);
    expect(show(init, statuses({ state: { terminated: { exitCode: 1, reason: 'Error' } } }, waiting))[1]).toBe(
      'Init:Error',
    );
    expect(show(init, statuses({ state: { terminated: { exitCode: 3 } } }, waiting))[1]).toBe('Init:ExitCode:3');
    expect(show(init, statuses({ state: { waiting: { reason: 'ImagePullBackOff' } } }, waiting))[1]).toBe(
      'Init:ImagePullBackOff',
    );
  });

  it('shows why a container does not run, and when it last restarted', () => {
    const with_ = (status: object) => ({ containerStatuses: [{ name: 'web', restartCount: 0, ...status }] });
    expect(
      show(
        {},
        with_({
          restartCount: 3,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 1, finishedAt: ago(40) } },
        }),
      ),
    ).toEqual(['0/1', 'CrashLoopBackOff', '3 (40s ago)']);
    expect(show({}, with_({ state: { waiting: { reason: 'ErrImagePull' } } }))[1]).toBe('ErrImagePull');
    expect(
      show({}, { phase: 'Succeeded', ...with_({ state: { terminated: { exitCode: 0, reason: 'Completed' } } }) }),
    ).toEqual(['0/1', 'Completed', '0']);
    expect(show({}, with_({ state: { terminated: { exitCode: 0, signal: 9 } } }))[1]).toBe('Signal:9');
  });

  it('shows Terminating, unless the pod had ended before', () => {
    const deleted = { deletionTimestamp: ago(1) };
    expect(show({}, { containerStatuses: [{ name: 'web', ...running }] }, deleted)).toEqual([
      '1/1',
      'Terminating',
      '0',
    ]);
    expect(show({}, { phase: 'Succeeded' }, deleted)[1]).toBe('Succeeded');
    expect(show({}, { reason: 'NodeLost' }, deleted)[1]).toBe('Unknown');
  });

  it('shows what waits for the scheduler, and gates', () => {
    expect(show({}, { phase: 'Pending' })).toEqual(['0/1', 'Pending', '0']);
    const gated = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }];
    expect(show({}, { phase: 'Pending', conditions: gated })[1]).toBe('SchedulingGated');
    const readiness = pod(
      { readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }] },
      {
        conditions: [{ type: 'a', status: 'True' }],
      },
    );
    expect(row(resource('pods'), readiness, true)['READINESS GATES']).toBe('1/2');
  });

  it('marks finished pods', () => {
    const table = toTable(resource('pods'), [pod({}, { phase: 'Failed' }) as unknown as KubeObject], {
      includeObject: 'Metadata',
      listMetadata: { resourceVersion: '12' },
    });
    expect(table).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '12' },
      rows: [
        {
          conditions: [{ type: 'Completed', status: 'True', reason: 'Failed' }],
          object: { kind: 'PartialObjectMetadata', metadata: { name: 'web-1' } },
        },
      ],
    });
  });
});
