import { expect, test } from 'vitest';
import type { Client, KubeObject, WatchEvent } from './client.ts';
import { Informer } from './informer.ts';
import { StatusError } from './status.ts';

const PODS = { group: '', version: 'v1', resource: 'pods' };

const pod = (name: string, version: number, extra: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'n', uid: `uid-${name}`, resourceVersion: String(version), ...extra },
});

/** A server whose list and watch the test moves by hand. */
function server(first: KubeObject[]) {
  const state = { items: first, lists: 0, version: '1' };
  let emit: (event: WatchEvent) => void = () => {};
  let end: (error?: Error) => void = () => {};
  const client = {
    async list() {
      state.lists++;
      return { items: state.items, resourceVersion: state.version };
    },
    watch(_resource: unknown, _options: unknown, onEvent: typeof emit, onEnd: typeof end) {
      emit = onEvent;
      end = onEnd;
      return () => {};
    },
  } as unknown as Client;
  return { client, state, emit: (event: WatchEvent) => emit(event), end: (error?: Error) => end(error) };
}

function recorded(informer: Informer<KubeObject>): string[] {
  const seen: string[] = [];
  informer.handle({
    added: (object) => seen.push(`+${object.metadata.name}`),
    updated: (_, object) => seen.push(`~${object.metadata.name}@${object.metadata.resourceVersion}`),
    deleted: (object) => seen.push(`-${object.metadata.name}`),
  });
  return seen;
}

test('follows list and watch, and finds by owner', async () => {
  const { client, emit } = server([pod('a', 1)]);
  const informer = new Informer<KubeObject>(client, PODS);
  const seen = recorded(informer);
  await informer.start();
  const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'owner' };
  emit({ type: 'ADDED', object: pod('b', 2, { ownerReferences: [owner] }) });
  emit({ type: 'MODIFIED', object: pod('a', 3) });
  expect(informer.by('owner', 'owner').map(({ metadata }) => metadata.name)).toEqual(['b']);
  emit({ type: 'DELETED', object: pod('b', 4) });
  expect(informer.by('owner', 'owner')).toEqual([]);
  expect(seen).toEqual(['+a', '+b', '~a@3', '-b']);
  informer.stop();
});

test('lists again when its version is too old, and reports only what differs', async () => {
  const { client, state, end } = server([pod('a', 1), pod('b', 2)]);
  const informer = new Informer<KubeObject>(client, PODS);
  await informer.start();
  const seen = recorded(informer);
  state.items = [pod('b', 5), pod('c', 6)];
  end(new StatusError(410, 'Expired', 'too old'));
  await expect.poll(() => state.lists).toBe(2);
  await expect.poll(() => seen).toEqual(['+a', '+b', '-a', '~b@5', '+c']);
  informer.stop();
});

test("takes in the holder's own writes once, and never what is gone", async () => {
  const { client, emit } = server([]);
  const informer = new Informer<KubeObject>(client, PODS);
  const seen = recorded(informer);
  await informer.start();
  informer.observe(pod('a', 2));
  emit({ type: 'ADDED', object: pod('a', 2) });
  emit({ type: 'DELETED', object: pod('a', 3) });
  informer.observe(pod('a', 2));
  expect(seen).toEqual(['+a', '-a']);
  informer.stop();
});
