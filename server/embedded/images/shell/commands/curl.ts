/** curl over the pod network: options, output, messages and exit codes as the real one's, for HTTP and HTTPS. */

import { type Command, Interrupted, type Invocation, interruptible, pause, UsageError } from '../command.ts';
import { absolute } from '../paths.ts';
import { CurlError, describe, type Exchange, exchange, type Prepared } from './curl-exchange.ts';
import { type CurlOptions, parseCurl } from './curl-options.ts';
import { writeOut } from './curl-write-out.ts';

const VERSION = '8.18.0';
const MAX_REDIRECTS = 50;
const METER = [
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current',
  '                                 Dload  Upload   Total   Spent    Left  Speed',
].join('\n');

export const curl: Command = async (invocation) => {
  let options: CurlOptions;
  try {
    options = parseCurl(invocation.args);
    if (!options.version && options.urls.length === 0) throw new UsageError('(2) no URL specified', 2);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    invocation.stderr(`curl: ${error.message}\ncurl: try 'curl --help' or 'curl --manual' for more information\n`);
    return error.exitCode;
  }
  if (options.version) {
    invocation.stdout(`curl ${VERSION} (simulated by the embedded cluster)\nProtocols: http https\n`);
    return 0;
  }
  const body = await bodyOf(options, invocation);
  let status = 0;
  for (const [index, url] of options.urls.entries()) status = await fetchOne(url, index, options, body, invocation);
  return status;
};

async function fetchOne(
  url: string,
  index: number,
  options: CurlOptions,
  body: Buffer | undefined,
  invocation: Invocation,
): Promise<number> {
  const output = options.outputs[index] ?? (options.remoteName ? url.split('/').at(-1) : undefined);
  const collected: Buffer[] = [];
  const write =
    output === undefined
      ? invocation.stdout
      : (chunk: string | Buffer) => void collected.push(Buffer.from(chunk as string));
  const meter = !options.silent && (output !== undefined || !invocation.tty) && !options.verbose;
  for (let attempt = 0; ; attempt++) {
    const report: Exchange = { url, started: performance.now(), redirects: 0, size: 0, method: '' };
    let failure: CurlError | undefined;
    if (meter) invocation.stderr(`${METER}\n${meterLine(report)}`);
    try {
      await follow(url, options, body, report, write, invocation);
    } catch (error) {
      if (!(error instanceof CurlError)) throw error;
      failure = error;
    }
    report.ended = performance.now();
    if (meter) invocation.stderr(`\r${meterLine(report)}\n`);
    if (attempt < options.retry && (isTransient(report.response?.statusCode) || failure?.exitCode === 28)) {
      await pause(1000 * 2 ** attempt, invocation.signal);
      continue;
    }
    if (output !== undefined && !failure) save(output, Buffer.concat(collected), invocation);
    if (failure && (!options.silent || options.showError)) {
      invocation.stderr(`curl: (${failure.exitCode}) ${failure.message}\n`);
    }
    const exitCode = failure?.exitCode ?? 0;
    if (options.writeOut !== undefined) {
      const { text, problems } = writeOut(options.writeOut, report, exitCode, failure?.message ?? '');
      for (const problem of problems) invocation.stderr(`curl: ${problem}\n`);
      invocation.stdout(text);
    }
    return exitCode;
  }
}

/** One URL and, with -L, where it leads. */
async function follow(
  start: string,
  options: CurlOptions,
  body: Buffer | undefined,
  report: Exchange,
  write: (chunk: string | Buffer) => void,
  invocation: Invocation,
): Promise<void> {
  const abort = new AbortController();
  const onAbort = () => abort.abort(new Interrupted());
  invocation.signal.addEventListener('abort', onAbort, { once: true });
  const timer =
    options.maxTime === undefined
      ? undefined
      : setTimeout(() => {
          const milliseconds = Math.round(performance.now() - report.started);
          abort.abort(
            new CurlError(
              28,
              `Operation timed out after ${milliseconds} milliseconds with ${report.size} bytes received`,
            ),
          );
        }, options.maxTime * 1000);
  try {
    let prepared = prepare(start, options, body);
    for (;;) {
      const response = await interruptibleBy(
        exchange(prepared, options, report, invocation, abort.signal),
        abort.signal,
      );
      const code = response.statusCode ?? 0;
      const location = response.headers.location;
      const goesOn = options.location && code >= 300 && code < 400 && location !== undefined;
      if (options.include || options.head) write(describe(response));
      const failed = options.fail && code >= 400;
      await interruptibleBy(
        (async () => {
          for await (const chunk of response) {
            report.size += (chunk as Buffer).length;
            if (!goesOn && !failed) write(chunk as Buffer);
          }
        })().catch(() => {
          throw new CurlError(18, 'transfer closed with outstanding read data remaining');
        }),
        abort.signal,
      );
      if (options.verbose)
        invocation.stderr(`* Connection #${report.redirects} to host ${prepared.url.host} left intact\n`);
      if (failed || (options.failWithBody && code >= 400)) {
        throw new CurlError(22, `The requested URL returned error: ${code}`);
      }
      if (!goesOn) return;
      if (++report.redirects > MAX_REDIRECTS) throw new CurlError(47, `Maximum (${MAX_REDIRECTS}) redirects followed`);
      const keepsMethod = code === 307 || code === 308 || prepared.method === 'HEAD';
      const next = prepare(new URL(location, prepared.url).href, options, keepsMethod ? body : undefined);
      prepared = keepsMethod ? next : { ...next, method: options.head ? 'HEAD' : (options.method ?? 'GET') };
      report.url = next.url.href;
      if (options.verbose) invocation.stderr(`* Issue another request to this URL: '${next.url.href}'\n`);
    }
  } finally {
    clearTimeout(timer);
    invocation.signal.removeEventListener('abort', onAbort);
    abort.abort();
  }
}

