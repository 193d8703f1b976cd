/** What is typed reaches the program whole and in order, also where it reads late, and nobody once it is gone. */
import { spawn } from 'node-pty';
import { expect, it } from 'vitest';
import { PtyWriter } from './pty-writer.ts';

/** Runs a program in a raw pty; `said` is what it has printed. */
function program(script: string) {
  const pty = spawn('/bin/sh', ['-c', `stty raw -echo; ${script}`], { encoding: null, cols: 80, rows: 24 });
  let said = '';
  const listeners = new Set<() => void>();
  pty.onData((data) => {
    said += data;
    for (const look of [...listeners]) look();
  });
  const exited = new Promise<void>((resolve) => pty.onExit(() => resolve()));
  const until = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve) => {
      const look = () => {
        const found = pattern.exec(said);
        if (!found) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      look();
    });
  return { pty, writer: new PtyWriter(pty), until, exited };
}

it('waits for a program that reads late, and loses nothing', async () => {
  const size = 300_000;
  const { pty, writer, until, exited } = program(`echo ready; read -r line < /dev/tty; head -c ${size} | sha256sum`);
  await until(/ready/);
  const bytes = Buffer.from(Array.from({ length: size }, (_, index) => 97 + ((index * 7) % 26)));
  // Far more than a kernel keeps for a terminal.
  writer.write(Buffer.from('go\n'));
  for (let at = 0; at < size; at += 10_000) writer.write(bytes.subarray(at, at + 10_000));
  const { createHash } = await import('node:crypto');
  const [, seen] = await until(/([0-9a-f]{64})/);
  expect(seen).toBe(createHash('sha256').update(bytes).digest('hex'));
  pty.kill('SIGKILL');
  await exited;
});

it('writes nothing into a descriptor that is no longer the shell’s', async () => {
  const { pty, writer, until, exited } = program('echo ready; exec sleep 60');
  await until(/ready/);
  // Fills the kernel's buffer, so that some of it waits.
  writer.write(Buffer.alloc(200_000, 'x'));
  pty.kill('SIGKILL');
  await exited;
  expect(() => writer.write(Buffer.from('late'))).not.toThrow();
});
