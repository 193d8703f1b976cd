/** curl's command line: the options that the simulation has, by their long and short names. */
import { UsageError } from '../command.ts';

export interface CurlOptions {
  urls: string[];
  outputs: string[];
  method?: string;
  headers: string[];
  data: { kind: 'text' | 'binary' | 'raw' | 'urlencode'; value: string }[];
  json: boolean;
  silent: boolean;
  showError: boolean;
  include: boolean;
  head: boolean;
  verbose: boolean;
  fail: boolean;
  failWithBody: boolean;
  location: boolean;
  get: boolean;
  insecure: boolean;
  remoteName: boolean;
  version: boolean;
  writeOut?: string;
  user?: string;
  cookie?: string;
  cacert?: string;
  /** Seconds. */
  maxTime?: number;
  connectTimeout?: number;
  retry: number;
  /** `host:port:address` entries. */
  resolve: string[];
}

type Setter = (options: CurlOptions, value: string) => void;
interface Option {
  long: string;
  short?: string;
  valued?: boolean;
  set: Setter;
}

const seconds = (name: string, value: string): number => {
  if (!/^\d+(\.\d+)?$/.test(value)) throw new UsageError(`option ${name}: expected a proper numerical parameter`, 2);
  return Number(value);
};

const nothing: Setter = () => {};

/** Options without effect here have `nothing`: they choose among things of which the simulation has only one. */
const OPTIONS: Option[] = [
  { long: 'request', short: 'X', valued: true, set: (o, v) => Object.assign(o, { method: v }) },
  { long: 'header', short: 'H', valued: true, set: (o, v) => o.headers.push(v) },
  { long: 'data', short: 'd', valued: true, set: (o, v) => o.data.push({ kind: 'text', value: v }) },
  { long: 'data-ascii', valued: true, set: (o, v) => o.data.push({ kind: 'text', value: v }) },
  { long: 'data-raw', valued: true, set: (o, v) => o.data.push({ kind: 'raw', value: v }) },
  { long: 'data-binary', valued: true, set: (o, v) => o.data.push({ kind: 'binary', value: v }) },
  { long: 'data-urlencode', valued: true, set: (o, v) => o.data.push({ kind: 'urlencode', value: v }) },
  {
    long: 'json',
    valued: true,
    set: (o, v) => {
      o.json = true;
      o.data.push({ kind: 'binary', value: v });
    },
  },
  { long: 'silent', short: 's', set: (o) => Object.assign(o, { silent: true }) },
  { long: 'show-error', short: 'S', set: (o) => Object.assign(o, { showError: true }) },
  { long: 'show-headers', set: (o) => Object.assign(o, { include: true }) },
  { long: 'include', short: 'i', set: (o) => Object.assign(o, { include: true }) },
  { long: 'head', short: 'I', set: (o) => Object.assign(o, { head: true }) },
  { long: 'verbose', short: 'v', set: (o) => Object.assign(o, { verbose: true }) },
  { long: 'fail', short: 'f', set: (o) => Object.assign(o, { fail: true }) },
  { long: 'fail-with-body', set: (o) => Object.assign(o, { failWithBody: true }) },
  { long: 'location', short: 'L', set: (o) => Object.assign(o, { location: true }) },
  { long: 'get', short: 'G', set: (o) => Object.assign(o, { get: true }) },
  { long: 'insecure', short: 'k', set: (o) => Object.assign(o, { insecure: true }) },
  { long: 'cacert', valued: true, set: (o, v) => Object.assign(o, { cacert: v }) },
  { long: 'output', short: 'o', valued: true, set: (o, v) => o.outputs.push(v) },
  { long: 'remote-name', short: 'O', set: (o) => Object.assign(o, { remoteName: true }) },
  { long: 'write-out', short: 'w', valued: true, set: (o, v) => Object.assign(o, { writeOut: v }) },
  { long: 'user', short: 'u', valued: true, set: (o, v) => Object.assign(o, { user: v }) },
  {
    long: 'user-agent',
    short: 'A',
    valued: true,
    set: (o, v) => o.headers.push(v ? `User-Agent: ${v}` : 'User-Agent:'),
  },
  { long: 'referer', short: 'e', valued: true, set: (o, v) => o.headers.push(`Referer: ${v}`) },
  { long: 'cookie', short: 'b', valued: true, set: (o, v) => Object.assign(o, { cookie: v }) },
  {
    long: 'max-time',
    short: 'm',
    valued: true,
    set: (o, v) => Object.assign(o, { maxTime: seconds('--max-time', v) }),
  },
  {
    long: 'connect-timeout',
    valued: true,
    set: (o, v) => Object.assign(o, { connectTimeout: seconds('--connect-timeout', v) }),
  },
  { long: 'retry', valued: true, set: (o, v) => Object.assign(o, { retry: seconds('--retry', v) }) },
  { long: 'resolve', valued: true, set: (o, v) => o.resolve.push(v) },
  { long: 'url', valued: true, set: (o, v) => o.urls.push(v) },
  { long: 'version', short: 'V', set: (o) => Object.assign(o, { version: true }) },
  { long: 'http1.1', set: nothing },
  { long: 'ipv4', short: '4', set: nothing },
  { long: 'no-buffer', short: 'N', set: nothing },
  { long: 'no-progress-meter', set: (o) => Object.assign(o, { silent: true, showError: true }) },
  { long: 'globoff', short: 'g', set: nothing },
  { long: 'path-as-is', set: nothing },
];

/** Throws UsageError in curl's words, with its exit code 2. */
export function parseCurl(args: string[]): CurlOptions {
  const options: CurlOptions = {
    urls: [],
    outputs: [],
    headers: [],
    data: [],
    json: false,
    silent: false,
    showError: false,
    include: false,
    head: false,
    verbose: false,
    fail: false,
    failWithBody: false,
    location: false,
    get: false,
    insecure: false,
    remoteName: false,
    version: false,
    retry: 0,
    resolve: [],
  };
  const words = [...args];
  const valueFor = (name: string): string => {
    const value = words.shift();
    if (value === undefined) throw new UsageError(`option ${name}: requires parameter`, 2);
    return value;
  };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word.startsWith('--') && word.length > 2) {
      const option = OPTIONS.find(({ long }) => `--${long}` === word);
      if (!option) throw new UsageError(`option ${word}: the embedded cluster's curl does not simulate it`, 2);
      option.set(options, option.valued ? valueFor(word) : '');
    } else if (word.startsWith('-') && word.length > 1) {
      for (let at = 1; at < word.length; at++) {
        const option = OPTIONS.find(({ short }) => short === word![at]);
        if (!option) throw new UsageError(`option -${word[at]}: the embedded cluster's curl does not simulate it`, 2);
        if (!option.valued) option.set(options, '');
        else {
          option.set(options, word.slice(at + 1) || valueFor(`-${word[at]}`));
          break;
        }
      }
    } else options.urls.push(word);
  }
  return options;
}