/** Like `promise`, or rejects with the signal's reason. */
async function interruptibleBy<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await interruptible(promise, signal);
  } catch (error) {
    throw error instanceof Interrupted && signal.reason instanceof Error ? signal.reason : error;
  }
}

function prepare(text: string, options: CurlOptions, body: Buffer | undefined): Prepared {
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    throw new CurlError(3, 'URL rejected: Malformed input to a URL function');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new CurlError(1, `Protocol "${url.protocol.slice(0, -1)}" not supported`);
  }
  if (options.get && body) url.search += `${url.search ? '&' : '?'}${body}`;
  const sent = options.get ? undefined : body;
  const method = options.method ?? (options.head ? 'HEAD' : sent ? 'POST' : 'GET');
  return { url, method, body: sent, headers: headersOf(url, options, sent) };
}

/** In the order in which curl sends them; its own give way to those of -H. */
function headersOf(url: URL, options: CurlOptions, body: Buffer | undefined): [name: string, value: string][] {
  const own: [string, string][] = [['Host', url.host]];
  const user =
    options.user ??
    (url.username ? `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` : undefined);
  if (user !== undefined) own.push(['Authorization', `Basic ${Buffer.from(user).toString('base64')}`]);
  own.push(['User-Agent', `curl/${VERSION}`], ['Accept', options.json ? 'application/json' : '*/*']);
  if (options.cookie) own.push(['Cookie', options.cookie]);
  const given: [string, string][] = [];
  const replaced = new Set<string>();
  for (const header of options.headers) {
    const [, name, separator, value] = /^([^:;]+)([:;])\s*(.*)$/s.exec(header) ?? [];
    if (name === undefined) continue;
    if (own.some(([ownName]) => ownName.toLowerCase() === name.toLowerCase()) || !value)
      replaced.add(name.toLowerCase());
    if (value || separator === ';') given.push([name, value!]);
  }
  if (body) {
    const type = options.json ? 'application/json' : 'application/x-www-form-urlencoded';
    given.push(['Content-Length', String(body.length)]);
    const typed = given.some(([name]) => name.toLowerCase() === 'content-type');
    if (!typed && !replaced.has('content-type')) given.push(['Content-Type', type]);
  }
  const host = given.filter(([name]) => name.toLowerCase() === 'host');
  const rest = given.filter(([name]) => name.toLowerCase() !== 'host');
  return [...host, ...own.filter(([name]) => !replaced.has(name.toLowerCase())), ...rest];
}

async function bodyOf(options: CurlOptions, invocation: Invocation): Promise<Buffer | undefined> {
  if (options.data.length === 0) return undefined;
  const pieces: string[] = [];
  for (const { kind, value } of options.data) {
    if (kind === 'urlencode') {
      const [, name = '', text = value] = /^([^=]*)=([\s\S]*)$/.exec(value) ?? [];
      pieces.push(`${name ? `${name}=` : ''}${encodeURIComponent(text)}`);
      continue;
    }
    if (kind === 'raw' || !value.startsWith('@')) {
      pieces.push(value);
      continue;
    }
    const name = value.slice(1);
    const text =
      name === '-' ? await invocation.stdin.readAll() : invocation.files.read(absolute(name, invocation.cwd));
    if (text === undefined) throw new UsageError(`(26) Failed to open ${name}`, 26);
    pieces.push(kind === 'text' ? text.replace(/[\r\n]/g, '') : text);
  }
  return Buffer.from(pieces.join('&'));
}

function save(output: string, content: Buffer, invocation: Invocation): void {
  if (output === '-') {
    invocation.stdout(content);
    return;
  }
  try {
    invocation.files.write(absolute(output, invocation.cwd), content.toString());
  } catch {
    throw new UsageError(`(23) client returned ERROR on write, ${content.length} bytes missed`, 23);
  }
}

/** What curl's --retry counts as passing: these answers, and timeouts. */
const isTransient = (code: number | undefined): boolean => [408, 429, 500, 502, 503, 504].includes(code ?? 0);

function meterLine(report: Exchange): string {
  const size = String(report.size).padStart(5);
  if (report.ended === undefined) return '  0     0   0     0   0     0      0      0                              0';
  const seconds = Math.max((report.ended - report.started) / 1000, 1e-6);
  const speed = Math.round(report.size / seconds);
  const rate = (speed < 100_000 ? String(speed) : `${Math.round(speed / 1000)}k`).padStart(6);
  return `100 ${size} 100 ${size}   0     0 ${rate}      0                             ${rate}`;
}
