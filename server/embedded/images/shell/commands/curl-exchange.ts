/** One HTTP exchange of curl: name, connection, TLS, request, response headers; what goes wrong, as curl's error codes. */
import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { request } from '../../../network/http.ts';
import { Interrupted, type Invocation } from '../command.ts';
import { absolute } from '../paths.ts';
import type { CurlOptions } from './curl-options.ts';

/** A transfer that failed; `message` without curl's number. */
export class CurlError extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Prepared {
  url: URL;
  method: string;
  headers: [name: string, value: string][];
  body?: Buffer;
}

/** What is known of a transfer, for --write-out and the progress meter. Times in milliseconds of `performance.now`. */
export interface Exchange {
  url: string;
  method: string;
  started: number;
  named?: number;
  connected?: number;
  secured?: number;
  firstByte?: number;
  ended?: number;
  redirects: number;
  /** Bytes of bodies received. */
  size: number;
  response?: IncomingMessage;
  local?: { ip: string; port: number };
  remote?: { ip: string; port: number };
}

/** Resolves when the response's headers are there. Throws CurlError. */
export async function exchange(
  prepared: Prepared,
  options: CurlOptions,
  report: Exchange,
  invocation: Invocation,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { url, method, headers, body } = prepared;
  const say = (text: string) => {
    if (options.verbose) invocation.stderr(text);
  };
  report.method = method;
  let stream = await connect(url, options, report, invocation, say);
  if (url.protocol === 'https:') stream = await secure(stream, url, options, invocation, say);
  report.secured = performance.now();
  const path = url.pathname + url.search;
  say(`> ${method} ${path} HTTP/1.1\n${headers.map(([name, value]) => `> ${name}: ${value}\n`).join('')}> \n`);
  const sent: Record<string, string[]> = {};
  for (const [name, value] of headers) sent[name] = [...(sent[name] ?? []), value];
  try {
    const response = await request(invocation.container.network, url, { method, headers: sent, body, signal, stream });
    report.firstByte = performance.now();
    report.response = response;
    say('* Request completely sent off\n');
    say(describe(response).replace(/^.*\r\n/gm, '< $&'));
    return response;
  } catch (error) {
    throw transferError(error);
  }
}

/** Status line and headers as received, with the empty line after them. */
export function describe(response: IncomingMessage): string {
  const { rawHeaders } = response;
  let text = `HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  return `${text}\r\n`;
}

async function connect(
  url: URL,
  options: CurlOptions,
  report: Exchange,
  invocation: Invocation,
  say: (text: string) => void,
): Promise<Duplex> {
  const { network } = invocation.container;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const addresses = given(options, host, port) ?? network.resolve(host);
  report.named = performance.now();
  if (addresses.length === 0) {
    say(`* Could not resolve host: ${host}\n`);
    throw new CurlError(6, `Could not resolve host: ${host}`);
  }
  if (!isIPv4(host)) say(`* Host ${host}:${port} was resolved.\n* IPv6: (none)\n* IPv4: ${addresses.join(', ')}\n`);
  for (const address of addresses) {
    say(`*   Trying ${address}:${port}...\n`);
    try {
      const stream = await network.dial(address, port);
      const ends = stream as Duplex & { localAddress?: string; localPort?: number };
      report.connected = performance.now();
      report.remote = { ip: address, port };
      report.local = { ip: ends.localAddress ?? '', port: ends.localPort ?? 0 };
      say(
        `* Established connection to ${host} (${address} port ${port}) from ${report.local.ip} port ${report.local.port}\n`,
      );
      return stream;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const why = code === 'EHOSTUNREACH' ? 'Host is unreachable' : 'Connection refused';
      say(`* connect to ${address} port ${port} from ${invocation.container.podIP} failed: ${why}\n`);
    }
  }
  const milliseconds = Math.round(performance.now() - report.started);
  throw new CurlError(
    7,
    `Failed to connect to ${host} port ${port} after ${milliseconds} ms: Could not connect to server`,
  );
}

/** An address given by --resolve for this host and port. */
function given(options: CurlOptions, host: string, port: number): string[] | undefined {
  for (const entry of options.resolve) {
    const [name, number, address] = entry.split(':');
    if (name === host && Number(number) === port && address) return [address];
  }
  return undefined;
}

function secure(
  stream: Duplex,
  url: URL,
  options: CurlOptions,
  invocation: Invocation,
  say: (text: string) => void,
): Promise<Duplex> {
  const ca = options.cacert ? invocation.files.read(absolute(options.cacert, invocation.cwd)) : undefined;
  if (options.cacert && ca === undefined) {
    throw new CurlError(77, `error adding trust anchors from file: ${options.cacert}`);
  }
  return new Promise((resolve, reject) => {
    const name = isIPv4(url.hostname) ? {} : { servername: url.hostname };
    const secured = tls.connect({ socket: stream, rejectUnauthorized: !options.insecure, ca, ...name });
    secured.once('secureConnect', () => {
      say(`* SSL connection using ${secured.getProtocol()} / ${secured.getCipher().name}\n`);
      resolve(secured);
    });
    secured.once('error', (error: NodeJS.ErrnoException) => {
      if (/certificate|CERT|SELF_SIGNED|ALTNAME/.test(`${error.code} ${error.message}`)) {
        reject(new CurlError(60, `SSL certificate problem: ${error.message}`));
      } else reject(new CurlError(35, `TLS connect error: ${error.message}`));
    });
  });
}

function transferError(error: unknown): unknown {
  const { code, message, name } = error as NodeJS.ErrnoException;
  if (name === 'AbortError') return new Interrupted();
  if (code === 'ECONNRESET' && message === 'socket hang up') return new CurlError(52, 'Empty reply from server');
  if (code === 'ECONNRESET') return new CurlError(56, 'Recv failure: Connection reset by peer');
  if (code === 'EPIPE') return new CurlError(55, 'Send failure: Broken pipe');
  if (code?.startsWith('HPE_')) return new CurlError(1, 'Received HTTP/0.9 when not allowed');
  return error;
}
