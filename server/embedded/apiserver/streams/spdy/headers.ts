/** SPDY's header compression: one zlib stream for all blocks of a direction, flushed after each. */
import { constants, createDeflate, createInflate } from 'node:zlib';
import { DICTIONARY } from './dictionary.ts';

/** Turns blocks into blocks, one after the other, in one direction. */
export interface Transformer {
  /** Calls must not overlap. Rejects where the bytes are not of this compression. */
  transform(block: Buffer): Promise<Buffer>;
  close(): void;
}

export const compressor = (): Transformer => transformer(createDeflate({ dictionary: DICTIONARY }));
export const decompressor = (): Transformer => transformer(createInflate({ dictionary: DICTIONARY }));

function transformer(zlib: ReturnType<typeof createDeflate> | ReturnType<typeof createInflate>): Transformer {
  let output: Buffer[] = [];
  let fail: (error: Error) => void = () => {};
  zlib.on('data', (chunk: Buffer) => output.push(chunk));
  zlib.on('error', (error: Error) => fail(error));
  return {
    transform: (block) =>
      new Promise((resolve, reject) => {
        fail = reject;
        output = [];
        zlib.write(block);
        zlib.flush(constants.Z_SYNC_FLUSH, () => resolve(Buffer.concat(output)));
      }),
    close: () => zlib.close(),
  };
}
