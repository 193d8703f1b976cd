/** What Bookinfo's four services share: their port, their health, JSON answers, and the headers that each passes on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, request as send, serveHttp } from '../../network/http.ts';
import type { ContainerContext, Image } from '../image.ts';
import { startEntrypoint, untilStopped } from '../program.ts';

const PORT = 9080;

/** Passed from a request to the calls that it causes, so that traces and routing by user hold together. */
const PASSED_ON = [
  'x-request-id',
  'x-ot-span-context',
  'x-datadog-trace-id',
  'x-datadog-parent-id',
  'x-datadog-sampling-priority',
  'traceparent',
  'tracestate',
  'x-cloud-trace-context',
  'grpc-trace-bin',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'b3',
  'end-user',
  'user-agent',
  'cookie',
  'authorization',
];

export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  context: ContainerContext;
  /** Headers for the calls that this one causes. */
  passedOn: Record<string, string>;
}

export type Handler = (call: Call) => Promise<void> | void;

export function json(response: ServerResponse, code: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(code, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }).end(body);
}

/** GETs another service's JSON; undefined where it cannot be had within `timeoutMs`. */
export async function ask(call: Call, url: string, timeoutMs: number): Promise<unknown> {
  try {
    const response = await send(call.context.network, url, { headers: call.passedOn, timeoutMs });
    const body = await readBody(response);
    return response.statusCode === 200 ? JSON.parse(String(body)) : undefined;
  } catch (error) {
    call.context.log(`GET ${url}: ${(error as Error).message}`);
    return undefined;
  }
}

/** Where a service is found: `RATINGS_HOSTNAME` and its like move it, as in the sample's own code. */
export function addressOf(call: Call, service: string): string {
  const { env } = call.context;
  const name = service.toUpperCase();
  const domain = env.SERVICES_DOMAIN ? `.${env.SERVICES_DOMAIN}` : '';
  return `http://${env[`${name}_HOSTNAME`] ?? service}${domain}:${env[`${name}_SERVICE_PORT`] ?? PORT}`;
}

/** An image of one of the services; `handler` answers all but `/health`. */
export function bookinfoImage(repositories: string[], name: string, summary: string, handler: Handler): Image {
  const main = async (args: string[], context: ContainerContext): Promise<number> => {
    const port = Number(args.at(-1)) || PORT;
    const http = serveHttp(context.network, context.podIP, port, (request, response) => {
      const url = new URL(request.url ?? '/', `http://${name}`);
      if (url.pathname === '/health') {
        json(response, 200, { status: `${name[0]!.toUpperCase()}${name.slice(1)} is healthy` });
        return;
      }
      const passedOn: Record<string, string> = {};
      for (const header of PASSED_ON) if (request.headers[header]) passedOn[header] = String(request.headers[header]);
      response.once('finish', () => context.log(`${request.method} ${request.url} ${response.statusCode}`));
      Promise.resolve(handler({ request, response, url, context, passedOn })).catch((error: Error) => {
        context.log(String(error.stack));
        if (response.headersSent) response.destroy();
        else json(response, 500, { error: 'Internal Server Error' });
      });
    });
    context.log(`Bookinfo's ${name}, simulated by the embedded cluster, listens on ${port}`);
    await untilStopped(context.signal);
    http.close();
    return 0;
  };
  return {
    repositories: repositories.map((version) => `istio/examples-bookinfo-${version}`),
    summary,
    simulated: true,
    start: (context) => startEntrypoint(context, { names: ['python', 'ruby', 'node', name], main }),
  };
}
