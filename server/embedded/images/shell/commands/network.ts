/** busybox's network commands: nslookup and wget. */
import { isIPv4 } from 'node:net';
import { CLUSTER_DOMAIN, searchPath } from '../../../network/dns.ts';
import { readBody, request } from '../../../network/http.ts';
import { type Command, type Invocation, interruptible, UsageError } from '../command.ts';
import { absolute } from '../paths.ts';

const DNS_SERVER = '10.96.0.10';

/** The full name that answers, with its addresses: the first along the search path, as a resolver would try them. */
function answering(invocation: Invocation, name: string): { name: string; addresses: string[] } | undefined {
  const { network, pod } = invocation.container;
  const searched = name.endsWith('.') ? [] : searchPath(pod.metadata.namespace ?? 'default');
  const candidates = [...searched.map((domain) => `${name}.${domain}`), name.replace(/\.$/, '')];
  for (const candidate of candidates) {
    const addresses = network.resolve(`${candidate}.`);
    if (addresses.length > 0) return { name: candidate, addresses };
  }
  return undefined;
}

const nslookup: Command = (invocation) => {
  const [name, server] = invocation.args;
  if (name === undefined || name.startsWith('-')) throw new UsageError('usage: nslookup HOST');
  if (isIPv4(name)) throw new UsageError('the embedded cluster does not simulate reverse lookups');
  if (server !== undefined) throw new UsageError('the embedded cluster has one DNS server only');
  invocation.stdout(`Server:\t\t${DNS_SERVER}\nAddress:\t${DNS_SERVER}:53\n\n`);
  const found = answering(invocation, name);
  if (!found) {
    const full = name.includes('.') ? name : `${name}.${CLUSTER_DOMAIN}`;
    invocation.stdout(`** server can't find ${full}: NXDOMAIN\n\n`);
    return 1;
  }
  for (const address of found.addresses) invocation.stdout(`Name:\t${found.name}\nAddress: ${address}\n`);
  invocation.stdout('\n');
  return 0;
};

interface WgetOptions {
  url?: string;
  output?: string;
  quiet: boolean;
  spider: boolean;
  serverResponse: boolean;
  /** Seconds. */
  timeout?: number;
  headers: Record<string, string>;
  body?: string;
}

function parseWget(args: string[]): WgetOptions {
  const options: WgetOptions = { quiet: false, spider: false, serverResponse: false, headers: {} };
  const words = [...args];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, long, inline] = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const value = () => inline ?? words.shift() ?? '';
    if (long === 'spider') options.spider = true;
    else if (long === 'header') {
      const [name, ...rest] = value().split(':');
      options.headers[name!] = rest.join(':').trim();
    } else if (long === 'post-data') options.body = value();
    else if (long === 'timeout') options.timeout = Number(value());
    else if (long === 'output-document') options.output = value();
    else if (long !== undefined) throw new UsageError(`the embedded cluster does not simulate --${long}`);
    else if (!word.startsWith('-') || word === '-') options.url = word;
    else {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at]!;
        if (letter === 'q') options.quiet = true;
        else if (letter === 'S') options.serverResponse = true;
        else if (letter === 'O' || letter === 'T') {
          const text = word.slice(at + 1) || (words.shift() ?? '');
          if (letter === 'O') options.output = text;
          else options.timeout = Number(text);
          break;
        } else throw new UsageError(`the embedded cluster does not simulate -${letter}`);
      }
    }
  }
  return options;
}

const wget: Command = async (invocation) => {
  const options = parseWget(invocation.args);
  if (!options.url)
    throw new UsageError('usage: wget [-qS] [-O FILE] [-T SEC] [--header STR] [--post-data STR] [--spider] URL');
  const { network } = invocation.container;
  const url = new URL(/^[a-z]+:\/\//i.test(options.url) ? options.url : `http://${options.url}`);
  if (url.protocol !== 'http:') throw new UsageError(`the embedded cluster does not simulate ${url.protocol}//`);
  const port = Number(url.port || 80);
  const addresses = network.resolve(url.hostname);
  if (addresses.length === 0) throw new UsageError(`bad address '${url.hostname}'`);
  const say = (text: string) => {
    if (!options.quiet) invocation.stderr(text);
  };
  say(`Connecting to ${url.host} (${addresses[0]}:${port})\n`);
  let response: Awaited<ReturnType<typeof request>>;
  try {
    response = await interruptible(
      request(network, url, {
        method: options.body === undefined ? 'GET' : 'POST',
        headers: { 'User-Agent': 'Wget', ...options.headers },
        body: options.body,
        timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
        signal: invocation.signal,
      }),
      invocation.signal,
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why: Record<string, string> = {
      ECONNREFUSED: `can't connect to remote host (${addresses[0]}): Connection refused`,
      EHOSTUNREACH: `can't connect to remote host (${addresses[0]}): Host is unreachable`,
      ETIMEDOUT: 'download timed out',
      ECONNRESET: 'error getting response: Connection reset by peer',
    };
    if (code && why[code]) throw new UsageError(why[code]);
    throw error;
  }
  if (options.serverResponse) {
    invocation.stderr(`  HTTP/1.1 ${response.statusCode} ${response.statusMessage}\n`);
    for (let i = 0; i < response.rawHeaders.length; i += 2) {
      invocation.stderr(`  ${response.rawHeaders[i]}: ${response.rawHeaders[i + 1]}\n`);
    }
  }
  const body = await interruptible(readBody(response), invocation.signal);
  if ((response.statusCode ?? 0) >= 400) {
    throw new UsageError(`server returned error: HTTP/1.1 ${response.statusCode} ${response.statusMessage}`);
  }
  if (options.spider) say('remote file exists\n');
  else if (options.output === '-') invocation.stdout(body);
  else {
    const name = options.output ?? (url.pathname.split('/').at(-1) || 'index.html');
    try {
      invocation.files.write(absolute(name, invocation.cwd), body.toString());
    } catch (error) {
      throw new UsageError(`can't open '${name}': ${(error as Error).message}`);
    }
    say(`saving to '${name}'\n'${name}' saved\n`);
  }
  return 0;
};

export const networkCommands: Record<string, Command> = { nslookup, wget };
