/**
 * The server's side of a SPDY/3.1 connection, as far as Kubernetes uses it: streams that the client opens, data both
 * ways, half-close, reset and ping. Like the library on the other side it keeps no flow-control windows of its own: the
 * transport's back-pressure does that. Updates of windows are sent for clients that count them.
 */
import { Duplex } from 'node:stream';
import {
  controlFrame,
  dataFrame,
  decodeHeaders,
  encodeHeaders,
  FLAG_FIN,
  type Frame,
  FrameParser,
  numbers,
  RESET,
  TYPE,
} from './frames.ts';
import { compressor, decompressor, type Transformer } from './headers.ts';

type Done = (error?: Error | null) => void;

/** Bytes received and not read, of one stream, above which the whole connection waits. */
const HIGH_WATER_MARK = 1 << 20;
/** The longest data frame that is sent; its length has 24 bits. */
const MAX_FRAME = 1 << 16;
const GOING_AWAY_OK = 0;

export class SpdyStream extends Duplex {
  private receivedFin = false;
  private sentFin = false;

  constructor(
    readonly id: number,
    /** Names in lower case. */
    readonly headers: Readonly<Record<string, string>>,
    private readonly connection: SpdyConnection,
  ) {
    super({ allowHalfOpen: true, readableHighWaterMark: HIGH_WATER_MARK });
  }

  /** Takes data from the connection; false where the reader is behind. */
  receive(data: Buffer, fin: boolean): boolean {
    if (this.receivedFin || this.destroyed) return true;
    const wantsMore = data.length > 0 ? this.push(data) : true;
    if (fin) {
      this.receivedFin = true;
      this.push(null);
    }
    return wantsMore;
  }

  /** The client gave the stream up, or the connection broke. */
  abandon(): void {
    this.receivedFin = true;
    this.sentFin = true;
    this.destroy();
  }

  override _read(): void {
    this.connection.resume(this.id);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    for (let at = 0; at < chunk.length; at += MAX_FRAME) {
      const last = at + MAX_FRAME >= chunk.length;
      this.connection.send(dataFrame(this.id, chunk.subarray(at, at + MAX_FRAME)), last ? done : undefined);
    }
    if (chunk.length === 0) done();
  }

  override _final(done: Done): void {
    this.sentFin = true;
    this.connection.send(dataFrame(this.id, Buffer.alloc(0), true), done);
  }

  override _destroy(error: Error | null, done: Done): void {
    if (!(this.receivedFin && this.sentFin)) this.connection.reset(this.id, RESET.cancel);
    this.connection.forget(this.id);
    done(error);
  }
}

export class SpdyConnection {
  private readonly parser = new FrameParser();
  private readonly streams = new Map<number, SpdyStream>();
  private readonly behind = new Set<number>();
  private readonly inflate: Transformer = decompressor();
  private readonly deflate: Transformer = compressor();
  private lastStream = 0;
  private closed = false;
  /** Frames are worked on one after the other, since header blocks depend on those before. */
  private work: Promise<void> = Promise.resolve();
  /** Header blocks must leave in the order in which they were compressed. */
  private replies: Promise<void> = Promise.resolve();

  /**
   * @param transport bytes to and from the client
   * @param onStream called for each stream that the client opens; it is accepted unless this throws
   */
  constructor(
    private readonly transport: Duplex,
    private readonly onStream: (stream: SpdyStream) => void,
  ) {
    transport.on('data', (chunk: Buffer) => this.receive(chunk));
    transport.on('error', () => this.end());
    transport.on('end', () => void this.work.then(() => this.end()));
    transport.on('close', () => this.end());
  }

  /** Says good-bye and closes. */
  close(): void {
    if (!this.closed) this.send(controlFrame(TYPE.goAway, numbers(this.lastStream, GOING_AWAY_OK)));
    this.transport.end();
    this.end();
  }

