/** Redirections: standard streams that lead to files, or to one another. */
import { UsageError } from './command.ts';
import { expandText, type Scope } from './expand.ts';
import type { FileTree } from './files.ts';
import { Input, type Streams } from './io.ts';
import { absolute } from './paths.ts';
import type { Redirection } from './syntax.ts';

export interface Redirected {
  streams: Streams;
  /** Writes what was collected into the files. */
  close(): void;
}

/** Throws UsageError where a file cannot be opened. */
export async function redirect(
  shell: Scope & { cwd: string; files: FileTree },
  redirections: Redirection[],
  streams: Streams,
): Promise<Redirected> {
  const own = { ...streams };
  const flushes: (() => void)[] = [];
  for (const { fd, kind, target } of redirections) {
    const text = await expandText(target, shell);
    const path = absolute(text, shell.cwd);
    if (kind === 'duplicate') duplicate(own, fd, text);
    else if (kind === 'read') {
      const content = shell.files.read(path);
      if (content === undefined) throw new UsageError(`can't open ${text}: no such file`);
      own.stdin = new Input(once(Buffer.from(content)));
    } else if (path === '/dev/stderr' || path === '/dev/stdout') {
      duplicate(own, fd, path === '/dev/stderr' ? '2' : '1');
    } else {
      const collected: Buffer[] = [];
      const flush = () => {
        try {
          shell.files.write(path, Buffer.concat(collected).toString(), kind === 'append');
        } catch (error) {
          throw new UsageError(`can't create ${text}: ${(error as Error).message}`);
        }
      };
      // The file is there, and empty, even where the command writes nothing.
      flush();
      flushes.push(flush);
      const write = (chunk: string | Buffer) => void collected.push(Buffer.from(chunk as string));
      if (fd === 2) own.stderr = write;
      else Object.assign(own, { stdout: write, tty: false });
    }
  }
  const close = () => {
    for (const flush of flushes) flush();
  };
  return { streams: own, close };
}

function duplicate(streams: Streams, fd: number, target: string): void {
  if (fd === 2 && target === '1') streams.stderr = streams.stdout;
  else if (fd === 1 && target === '2') streams.stdout = streams.stderr;
  else if (String(fd) !== target) throw new UsageError(`${target}: the embedded cluster's shell has only 1 and 2`);
}

async function* once(chunk: Buffer): AsyncGenerator<Buffer> {
  yield chunk;
}
