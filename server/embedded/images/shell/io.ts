/** Input and output of the shell's commands: a shared reader for standard input, and pipes between commands. */

/** Standard input as the commands of one shell share it: what one leaves unread is the next one's. */
export class Input {
  private rest: Buffer = Buffer.alloc(0);
  private ended = false;
  private readonly source: AsyncIterator<Buffer> | undefined;

  constructor(source?: AsyncIterable<Buffer>) {
    this.source = source?.[Symbol.asyncIterator]();
  }

  /** The next bytes; undefined at the end. */
  async read(): Promise<Buffer | undefined> {
    if (this.rest.length > 0) {
      const chunk = this.rest;
      this.rest = Buffer.alloc(0);
      return chunk;
    }
    if (this.ended || !this.source) return undefined;
    const { value, done } = await this.source.next();
    this.ended = done === true;
    return done ? undefined : Buffer.from(value);
  }

  async readAll(): Promise<string> {
    const chunks: Buffer[] = [];
    for (let chunk = await this.read(); chunk; chunk = await this.read()) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  /** The next line without its newline; undefined at the end. */
  async readLine(): Promise<string | undefined> {
    const chunks: Buffer[] = [];
    for (let chunk = await this.read(); chunk; chunk = await this.read()) {
      const newline = chunk.indexOf(10);
      if (newline >= 0) {
        this.rest = chunk.subarray(newline + 1);
        return Buffer.concat([...chunks, chunk.subarray(0, newline)]).toString();
      }
      chunks.push(chunk);
    }
    return chunks.length > 0 ? Buffer.concat(chunks).toString() : undefined;
  }
}

/** Thrown into a command that writes where nobody reads any more. */
export class BrokenPipe extends Error {}

/** Between two commands of a pipeline. Holds what was written; a shell's commands write little. */
export class Pipe implements AsyncIterable<Buffer> {
  private readonly chunks: Buffer[] = [];
  private wake?: () => void;
  private writerEnded = false;
  private readerEnded = false;

  write(chunk: string | Buffer): void {
    if (this.readerEnded) throw new BrokenPipe();
    this.chunks.push(Buffer.from(chunk as string));
    this.wake?.();
  }

  end(): void {
    this.writerEnded = true;
    this.wake?.();
  }

  /** The reader has ended: the next write fails. */
  close(): void {
    this.readerEnded = true;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = this.chunks.shift();
      if (chunk) yield chunk;
      else if (this.writerEnded) return;
      else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    }
  }
}

/** The standard streams of a command or a script. */
export interface Streams {
  stdin: Input;
  stdout(chunk: string | Buffer): void;
  stderr(chunk: string | Buffer): void;
  /** Standard output is a terminal. */
  tty: boolean;
}