  send(frame: Buffer, done?: Done): void {
    if (this.closed || !this.transport.writable) {
      done?.(Object.assign(new Error('the client has closed the connection'), { code: 'EPIPE' }));
      return;
    }
    this.transport.write(frame, done);
  }

  reset(stream: number, status: number): void {
    this.send(controlFrame(TYPE.rstStream, numbers(stream, status)));
  }

  forget(stream: number): void {
    this.streams.delete(stream);
    this.resume(stream);
  }

  /** A stream's reader has caught up. */
  resume(stream: number): void {
    if (this.behind.delete(stream) && this.behind.size === 0) this.transport.resume();
  }

  private receive(chunk: Buffer): void {
    let frames: Frame[];
    try {
      frames = [...this.parser.push(chunk)];
    } catch {
      this.close();
      return;
    }
    for (const frame of frames) {
      this.work = this.work.then(() => this.handle(frame)).catch(() => this.close());
    }
  }

  private async handle(frame: Frame): Promise<void> {
    if (this.closed) return;
    if (frame.kind === 'data') {
      this.data(frame);
      return;
    }
    const { type, flags, payload } = frame;
    switch (type) {
      case TYPE.synStream:
        return this.open(payload, flags);
      case TYPE.rstStream:
        this.streams.get(payload.readUInt32BE(0) & 0x7fffffff)?.abandon();
        return;
      case TYPE.ping:
        // Odd numbers are the client's; even ones would be answers to ours.
        if (payload.readUInt32BE(0) % 2 === 1) this.send(controlFrame(TYPE.ping, payload));
        return;
      case TYPE.headers:
      case TYPE.synReply:
        // Nobody reads them, but the compression of later blocks builds on them.
        await this.inflate.transform(payload.subarray(4));
        return;
      case TYPE.goAway:
      // The client opens no more streams; those there are go on.
      case TYPE.settings:
      case TYPE.windowUpdate:
        return;
      default:
        throw new Error(`unknown SPDY frame ${type}`);
    }
  }

  private data({ stream: id, fin, data }: Extract<Frame, { kind: 'data' }>): void {
    const stream = this.streams.get(id);
    if (!stream) {
      if (!fin) this.reset(id, RESET.invalidStream);
      return;
    }
    if (data.length > 0) {
      // Stream 0 stands for the session.
      this.send(controlFrame(TYPE.windowUpdate, numbers(id, data.length)));
      this.send(controlFrame(TYPE.windowUpdate, numbers(0, data.length)));
    }
    if (stream.receive(data, fin)) return;
    this.behind.add(id);
    this.transport.pause();
  }

  private async open(payload: Buffer, flags: number): Promise<void> {
    const id = payload.readUInt32BE(0) & 0x7fffffff;
    const headers = decodeHeaders(await this.inflate.transform(payload.subarray(10)));
    if (id <= this.lastStream || id % 2 === 0) {
      this.reset(id, RESET.protocolError);
      return;
    }
    this.lastStream = id;
    const stream = new SpdyStream(id, headers, this);
    // A reset is the stream's way to end, not a fault of this server.
    stream.on('error', () => {});
    this.streams.set(id, stream);
    this.replies = this.replies.then(async () => {
      const block = await this.deflate.transform(encodeHeaders({}));
      this.send(controlFrame(TYPE.synReply, Buffer.concat([numbers(id), block])));
    });
    await this.replies;
    try {
      this.onStream(stream);
    } catch {
      this.reset(id, RESET.refusedStream);
      stream.abandon();
      return;
    }
    if ((flags & FLAG_FIN) !== 0) stream.receive(Buffer.alloc(0), true);
  }

  private end(): void {
    if (this.closed) return;
    this.closed = true;
    for (const stream of [...this.streams.values()]) stream.abandon();
    void this.work
      .finally(() => this.replies)
      .finally(() => {
        this.inflate.close();
        this.deflate.close();
      });
    if (!this.transport.destroyed && this.transport.readableEnded) this.transport.end();
  }
}
