/** `malha cluster`: the embedded cluster alone, in the foreground, for a kubectl of one's own. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Launch } from '../clusters/embedded.ts';

/** The first line of our kubeconfig files: any other file is somebody's own, and not written over. */
const OURS = '# Written by `malha cluster`, which replaces it at each start.\n';

export interface ClusterCommand {
  kubeconfig: string;
  port: number;
  json: boolean;
  launch: Launch;
  print(line: string): void;
  /** Resolves when the learner wants it to end. */
  ended: Promise<unknown>;
}

/** Resolves when the cluster has stopped. Rejects where it cannot start: a port taken, a file that cannot be written. */
export async function runCluster({ kubeconfig, port, json, launch, print, ended }: ClusterCommand): Promise<void> {
  const file = path.resolve(kubeconfig);
  const present = await readFile(file, 'utf8').catch(() => '');
  if (present !== '' && !present.startsWith(OURS)) {
    throw new Error(`${file} is not a kubeconfig of \`malha cluster\`: give another file, or move that one away.`);
  }
  await mkdir(path.dirname(file), { recursive: true });
  let cluster: Awaited<ReturnType<Launch>>;
  try {
    cluster = await launch({ port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is taken by another program: give another --port, or none for a free one.`);
  }
  try {
    await writeFile(file, `${OURS}${cluster.kubeconfig}`, { mode: 0o600 });
    const { server, startupMs } = cluster;
    print(
      json
        ? JSON.stringify({ server, kubeconfig: file, startupMs })
        : `Embedded cluster (simulated) ready in ${startupMs} ms at ${server}. Use it with: export KUBECONFIG=${file}  (Ctrl-C stops it)`,
    );
    await ended;
  } finally {
    await cluster.stop();
  }
}
