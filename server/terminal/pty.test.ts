/** A shell gets the three descriptors of its own terminal, whatever the server has open, and whatever lies between. */
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { type ShellProcess, startShell } from './pty.ts';

const started: ShellProcess[] = [];
afterEach(() => {
  for (const { pty } of started.splice(0)) pty.kill('SIGKILL');
});

/** Resolves with a program's descriptors above the usual three, once it runs. */
async function extraDescriptors(): Promise<string[]> {
  const shell = { name: 'sh' as const, file: '/bin/sh', args: ['-c', 'echo ready; read line'], env: {} };
  const process = startShell(shell, '/', { PATH: '/usr/bin:/bin' }, { columns: 80, rows: 24 });
  started.push(process);
  await new Promise<void>((resolve) => process.pty.onData((data) => String(data).includes('ready') && resolve()));
  const folder = `/proc/${process.pty.pid}/fd`;
  return readdirSync(folder)
    .filter((fd) => Number(fd) > 2)
    .map((fd) => readlinkSync(`${folder}/${fd}`));
}

it.runIf(process.platform === 'linux')('inherits no terminal that lies above a gap', async () => {
  const below = Array.from({ length: 40 }, () => openSync('/dev/null', 'r'));
  await extraDescriptors();
  for (const fd of below) closeSync(fd);
  // The first one's terminal is far above the lowest free descriptor now.
  expect(await extraDescriptors()).toEqual([]);
});
