/** The kubeconfig that an isolated shell gets: the lab's cluster behind the relay, and all it needs within one file. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { IsolationError } from './limits.ts';

/** Where the relay listens within a shell's network: the port that API servers have by custom. */
export const INSIDE_PORT = 6443;

interface Entry {
  name?: string;
  [key: string]: unknown;
}
type Fields = Record<string, unknown>;

export interface Inside {
  /** The kubeconfig, as YAML. */
  text: string;
  /** The API server as the lab's server reaches it. */
  host: string;
  port: number;
}

/** Fields that name files, and those that hold the same as data: in base64, or as it is. */
const CLUSTER_FILES = { 'certificate-authority': 'certificate-authority-data' };
const USER_FILES = { 'client-certificate': 'client-certificate-data', 'client-key': 'client-key-data' };

/**
 * `file` holds a kubeconfig whose current context is the lab's cluster. Throws an IsolationError where a shell that
 * sees no other program, file and host than the lab's could not use it.
 */
export function insideKubeconfig(file: string): Inside {
  const config = parse(readFileSync(file, 'utf8')) as Fields;
  const context = named(config, 'contexts', String(config['current-context']), 'context');
  const cluster = { ...named(config, 'clusters', String(context.cluster), 'cluster') };
  const user = context.user ? { ...named(config, 'users', String(context.user), 'user') } : {};
  for (const field of ['exec', 'auth-provider']) {
    if (user[field]) {
      throw new IsolationError(
        `This cluster’s sign-in runs a program (\`${field}\` in its kubeconfig), which an isolated shell cannot: use a cluster with a certificate or a token, or start without --isolate.`,
      );
    }
  }
  if (cluster['proxy-url']) {
    throw new IsolationError(
      'This cluster is reached through a proxy (`proxy-url` in its kubeconfig), which --isolate does not: start without it.',
    );
  }
  const url = new URL(String(cluster.server));
  if (url.protocol !== 'https:') {
    throw new IsolationError(`--isolate reaches clusters over https only; this one is at ${url.origin}.`);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  inline(cluster, CLUSTER_FILES, file);
  inline(user, USER_FILES, file);
  if (user.tokenFile) {
    user.token = readFileSync(resolve(user.tokenFile, file), 'utf8').trim();
    delete user.tokenFile;
  }
  cluster.server = `https://127.0.0.1:${INSIDE_PORT}${url.pathname === '/' ? '' : url.pathname}`;
  if (host !== '127.0.0.1') cluster['tls-server-name'] ??= host;
  const text = stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': config['current-context'] },
    clusters: [{ name: context.cluster, cluster }],
    contexts: [{ name: config['current-context'], context }],
    users: context.user ? [{ name: context.user, user }] : [],
  });
  return { text, host, port: Number(url.port || 443) };
}

function named(config: Fields, list: string, name: string, field: string): Fields {
  const found = ((config[list] ?? []) as Entry[]).find((entry) => entry.name === name)?.[field];
  if (found === undefined) throw new IsolationError(`The lab’s kubeconfig has no ${field} \`${name}\`.`);
  return found as Fields;
}

const resolve = (value: unknown, file: string) => path.resolve(path.dirname(file), String(value));

function inline(fields: Fields, files: Record<string, string>, file: string): void {
  for (const [name, data] of Object.entries(files)) {
    if (fields[name]) fields[data] ??= readFileSync(resolve(fields[name], file)).toString('base64');
    delete fields[name];
  }
}
