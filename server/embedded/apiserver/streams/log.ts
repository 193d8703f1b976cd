/** GET …/pods/{name}/log: what a container has written, and with `follow` what it goes on to write. */
import type { Client } from '../../client.ts';
import type { LogOptions, LogRequest } from '../../node/logs.ts';
import { StatusError } from '../../status.ts';
import type { Response, StreamTarget } from '../http/streams.ts';
import { containerOf, isTrue, podOf } from './target.ts';

export interface LogRuntime {
  logs(request: LogRequest): AsyncIterable<string>;
}

export async function serveLog(
  client: Client,
  runtime: LogRuntime,
  response: Response,
  target: StreamTarget,
): Promise<void> {
  const pod = await podOf(client, target);
  const { query, namespace = 'default', name } = target;
  const container = containerOf(pod, query.get('container'));
  const abort = new AbortController();
  response.once('close', () => abort.abort());
  const lines = runtime.logs({ namespace, pod: name, container, signal: abort.signal, ...readOptions(query) });
  response.statusCode = 200;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Cache-Control', 'no-cache, private');
  for await (const line of lines) {
    // Node's two kinds of responses differ in their types of `write`, not in what it does.
    const goesOn = (response as NodeJS.WritableStream).write(line);
    if (!goesOn) await drained(response);
    if (abort.signal.aborted) return;
  }
  response.end();
}

/** Resolves when there is room again, or nobody reads any more. */
function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

function readOptions(query: URLSearchParams): LogOptions {
  const options: LogOptions = {};
  for (const field of ['follow', 'previous', 'timestamps'] as const)
    if (isTrue(query.get(field))) options[field] = true;
  for (const field of ['tailLines', 'sinceSeconds', 'limitBytes'] as const) {
    const value = query.get(field);
    if (value === null) continue;
    const least = field === 'tailLines' ? 0 : 1;
    if (!/^-?\d+$/.test(value) || Number(value) < least) {
      const words = `PodLogOptions "" is invalid: ${field}: Invalid value: ${JSON.stringify(value)}: must be greater than or equal to ${least}`;
      throw new StatusError(422, 'Invalid', words);
    }
    options[field] = Number(value);
  }
  const since = query.get('sinceTime');
  if (since !== null) {
    if (Number.isNaN(Date.parse(since))) throw new StatusError(400, 'BadRequest', `sinceTime: not a time: ${since}`);
    options.sinceTime = since;
  }
  return options;
}
