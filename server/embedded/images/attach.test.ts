import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFabric, type Fabric } from '../network/fabric.ts';
import { FixedClient } from '../network/testing.ts';
import type { ExecIO } from './image.ts';
import { runInShell } from './program.ts';
import { contextOf } from './testing.ts';

let fabric: Fabric;
let client: FixedClient;
beforeEach(async () => {
  client = new FixedClient();
  fabric = createFabric({ client });
  await fabric.ready();
});
afterEach(() => fabric.stop());

/** Someone attached, who types `text` and may leave. */
function someone(text?: string) {
  const abort = new AbortController();
  const seen: string[] = [];
  async function* stdin() {
    yield Buffer.from(text!);
  }
  const write = (chunk: string | Buffer) => void seen.push(String(chunk));
  const io: ExecIO = {
    stdin: text === undefined ? undefined : stdin(),
    stdout: write,
    stderr: write,
    tty: false,
    signal: abort.signal,
  };
  return { io, leave: () => abort.abort(), screen: () => seen.join('') };
}

test('input reaches the main process, output its clients and its log', async () => {
  const { context, log } = contextOf(client, fabric);
  Object.assign(context.container, { stdin: true, stdinOnce: true });
  const program = runInShell(['sh', '-c', 'echo ready; read name; echo "hello $name"; exit 5'], context);
  while (log.length < 1) await new Promise(setImmediate);
  const watcher = someone();
  const typist = someone('malha\n');
  const watched = program.attach!(watcher.io);
  watcher.leave();
  expect(await watched).toBe(0);
  expect(await program.attach!(typist.io)).toBe(5);
  expect(watcher.screen()).toBe('ready\n');
  expect(typist.screen()).toBe('hello malha\n');
  expect(log).toEqual(['ready', 'hello malha']);
});

test('a shell at a terminal waits for whoever attaches, and shows them its prompt', async () => {
  const { context } = contextOf(client, fabric);
  Object.assign(context.container, { stdin: true, tty: true });
  const program = runInShell(['sh'], context);
  const typist = someone('echo $((6 * 7))\rexit\r');
  expect(await program.attach!(typist.io)).toBe(0);
  expect(typist.screen()).toBe('/ # echo $((6 * 7))\r\n42\r\n/ # exit\r\n');
});

test('a container without standard input offers none', () => {
  const { context, abort } = contextOf(client, fabric);
  expect(runInShell(['sleep', '1000'], context).attach).toBeUndefined();
  abort.abort();
});
