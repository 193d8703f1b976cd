/** fortio's server: an HTTP echo on 8080 and TCP echo on 8078. Its load generator is not simulated. */
import type { Duplex } from 'node:stream';
import { readBody, serveHttp } from '../network/http.ts';
import { parseDuration } from './go.ts';
import type { ContainerContext, Image } from './image.ts';
import { sleep, startEntrypoint, untilStopped } from './program.ts';

const HTTP_PORT = 8080;
const TCP_PORT = 8078;
const MAX_DELAY = 1500;

async function main(args: string[], context: ContainerContext): Promise<number> {
  const { network, podIP, log, signal } = context;
  const [command, ...rest] = args;
  if (command !== 'server' || rest.length > 0) {
    log(`fortio ${args.join(' ')}: the embedded cluster simulates only "fortio server" without options`);
    return 1;
  }
  log('fortio server, simulated by the embedded cluster: echo over HTTP and TCP, no load generator, no user interface');
  const http = serveHttp(network, podIP, HTTP_PORT, async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://fortio');
    const body = await readBody(request);
    if (url.pathname.startsWith('/fortio')) {
      response
        .writeHead(501)
        .end("the embedded cluster does not simulate fortio's user interface and load generator\n");
      return;
    }
    const delay = url.searchParams.get('delay');
    if (delay) await sleep(Math.min(milliseconds(delay), MAX_DELAY), signal);
    if (url.pathname === '/debug') {
      response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
      const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
      const lines = [
        'Φορτίο, simulated',
        '',
        `${request.method} ${request.url} HTTP/1.1`,
        '',
        'headers:',
        '',
        ...headers,
      ];
      response.end(`${lines.join('\n')}\n\nbody:\n\n${body}\n`);
      return;
    }
    for (const header of url.searchParams.getAll('header')) {
      const [name, ...value] = header.split(':');
      if (name) response.setHeader(name, value.join(':').trim());
    }
    const size = Number(url.searchParams.get('size') ?? 0);
    response.statusCode = statusOf(url.searchParams.get('status') ?? '200');
    response.end(size > 0 ? Buffer.alloc(Math.min(size, 1 << 20), 'F') : body);
  });
  const stopEcho = network.listen(podIP, TCP_PORT, (stream: Duplex) => {
    stream.on('error', () => stream.destroy());
    stream.pipe(stream);
  });
  log(`HTTP echo on :${HTTP_PORT}, TCP echo on :${TCP_PORT}`);
  await untilStopped(signal);
  stopEcho();
  http.close();
  return 0;
}

function milliseconds(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    return 0;
  }
}

/** `503`, or `503:20,404:10`: codes with their percentages; the rest is 200. */
function statusOf(text: string): number {
  if (!text.includes(':')) return validStatus(Number(text));
  let dice = Math.random() * 100;
  for (const part of text.split(',')) {
    const [code, percentage] = part.split(':');
    dice -= Number(percentage);
    if (dice < 0) return validStatus(Number(code));
  }
  return 200;
}

const validStatus = (code: number): number => (Number.isInteger(code) && code >= 200 && code <= 599 ? code : 400);

export const fortio: Image = {
  repositories: ['fortio/fortio'],
  summary: 'an echo server; its load generator is left out',
  simulated: true,
  start: (context) => startEntrypoint(context, { names: ['fortio'], defaultArgs: ['server'], main, noShell: true }),
};
