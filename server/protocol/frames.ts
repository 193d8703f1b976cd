/** Binary frames: terminal bytes in both directions. */

const HEADER = 12;

/**
 * A binary frame: terminal number (uint32, big-endian), offset of its first byte in that terminal's output (two
 * uint32, high and low; from the browser: in what this client has typed into that terminal), then the bytes as they are. `allocate` gives the frame's
 * memory, whatever is in it: a server that makes many small frames has cheaper ways than one of their own for each.
 */
export function encodeFrame(
  terminal: number,
  offset: number,
  bytes: Uint8Array,
  allocate: (size: number) => Uint8Array = (size) => new Uint8Array(size),
): Uint8Array {
  const frame = allocate(HEADER + bytes.length);
  const view = new DataView(frame.buffer, frame.byteOffset, HEADER);
  view.setUint32(0, terminal);
  view.setUint32(4, Math.floor(offset / 2 ** 32));
  view.setUint32(8, offset >>> 0);
  frame.set(bytes, HEADER);
  return frame;
}

/** Undefined where the frame is shorter than its header. */
export function decodeFrame(frame: Uint8Array): { terminal: number; offset: number; bytes: Uint8Array } | undefined {
  if (frame.length < HEADER) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return {
    terminal: view.getUint32(0),
    offset: view.getUint32(4) * 2 ** 32 + view.getUint32(8),
    bytes: frame.subarray(HEADER),
  };
}
