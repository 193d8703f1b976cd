/**
 * A connection of the pod network: two Duplex streams joined back to back, with the manners of `net.Socket` that Node's
 * http and tls rely on (addresses, half-close, idle timeout, reset), and with back-pressure from reader to writer.
 */
import { Duplex } from 'node:stream';
import { socketError } from './errors.ts';

export interface Address {
  ip: string;
  port: number;
}

type Done = (error?: Error | null) => void;

export class PodStream extends Duplex {
  readonly remoteFamily = 'IPv4';
  readonly localFamily = 'IPv4';
  bytesRead = 0;
  bytesWritten = 0;
  private peer!: PodStream;
  /** The peer's write that waits until this side is read. */
  private waiting?: Done;
  private reset = false;
  private wroteInVain = false;
  private idleAfter = 0;
  private idleTimer?: NodeJS.Timeout;

  constructor(
    private readonly local: Address,
    private readonly remote: Address,
  ) {
    super({ allowHalfOpen: true });
  }

  /** The two ends: `client` as the caller holds it, `server` as the listener gets it. */
  static pair(client: Address, server: Address): { client: PodStream; server: PodStream } {
    const near = new PodStream(client, server);
    const far = new PodStream(server, client);
    near.peer = far;
    far.peer = near;
    return { client: near, server: far };
  }

  get localAddress(): string {
    return this.local.ip;
  }
  get localPort(): number {
    return this.local.port;
  }
  get remoteAddress(): string {
    return this.remote.ip;
  }
  get remotePort(): number {
    return this.remote.port;
  }
  address() {
    return { address: this.local.ip, port: this.local.port, family: this.localFamily };
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.send([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    this.send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  // Delivery waits for the next turn of the event loop, as with a socket: a reader's handler never runs inside the
  // writer's call, and two ends that answer each other cannot grow the stack or starve timers.
  private send(chunks: Buffer[], done: Done): void {
    const { peer } = this;
    setImmediate(() => {
      if (peer.destroyed) {
        // The first bytes to a closed peer leave without complaint, as with TCP: the next ones know.
        done(this.wroteInVain ? socketError('EPIPE', 'write') : null);
        this.wroteInVain = true;
        return;
      }
      this.touch();
      peer.touch();
      let wantsMore = true;
      for (const chunk of chunks) {
        this.bytesWritten += chunk.length;
        peer.bytesRead += chunk.length;
        wantsMore = peer.push(chunk);
      }
      if (wantsMore) done();
      else peer.waiting = done;
    });
  }

  override _read(): void {
    const done = this.waiting;
    this.waiting = undefined;
    done?.();
  }

  override _final(done: Done): void {
    setImmediate(() => {
      if (!this.peer.destroyed) this.peer.push(null);
      done();
    });
  }

  /** As TCP does: closing with everything read ends the peer's reading side; closing over unread data resets it. */
  override _destroy(error: Error | null, done: Done): void {
    clearTimeout(this.idleTimer);
    const { peer } = this;
    const waiting = this.waiting;
    this.waiting = undefined;
    const unread = this.readableLength > 0 || waiting !== undefined;
    const finished = this.writableFinished;
    setImmediate(() => {
      if (!peer.destroyed) {
        if (this.reset || unread) peer.destroy(socketError('ECONNRESET', 'read'));
        else if (!finished && !peer.readableEnded) peer.push(null);
      }
      waiting?.(socketError('ECONNRESET', 'write'));
    });
    done(error);
  }

  /** Closes at once and makes the peer fail with ECONNRESET. */
  resetAndDestroy(): this {
    this.reset = true;
    this.destroy();
    return this;
  }

  /** Closes once everything written has been taken. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** Emits `timeout` after `milliseconds` without a byte in either direction; 0 ends that. */
  setTimeout(milliseconds: number, onTimeout?: () => void): this {
    this.idleAfter = milliseconds;
    if (onTimeout) {
      if (milliseconds > 0) this.once('timeout', onTimeout);
      else this.off('timeout', onTimeout);
    }
    clearTimeout(this.idleTimer);
    this.idleTimer = undefined;
    if (milliseconds > 0 && !this.destroyed) {
      this.idleTimer = setTimeout(() => this.emit('timeout'), milliseconds);
      this.idleTimer.unref();
    }
    return this;
  }

  get timeout(): number {
    return this.idleAfter;
  }

  private touch(): void {
    this.idleTimer?.refresh();
  }

  // Memory has no Nagle, no keep-alive probes and no handle that holds the process.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
