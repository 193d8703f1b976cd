/** go-httpbin: answers with what it was asked, in the forms that lessons use. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, serveHttp } from '../network/http.ts';
import { parseDuration } from './go.ts';
import type { ContainerContext, Image } from './image.ts';
import { sleep, startEntrypoint, untilStopped } from './program.ts';

const DEFAULT_PORT = 8080;
const MAX_DELAY = 10_000;

type Handler = (call: Call) => Promise<void> | void;
interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  /** What the path holds after the endpoint's name. */
  rest: string[];
  signal: AbortSignal;
}

/** Every endpoint by the first part of its path. */
const ENDPOINTS: Record<string, Handler> = {
  '': ({ response }) => text(response, 200, 'go-httpbin, simulated by the embedded cluster\n'),
  get: (call) => onlyFor(['GET', 'HEAD'], call, async () => json(call.response, 200, await describe(call, false))),
  headers: ({ request, response }) => json(response, 200, { headers: headersOf(request) }),
  ip: ({ request, response }) => json(response, 200, { origin: originOf(request) }),
  'user-agent': ({ request, response }) => json(response, 200, { 'user-agent': request.headers['user-agent'] ?? '' }),
  hostname: ({ response }) => json(response, 200, { hostname: 'dummy-hostname' }),
  uuid: ({ response }) => json(response, 200, { uuid: crypto.randomUUID() }),
  anything: async (call) => json(call.response, 200, await describe(call, true)),
  post: (call) => withBody('POST', call),
  put: (call) => withBody('PUT', call),
  patch: (call) => withBody('PATCH', call),
  delete: (call) => withBody('DELETE', call),

  status({ response, rest }) {
    const codes = (rest[0] ?? '').split(',');
    const code = Number(codes[Math.floor(Math.random() * codes.length)]!.split(':')[0]);
    if (!(Number.isInteger(code) && code >= 200 && code <= 599)) return text(response, 400, 'invalid status code\n');
    if (code >= 300 && code < 400) response.setHeader('Location', '/redirect/1');
    response.writeHead(code, { 'Content-Length': 0, 'Content-Type': 'text/plain; charset=utf-8' }).end();
  },

  async delay(call) {
    const [first = ''] = call.rest;
    let milliseconds: number;
    try {
      milliseconds = /^[\d.]+$/.test(first) ? Number(first) * 1000 : parseDuration(first);
    } catch {
      return text(call.response, 400, 'invalid duration\n');
    }
    await sleep(Math.min(milliseconds, MAX_DELAY), call.signal);
    json(call.response, 200, await describe(call, true));
  },

  redirect({ response, rest }) {
    const left = Number(rest[0] ?? 1);
    response.writeHead(302, { Location: left > 1 ? `/relative-redirect/${left - 1}` : '/get' }).end();
  },

  'response-headers'({ response, url }) {
    for (const name of new Set(url.searchParams.keys())) response.setHeader(name, url.searchParams.getAll(name));
    json(response, 200, argsOf(url));
  },

  bytes({ response, rest }) {
    const size = Math.min(Number(rest[0]) || 0, 100 * 1024);
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': size });
    response.end(Buffer.alloc(size, 'm'));
  },
};
ENDPOINTS['relative-redirect'] = ENDPOINTS.redirect!;

function text(response: ServerResponse, code: number, body: string): void {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(code, headers).end(body);
}

function json(response: ServerResponse, code: number, value: unknown): void {
  const body = `${JSON.stringify(value, null, 2)}\n`;
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(code, { 'Access-Control-Allow-Origin': '*', ...headers }).end(body);
}

async function onlyFor(methods: string[], call: Call, answer: () => Promise<void>): Promise<void> {
  if (methods.includes(call.request.method ?? '')) return answer();
  call.response.setHeader('Allow', methods.join(', '));
  text(call.response, 405, 'Method Not Allowed\n');
}

const withBody = (method: string, call: Call): Promise<void> =>
  onlyFor([method], call, async () => json(call.response, 200, await describe(call, true)));

