/** What containers have written: the last lines of each, of its present run and of the run before. */
import { StatusError } from '../status.ts';
import { millisOf } from '../time.ts';

/** Kept per run of a container; older lines go first. */
const MAX_LINES = 10_000;
const MAX_BYTES = 1 << 20;

interface Line {
  time: number;
  text: string;
}

/** One run of one container. */
export class ContainerLog {
  private lines: Line[] = [];
  private bytes = 0;
  /** Lines dropped from the front, so that a follower knows where it stands. */
  private dropped = 0;
  private closed = false;
  private readonly waiters = new Set<() => void>();

  /** Adds a line; text with line breaks counts as so many lines. */
  append(text: string): void {
    const time = Date.now();
    for (const part of text.split('\n')) {
      this.lines.push({ time, text: part });
      this.bytes += part.length + 1;
    }
    while (this.lines.length > MAX_LINES || this.bytes > MAX_BYTES) {
      this.bytes -= (this.lines.shift()?.text.length ?? 0) + 1;
      this.dropped++;
    }
    this.wake();
  }

  /** The container has ended: followers end after the last line. */
  close(): void {
    this.closed = true;
    this.wake();
  }

  async *read(options: LogOptions): AsyncGenerator<string> {
    const since =
      options.sinceSeconds !== undefined ? Date.now() - options.sinceSeconds * 1000 : millisOf(options.sinceTime);
    let from = 0;
    while (from < this.lines.length && this.lines[from]!.time < since) from++;
    if (options.tailLines !== undefined) from = Math.max(from, this.lines.length - options.tailLines);
    let position = this.dropped + from;
    let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
    while (left > 0 && !options.signal?.aborted) {
      position = Math.max(position, this.dropped);
      const line = this.lines[position - this.dropped];
      if (line) {
        position++;
        const text = `${options.timestamps ? `${nanoTimestamp(line.time)} ` : ''}${line.text}\n`;
        yield text.length > left ? text.slice(0, left) : text;
        left -= text.length;
      } else if (!options.follow || this.closed) {
        return;
      } else {
        await this.more(options.signal);
      }
    }
  }

  private more(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.waiters.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      this.waiters.add(done);
      signal?.addEventListener('abort', done);
    });
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter();
  }
}

/** RFC 3339 with nine digits, as a container runtime stamps lines. */
const nanoTimestamp = (time: number): string => `${new Date(time).toISOString().slice(0, -1)}000000Z`;

export interface LogOptions {
  follow?: boolean;
  /** Of the run before the present one. */
  previous?: boolean;
  tailLines?: number;
  sinceSeconds?: number;
  /** RFC 3339. */
  sinceTime?: string;
  timestamps?: boolean;
  limitBytes?: number;
  /** Ends a follow. */
  signal?: AbortSignal;
}

export interface LogRequest extends LogOptions {
  namespace: string;
  pod: string;
  container: string;
}

/** The two runs of a container that are kept. */
export class ContainerLogs {
  current?: ContainerLog;
  previous?: ContainerLog;

  /** Begins a new run's log. */
  begin(): ContainerLog {
    this.current?.close();
    this.previous = this.current;
    this.current = new ContainerLog();
    return this.current;
  }

  /** Throws a StatusError 400, with the kubelet's words, where the asked-for run does not exist. */
  select(request: LogRequest, waiting: string | undefined): ContainerLog {
    const { container, pod } = request;
    const log = request.previous ? this.previous : this.current;
    if (log) return log;
    throw new StatusError(
      400,
      'BadRequest',
      request.previous
        ? `previous terminated container "${container}" in pod "${pod}" not found`
        : `container "${container}" in pod "${pod}" is waiting to start: ${waiting ?? 'ContainerCreating'}`,
    );
  }
}
