import { appendFile, type FileHandle, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StateFile } from './state-file.ts';
import { Store } from './store.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'malha-state-'));
  file = path.join(folder, 'state.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const configMap = (name: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { value },
});

/** Runs with what is kept, and ends; resolves with the names and values that are there at the end. */
async function run(change: (store: Store) => void | Promise<void> = () => {}) {
  const state = await StateFile.open(folder);
  const store = new Store(undefined, state.kept);
  state.follow(store);
  await change(store);
  await state.close();
  const found = store
    .list('/configmaps')
    .map(({ metadata, data }) => `${metadata.name}=${(data as { value: string }).value}`);
  return { state, store, found };
}

it('gives back what was there, changes and deletions included, under the same versions', async () => {
  await run(async (store) => {
    store.put('/configmaps', configMap('a', '1'));
    store.put('/configmaps', configMap('b', '1'));
    await expect.poll(() => stat(file).catch(() => undefined)).toBeDefined();
    // These are added to the file that is there by now.
    store.put('/configmaps', configMap('a', '2'));
    store.put('/configmaps', configMap('c', '1'));
    store.remove('/configmaps', 'default', 'b');
  });
  const { store, found, state } = await run();
  expect(state.problem).toBeUndefined();
  expect(found).toEqual(['a=2', 'c=1']);
  expect(store.get('/configmaps', 'default', 'a')?.metadata.resourceVersion).toBe('4');
  expect(Number(store.resourceVersion)).toBe(6);
  expect(store.put('/configmaps', configMap('d', '1')).metadata.resourceVersion).toBe('7');
});

it('stays whole under changes that come while a slow disk writes', async () => {
  const probe = await open(path.join(folder, 'probe'), 'w');
  const append = vi.spyOn(Object.getPrototypeOf(probe), 'appendFile');
  append.mockImplementation(async function (this: FileHandle, text) {
    await new Promise((resolve) => setTimeout(resolve, 350));
    await this.writeFile(text as string);
  });
  try {
    await run(async (store) => {
      for (let round = 0; round < 20; round++) {
        store.put('/configmaps', configMap('a', String(round)));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
  } finally {
    append.mockRestore();
    await probe.close();
  }
  const { state, found } = await run();
  expect(state.problem).toBeUndefined();
  expect(found).toEqual(['a=19']);
});

it('does not pretend to know what changed before', async () => {
  await run((store) => void store.put('/configmaps', configMap('a', '1')));
  const { store } = await run();
  expect(() => store.watch('/configmaps', 1, () => {})).toThrow(/too old resource version/);
  expect(() => store.watch('/secrets', 0, () => {})).toThrow(/too old resource version/);
  expect(() => store.watch('/configmaps', Number(store.resourceVersion), () => {})).not.toThrow();
});

it('is for its owner alone, and keeps no events', async () => {
  await run((store) => {
    store.put('/configmaps', configMap('a', '1'));
    store.put('/events', { ...configMap('e', '1'), kind: 'Event' });
  });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).not.toContain('Event');
});

it('takes no notice of a last line that a crash cut off', async () => {
  await run((store) => void store.put('/configmaps', configMap('a', '1')));
  await appendFile(file, '["/configmaps",{"apiVersion":"v1","kind":"Conf');
  const { found, state } = await run((store) => void store.put('/configmaps', configMap('b', '1')));
  expect(state.problem).toBeUndefined();
  expect(found).toEqual(['a=1', 'b=1']);
  expect((await run()).found).toEqual(['a=1', 'b=1']);
});

it.each([
  'nonsense',
  '["/configmaps"]',
  '["/configmaps",{"metadata":{}}]',
  '[1,{"metadata":{"name":"x"}}]',
  '\0\0\0\0',
  '{}',
])('goes back to before a line that is %j, and sets the file aside', async (line) => {
  await run((store) => void store.put('/configmaps', configMap('a', '1')));
  await appendFile(file, `${line}\n["/configmaps",${JSON.stringify(configMap('later', '1'))}]\n`);
  const { found, state } = await run();
  expect(found).toEqual(['a=1']);
  expect(state.problem).toMatch(
    /^The last part of the cluster’s state could not be read; it was set aside as state\.jsonl\.d/,
  );
  expect((await readdir(folder)).join()).toMatch(/state\.jsonl\.damaged-\d{14}/);
});

it.each(['', 'nonsense', '{"format":"malha-cluster-state","version":99}', '{"version":1}', 'null'])(
  'begins empty where the file begins with %j',
  async (header) => {
    await writeFile(file, `${header}\n["/configmaps",${JSON.stringify(configMap('a', '1'))}]\n`);
    const { found, state } = await run();
    expect(found).toEqual([]);
    expect(state.problem).toMatch(/^The cluster’s state could not be read/);
  },
);

it('writes the file anew when the additions outgrow it', async () => {
  const large = 'x'.repeat(1024 * 1024);
  await run(async (store) => {
    store.put('/configmaps', configMap('a', '0'));
    await expect.poll(() => stat(file).catch(() => undefined)).toBeDefined();
    for (let round = 0; round < 24; round++) {
      store.put('/configmaps', configMap('a', `${round}${large}`));
      const version = store.resourceVersion;
      await expect.poll(async () => (await readFile(file, 'utf8')).trimEnd().split('\n').at(-1)).toBe(version);
    }
  });
  expect((await stat(file)).size).toBeLessThan(14 * 1024 * 1024);
  expect((await run()).found[0]).toMatch(/^a=23x/);
});

it('goes on without a file where it cannot be written, and says so once', async () => {
  const said: string[] = [];
  const state = await StateFile.open(folder, (line) => said.push(line));
  const store = new Store();
  state.follow(store);
  await rm(folder, { recursive: true });
  store.put('/configmaps', configMap('a', '1'));
  await expect.poll(() => said.length).toBe(1);
  expect(said[0]).toMatch(/^The cluster’s state is not kept any more: ENOENT/);
  store.put('/configmaps', configMap('b', '1'));
  await state.close();
  expect(said).toHaveLength(1);
});