/** Canonical names, each with a list of values, as go-httpbin gives them. */
function headersOf(request: IncomingMessage): Record<string, string[]> {
  const headers: Record<string, string[]> = { Host: [request.headers.host ?? ''] };
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i]!.toLowerCase().replace(/(^|-)[a-z]/g, (found) => found.toUpperCase());
    if (name !== 'Host') headers[name] = [...(headers[name] ?? []), request.rawHeaders[i + 1]!];
  }
  return Object.fromEntries(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function argsOf(url: URL): Record<string, string[]> {
  return Object.fromEntries([...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name)]));
}

const originOf = (request: IncomingMessage): string =>
  String(request.headers['x-forwarded-for'] ?? request.socket.remoteAddress ?? '').split(',')[0]!;

async function describe({ request, url }: Call, full: boolean): Promise<Record<string, unknown>> {
  const answer: Record<string, unknown> = {
    args: argsOf(url),
    headers: headersOf(request),
    method: request.method,
    origin: originOf(request),
    url: `http://${request.headers.host}${request.url}`,
  };
  if (!full) return answer;
  const bytes = await readBody(request);
  const data = isUtf8(bytes)
    ? bytes.toString()
    : `data:${request.headers['content-type']};base64,${bytes.toString('base64')}`;
  const type = request.headers['content-type'] ?? '';
  const isForm = type.startsWith('application/x-www-form-urlencoded');
  let parsed: unknown = null;
  try {
    if (type.includes('json')) parsed = JSON.parse(data);
  } catch {
    // Not JSON after all: `data` shows it.
  }
  const form = isForm ? argsOf(new URL(`http://form/?${data}`)) : {};
  return { ...answer, data: isForm ? '' : data, files: {}, form, json: parsed };
}

async function main(args: string[], context: ContainerContext): Promise<number> {
  const { network, podIP, env, log, signal } = context;
  const at = args.findIndex((arg) => /^--?port$/.test(arg));
  const inline = args.find((arg) => /^--?port=/.test(arg))?.split('=')[1];
  const port = Number(inline ?? (at >= 0 ? args[at + 1] : undefined) ?? env.PORT ?? DEFAULT_PORT);
  const http = serveHttp(network, podIP, port, (request, response) => {
    const started = performance.now();
    const url = new URL(request.url ?? '/', 'http://httpbin');
    const [name = '', ...rest] = url.pathname.slice(1).split('/');
    response.once('finish', () => {
      const fields = { status: response.statusCode, method: request.method, uri: request.url };
      const entry = {
        time: new Date().toISOString(),
        level: 'INFO',
        msg: `${response.statusCode} ${request.method} ${request.url}`,
        ...fields,
      };
      log(JSON.stringify({ ...entry, duration_ms: Number((performance.now() - started).toFixed(3)) }));
    });
    const handler = Object.hasOwn(ENDPOINTS, name) ? ENDPOINTS[name] : undefined;
    if (!handler) {
      return text(
        response,
        404,
        `no such endpoint in the embedded cluster's go-httpbin: it has ${Object.keys(ENDPOINTS)
          .filter(Boolean)
          .map((e) => `/${e}`)
          .join(' ')}\n`,
      );
    }
    void Promise.resolve(handler({ request, response, url, rest, signal })).catch((error) => response.destroy(error));
  });
  log('go-httpbin, simulated by the embedded cluster');
  log(
    JSON.stringify({
      time: new Date().toISOString(),
      level: 'INFO',
      msg: `go-httpbin listening on http://0.0.0.0:${port}`,
    }),
  );
  await untilStopped(signal);
  http.close();
  return 0;
}

export const httpbin: Image = {
  repositories: ['mccutchen/go-httpbin', 'ghcr.io/mccutchen/go-httpbin'],
  summary: 'answers with what it was asked',
  simulated: true,
  start: (context) => startEntrypoint(context, { names: ['go-httpbin'], main, noShell: true }),
};
