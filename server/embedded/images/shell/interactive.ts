/** A shell at a terminal: prompt, echo, a line that can be edited a little, Ctrl-C, Ctrl-D, and earlier lines. */
import type { ContainerContext, ExecIO } from '../image.ts';
import { Interrupted } from './command.ts';
import { userOf } from './commands/system.ts';
import { EXIT, Leave } from './exit.ts';
import type { FileTree } from './files.ts';
import { Shell } from './interpreter.ts';
import { BrokenPipe, Input } from './io.ts';
import { parse } from './parse.ts';
import { type Script, ShellSyntaxError } from './syntax.ts';

const BACKSPACE = '\b \b';
/** A key: an escape sequence, or a character. */
const KEYS = new RegExp(`${'\x1b'}\\[[\\d;]*[A-Za-z~]|[\\s\\S]`, 'gu');
const KEY = {
  interrupt: '\x03',
  end: '\x04',
  clear: '\x0c',
  dropLine: '\x15',
  dropWord: '\x17',
  up: '\x1b[A',
  down: '\x1b[B',
};

/** Runs until `exit`, Ctrl-D or the end of the terminal; resolves with the last exit code. */
export async function runInteractive(io: ExecIO, container: ContainerContext, files: FileTree): Promise<number> {
  const terminal = new Terminal(io);
  const shell = new Shell(container, files, io.signal);
  const mark = userOf(container).uid === 0 ? '#' : '$';
  let pending = '';
  while (!io.signal.aborted) {
    const line = await terminal.readLine(pending ? '> ' : `${shell.cwd} ${mark} `);
    if (line === undefined) return shell.status;
    if (line === KEY.interrupt) {
      pending = '';
      shell.status = EXIT.interrupted;
      continue;
    }
    const text = pending + line;
    pending = '';
    try {
      const script = parse(text);
      await terminal.run(shell, script, io.signal);
    } catch (error) {
      if (error instanceof Leave) {
        if (error.kind === 'exit') return error.value;
      } else if (error instanceof ShellSyntaxError) {
        if (error.incomplete) pending = `${text}\n`;
        else terminal.write(`${shell.name}: syntax error: ${error.message}\n`);
        shell.status = EXIT.usage;
      } else if (error instanceof Interrupted) shell.status = EXIT.interrupted;
      else if (!(error instanceof BrokenPipe)) throw error;
    }
  }
  return EXIT.interrupted;
}

class Terminal {
  /** Keys pressed and not used yet. */
  private readonly typed: string[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly history: string[] = [];
  private ended = false;
  /** While a command runs: what Ctrl-C does. */
  private interrupt?: () => void;

  constructor(private readonly io: ExecIO) {
    io.signal.addEventListener('abort', () => this.end(), { once: true });
    void this.listen();
  }

  /** As a terminal's driver does with output: each newline also returns to the first column. */
  write = (chunk: string | Buffer): void => this.io.stdout(String(chunk).replace(/\r?\n/g, '\r\n'));

  /** A line; Ctrl-C's own character where it was pressed; undefined after Ctrl-D or at the end. */
  async readLine(prompt: string): Promise<string | undefined> {
    this.write(prompt);
    let line = '';
    let recalled = this.history.length;
    const replace = (text: string) => {
      this.write(BACKSPACE.repeat([...line].length) + text);
      line = text;
    };
    for (;;) {
      const key = await this.key();
      if (key === undefined || (key === KEY.end && line === '')) {
        this.write('\n');
        return undefined;
      }
      if (key === '\r' || key === '\n') {
        this.write('\n');
        if (line.trim()) this.history.push(line);
        return line;
      }
      if (key === KEY.interrupt) {
        this.write('^C\n');
        return key;
      }
      if (key === '\x7f' || key === '\b') replace([...line].slice(0, -1).join(''));
      else if (key === KEY.dropLine) replace('');
      else if (key === KEY.dropWord) replace(line.replace(/\S+\s*$/, ''));
      else if (key === KEY.clear) this.write(`\x1b[H\x1b[2J${prompt}${line}`);
      else if (key === KEY.up || key === KEY.down) {
        recalled = Math.min(Math.max(recalled + (key === KEY.up ? -1 : 1), 0), this.history.length);
        replace(this.history[recalled] ?? '');
      } else if (key >= ' ') {
        this.write(key);
        line += key;
      }
    }
  }

  /** Runs a line's commands with the keyboard as their input; Ctrl-C ends them. */
  async run(shell: Shell, script: Script, signal: AbortSignal): Promise<void> {
    const abort = new AbortController();
    const onEnd = () => abort.abort();
    signal.addEventListener('abort', onEnd, { once: true });
    let running = true;
    this.interrupt = onEnd;
    shell.signal = abort.signal;
    const stdin = new Input(this.lines(() => running));
    try {
      await shell.runScript(script, { stdin, stdout: this.write, stderr: this.write, tty: true });
    } finally {
      running = false;
      this.interrupt = undefined;
      this.wake();
      signal.removeEventListener('abort', onEnd);
    }
  }

  /** What a command reads: whole lines, echoed as they are typed. */
  private async *lines(running: () => boolean): AsyncGenerator<Buffer> {
    let line = '';
    for (;;) {
      const key = await this.key(running);
      if (key === undefined || (key === KEY.end && line === '')) return;
      if (key === '\r' || key === '\n') {
        this.write('\n');
        yield Buffer.from(`${line}\n`);
        line = '';
      } else if (key === '\x7f' || key === '\b') {
        if (line) this.write(BACKSPACE);
        line = [...line].slice(0, -1).join('');
      } else if (key >= ' ' && !key.startsWith('\x1b')) {
        this.write(key);
        line += key;
      }
    }
  }

  /** The next key: a character, or an escape sequence as a whole. Undefined at the end, or once nobody wants it. */
  private async key(wanted: () => boolean = () => true): Promise<string | undefined> {
    while (wanted()) {
      if (this.typed.length > 0) return this.typed.shift();
      if (this.ended) return undefined;
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    return undefined;
  }

  private async listen(): Promise<void> {
    try {
      for await (const chunk of this.io.stdin ?? []) this.press(String(chunk).match(KEYS) ?? []);
    } catch {
      // The terminal went away: the same as its end.
    }
    this.end();
  }

  private press(keys: string[]): void {
    for (const key of keys) {
      if (key === KEY.interrupt && this.interrupt) {
        this.typed.length = 0;
        this.write('^C\n');
        this.interrupt();
      } else this.typed.push(key);
    }
    this.wake();
  }

  private end(): void {
    this.ended = true;
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
