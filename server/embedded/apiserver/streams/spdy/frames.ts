/** SPDY/3.1 frames as bytes, and back. Source: the SPDY protocol, draft 3.1, section 2. */

const VERSION = 3;
const HEADER = 8;

export const TYPE = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

export const FLAG_FIN = 1;

/** Status codes of RST_STREAM. */
export const RESET = { protocolError: 1, invalidStream: 2, refusedStream: 3, cancel: 5, internalError: 6 } as const;

export type Frame =
  | { kind: 'data'; stream: number; fin: boolean; data: Buffer }
  | { kind: 'control'; type: number; flags: number; payload: Buffer };

/** Cuts a byte stream into frames. */
export class FrameParser {
  private rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete now. Throws where the bytes are not SPDY/3. */
  *push(chunk: Buffer): Generator<Frame> {
    this.rest = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    while (this.rest.length >= HEADER) {
      const length = this.rest.readUIntBE(5, 3);
      if (this.rest.length < HEADER + length) return;
      const head = this.rest.readUInt32BE(0);
      const flags = this.rest[4]!;
      const payload = this.rest.subarray(HEADER, HEADER + length);
      this.rest = this.rest.subarray(HEADER + length);
      if (head >>> 31 === 0) {
        yield { kind: 'data', stream: head, fin: (flags & FLAG_FIN) !== 0, data: payload };
        continue;
      }
      const version = (head >>> 16) & 0x7fff;
      if (version !== VERSION) throw new Error(`SPDY version ${version} where ${VERSION} was expected`);
      yield { kind: 'control', type: head & 0xffff, flags, payload };
    }
  }
}

export function dataFrame(stream: number, data: Buffer, fin = false): Buffer {
  const head = Buffer.alloc(HEADER);
  head.writeUInt32BE(stream);
  head[4] = fin ? FLAG_FIN : 0;
  head.writeUIntBE(data.length, 5, 3);
  return data.length > 0 ? Buffer.concat([head, data]) : head;
}

export function controlFrame(type: number, payload: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(HEADER);
  head.writeUInt16BE(0x8000 | VERSION);
  head.writeUInt16BE(type, 2);
  head[4] = flags;
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

/** A payload of 32-bit numbers: RST_STREAM, PING, GOAWAY, WINDOW_UPDATE. */
export function numbers(...values: number[]): Buffer {
  const payload = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) payload.writeUInt32BE(value >>> 0, 4 * index);
  return payload;
}

/** A name/value block, uncompressed. Names in lower case. */
export function encodeHeaders(headers: Record<string, string>): Buffer {
  const entries = Object.entries(headers);
  const parts: Buffer[] = [numbers(entries.length)];
  for (const text of entries.flat()) {
    const bytes = Buffer.from(text);
    parts.push(numbers(bytes.length), bytes);
  }
  return Buffer.concat(parts);
}

/** Throws RangeError where the block is cut short. */
export function decodeHeaders(block: Buffer): Record<string, string> {
  let at = 0;
  const read = (): string => {
    const length = block.readUInt32BE(at);
    at += 4 + length;
    if (at > block.length) throw new RangeError('a SPDY header block that ends too early');
    return block.toString('utf8', at - length, at);
  };
  const count = block.readUInt32BE(0);
  at = 4;
  const headers: Record<string, string> = {};
  for (let index = 0; index < count; index++) {
    const name = read().toLowerCase();
    // More than one value is separated by NUL.
    headers[name] = read().replaceAll('\0', ',');
  }
  return headers;
}
