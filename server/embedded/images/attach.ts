/**
 * A container's main process with its standard streams held open for `kubectl attach` and `kubectl run -i`: input from
 * whoever is attached, output to the log and to all who are attached.
 */
import { PassThrough } from 'node:stream';
import type { ContainerContext, ExecIO } from './image.ts';
import { lineWriter } from './lines.ts';

/** Bytes printed before anyone attached that the first to attach still gets, such as a prompt. */
const BACKLOG = 16 * 1024;

export class AttachPoint {
  private readonly stdin = new PassThrough();
  private readonly clients = new Set<ExecIO>();
  private backlog = '';
  private hadClient = false;
  private exitCode?: Promise<number>;
  private readonly log: ReturnType<typeof lineWriter>;

  constructor(private readonly context: ContainerContext) {
    this.log = lineWriter(context.log);
    // What is typed after the process has ended goes nowhere.
    this.stdin.on('error', () => {});
    context.signal.addEventListener('abort', () => this.stdin.end(), { once: true });
  }

  /** Runs the main process on these streams. */
  run(main: (io: ExecIO) => Promise<number>): Promise<number> {
    const tty = this.context.container.tty === true;
    const write = (chunk: string | Buffer) => this.print(String(chunk));
    const io: ExecIO = { stdin: this.stdin, stdout: write, stderr: write, tty, signal: this.context.signal };
    this.exitCode = main(io).finally(() => {
      this.log.end();
      this.stdin.end();
      this.stdin.resume();
    });
    return this.exitCode;
  }

  /** Joins a client until the process ends or the client leaves; resolves with the process's exit code. */
  async attach(client: ExecIO): Promise<number> {
    if (this.backlog) client.stdout(this.backlog);
    this.backlog = '';
    this.hadClient = true;
    this.clients.add(client);
    const gone = new Promise<number>((resolve) => {
      client.signal.addEventListener('abort', () => resolve(0), { once: true });
    });
    void this.forward(client);
    try {
      return await Promise.race([this.exitCode ?? 0, gone]);
    } finally {
      this.clients.delete(client);
    }
  }

  private async forward(client: ExecIO): Promise<void> {
    if (!client.stdin) return;
    for await (const chunk of client.stdin) if (this.stdin.writable) this.stdin.write(chunk);
    if (this.context.container.stdinOnce === true) this.stdin.end();
  }

  private print(text: string): void {
    this.log.write(text.replaceAll('\r\n', '\n'));
    for (const client of this.clients) client.stdout(text);
    if (!this.hadClient) this.backlog = (this.backlog + text).slice(-BACKLOG);
  }
}
