/** The one way out of an isolated shell's network: a socket file whose connections go on to the lab's API server. */

import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The longest path of a socket file, in bytes (unix(7)); one is the terminating zero. */
export const LONGEST_SOCKET_PATH = 107;

export class Relay {
  #server: Server;
  #target: { host: string; port: number } | undefined;
  #sockets = new Set<Socket>();

  constructor(private readonly file: string) {
    this.#server = createServer({ allowHalfOpen: true }, (from) => this.#pass(from));
  }

  /** Rejects where the socket file cannot be made. */
  listen(): Promise<void> {
    rmSync(this.file, { force: true }); // a crash may have left it
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.file, () => {
        this.#server.off('error', reject);
        // A shell must not be able to end the lab by what it does to the socket.
        this.#server.on('error', () => {});
        resolve();
      });
    });
  }

  /** Until this is called, connections are closed at once. */
  aim(host: string, port: number): void {
    this.#target = { host, port };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    // Closing takes the file away; where it does not listen there is nothing to close.
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(from: Socket): void {
    if (!this.#target) {
      from.destroy();
      return;
    }
    const to = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroySoon();
      });
    }
  }
}
