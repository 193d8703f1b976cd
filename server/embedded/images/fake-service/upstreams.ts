/** The calls that a fake-service makes to others while it answers. */
import type { IncomingMessage } from 'node:http';
import { type PodAgent, readBody, request } from '../../network/http.ts';
import type { Network } from '../../network/network.ts';
import { clientErrorText, type HcLog } from '../go.ts';
import type { Settings } from './settings.ts';

/** fake-service's answer, field for field and in its order. */
export interface Answer {
  name?: string;
  uri?: string;
  type?: string;
  ip_addresses?: string[];
  path?: string[];
  start_time?: string;
  end_time?: string;
  duration?: string;
  headers?: Record<string, string>;
  cookies?: Record<string, string>;
  body?: unknown;
  upstream_calls?: Record<string, Answer>;
  code: number;
  error?: string;
}

/** Of one connection or set by the client itself, never passed on. */
const NOT_PASSED_ON = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade']);

/** Calls all upstreams, `UPSTREAM_WORKERS` at a time. The error is the first that happened. */
export async function callUpstreams(
  settings: Settings,
  network: Network,
  incoming: IncomingMessage,
  log: HcLog,
  /** Where connections are kept (HTTP_CLIENT_KEEP_ALIVES). */
  agent?: PodAgent,
): Promise<{ answers: Record<string, Answer>; error?: string }> {
  const answers = new Map<string, Answer>();
  const body = requestBody(settings);
  const waiting = [...settings.upstreamURIs];
  let error: string | undefined;
  const worker = async () => {
    for (let uri = waiting.shift(); uri !== undefined; uri = waiting.shift()) {
      const answer = await callUpstream({ uri, settings, network, incoming, body, log, agent });
      answers.set(uri, answer);
      error ??= answer.error;
    }
  };
  await Promise.all(Array.from({ length: Math.max(settings.upstreamWorkers, 1) }, worker));
  // Go writes maps sorted by key.
  return { answers: Object.fromEntries([...answers].sort(([a], [b]) => (a < b ? -1 : 1))), error };
}

interface UpstreamCall {
  uri: string;
  settings: Settings;
  network: Network;
  incoming: IncomingMessage;
  body: string | undefined;
  log: HcLog;
  agent?: PodAgent;
}

async function callUpstream(call: UpstreamCall): Promise<Answer> {
  const { uri, settings, network, incoming, body, log, agent } = call;
  const fail = (code: number, error: string, rest: Partial<Answer> = {}): Answer => {
    log.error('Error processing upstream request', { error });
    return ordered({ ...rest, uri, code, error });
  };
  if (!uri.startsWith('http://')) {
    return fail(-1, `the embedded cluster does not simulate this upstream of fake-service: ${uri} (only http:// URIs)`);
  }
  const url = new URL(uri);
  if (settings.appendRequest) url.pathname = uriPath(uri) + (incoming.url ?? '/').split('?')[0];
  const method = body ? 'POST' : 'GET';
  const headers = settings.appendRequest ? passedOn(incoming) : {};
  if (!agent) headers.Connection = 'close';
  log.info('Calling upstream service', { uri, type: 'HTTP', request: describe(method, uri, headers) });
  try {
    const options = { method, headers, body, timeoutMs: settings.clientTimeout || undefined, agent };
    const response = await request(network, url, options);
    const text = String(await readBody(response));
    const code = response.statusCode ?? 0;
    const answer = { ...parse(text, log), uri, code, headers: headersOf(response), cookies: cookiesOf(response) };
    if (code === 200) return ordered(answer);
    return fail(code, `Error processing upstream request: ${url}, expected code 200, got ${code}`, answer);
  } catch (error) {
    const words = clientErrorText(method, String(url), error);
    return fail(-1, `Error communicating with upstream service: ${words}`);
  }
}

/** The path as written: empty in `http://web:80`, where URL gives a slash that the real service does not add. */
const uriPath = (uri: string): string => /^http:\/\/[^/?#]+([^?#]*)/.exec(uri)?.[1] ?? '';

function passedOn(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value === undefined || NOT_PASSED_ON.has(name)) continue;
    headers[canonical(name)] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

const canonical = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_, dash, letter) => dash + letter.toUpperCase());

const describe = (method: string, uri: string, headers: Record<string, string>): string =>
  [
    `${method} ${uri} HTTP/1.1`,
    `Host: ${new URL(uri).host}`,
    ...Object.entries(headers).map(([name, value]) => `${name.toLowerCase()}: ${value}`),
  ].join('\n');

function parse(text: string, log: HcLog): Partial<Answer> {
  try {
    return JSON.parse(text) as Partial<Answer>;
  } catch (error) {
    // A proxy may answer in the upstream's place, with plain text.
    log.error('Unable to read response JSON', { error: (error as Error).message });
    return {};
  }
}

function headersOf(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i < response.rawHeaders.length; i += 2) {
    const name = canonical(response.rawHeaders[i]!.toLowerCase());
    const value = response.rawHeaders[i + 1]!;
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  return Object.fromEntries(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function cookiesOf(response: IncomingMessage): Record<string, string> | undefined {
  const cookies = (response.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]!.split('='));
  return cookies.length > 0
    ? Object.fromEntries(cookies.map(([name, ...value]) => [name, value.join('=')]))
    : undefined;
}

function requestBody(settings: Settings): string | undefined {
  if (settings.upstreamBody) return settings.upstreamBody;
  if (settings.upstreamSize <= 0) return undefined;
  const variance = (settings.upstreamSize * settings.upstreamVariance) / 100;
  const size = Math.max(Math.round(settings.upstreamSize + (Math.random() * 2 - 1) * variance), 1);
  return 'x'.repeat(size);
}

/** The fields in the order of fake-service's answers, whatever order they were gathered in. */
export function ordered(answer: Answer): Answer {
  const { name, uri, type, ip_addresses, path, start_time, end_time, duration, headers, cookies, body } = answer;
  const { upstream_calls, code, error } = answer;
  const times = { start_time, end_time, duration };
  return { name, uri, type, ip_addresses, path, ...times, headers, cookies, body, upstream_calls, code, error };
}
