/** How programs written in Go print and read things: durations, log lines, network errors. Several images are such programs. */

const UNITS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a Go duration such as `1m30s`, `250ms`, `1.5h`; throws on anything else, as `time.ParseDuration`. */
export function parseDuration(text: string): number {
  const match = /^([-+]?)((?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.exec(text);
  if (text === '0') return 0;
  if (!match) throw new Error(`time: invalid duration ${JSON.stringify(text)}`);
  let total = 0;
  for (const [, value, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(value) * UNITS[unit!]!;
  }
  return match[1] === '-' ? -total : total;
}

/** Milliseconds as `Duration.String` writes them: `1m30s`, `12.5ms`, `202.008µs`. */
export function formatDuration(milliseconds: number): string {
  const nanos = Math.round(milliseconds * 1e6);
  if (nanos === 0) return '0s';
  if (nanos < 1000) return `${nanos}ns`;
  if (nanos < 1e6) return `${trim(nanos / 1e3, 3)}µs`;
  if (nanos < 1e9) return `${trim(nanos / 1e6, 6)}ms`;
  const minutes = Math.floor(nanos / 60e9);
  const seconds = `${trim((nanos - minutes * 60e9) / 1e9, 9)}s`;
  if (minutes === 0) return seconds;
  if (minutes < 60) return `${minutes}m${seconds}`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

const trim = (value: number, digits: number): string => String(Number(value.toFixed(digits)));

/** A request that failed, in the words of Go's http client: `Get "http://web/": dial tcp 10.96.0.7:80: connect: …`. */
export function clientErrorText(method: string, url: string, error: unknown): string {
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  return `${verb} "${url}": ${dialErrorText(error)}`;
}

function dialErrorText(error: unknown): string {
  const { code, address, port, hostname, message } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
    hostname?: string;
  };
  switch (code) {
    case 'ECONNREFUSED':
      return `dial tcp ${address}:${port}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `dial tcp ${address}:${port}: connect: no route to host`;
    case 'ENOTFOUND':
      return `dial tcp: lookup ${hostname} on 10.96.0.10:53: no such host`;
    case 'ETIMEDOUT':
      return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
    case 'ECONNRESET':
      return message === 'socket hang up' ? 'EOF' : 'read: connection reset by peer';
    case 'EPIPE':
      return 'write: broken pipe';
    default:
      return message;
  }
}

/** Text as Go's `encoding/json` writes it with an indent of two: keys of maps sorted by the caller, HTML characters escaped. */
export function goJson(value: unknown): string {
  const escapes: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };
  return `${JSON.stringify(value, null, 2).replace(/[<>&]/g, (character) => escapes[character]!)}\n`;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
const LEVELS: LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

/** Lines in the format of HashiCorp's hclog, as text or as JSON. */
export class HcLog {
  constructor(
    private readonly write: (line: string) => void,
    private readonly level: LogLevel = 'info',
    private readonly json = false,
    private readonly name = '',
  ) {}

  named(name: string): HcLog {
    return new HcLog(this.write, this.level, this.json, name);
  }

  info(message: string, fields: Record<string, unknown> = {}): void {
    this.log('info', message, fields);
  }
  warn(message: string, fields: Record<string, unknown> = {}): void {
    this.log('warn', message, fields);
  }
  error(message: string, fields: Record<string, unknown> = {}): void {
    this.log('error', message, fields);
  }

  private log(level: LogLevel, message: string, fields: Record<string, unknown>): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.level)) return;
    const time = new Date().toISOString();
    if (this.json) {
      const module = this.name ? { '@module': this.name } : {};
      const entry = { '@level': level, '@message': message, ...module, '@timestamp': time, ...fields };
      this.write(JSON.stringify(entry));
      return;
    }
    const tag = `[${level.toUpperCase()}]`.padEnd(7);
    const entries = Object.entries(fields);
    let line = `${time} ${tag} ${this.name ? `${this.name}: ` : ''}${message}${entries.length > 0 ? ':' : ''}`;
    for (const [key, value] of entries) {
      const text = String(value);
      if (text.includes('\n')) line += `\n  ${key}=\n${text.replace(/^/gm, '  | ')}\n  `;
      else line += ` ${key}=${/[\s"=]/.test(text) ? JSON.stringify(text) : text}`;
    }
    this.write(line);
  }
}
