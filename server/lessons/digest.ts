/** What a recording is held against: a digest of what its block says and shows. */
import { createHash } from 'node:crypto';

/** SHA-256, as hexadecimal digits. `output`: the text of the block under it. */
export const blockDigest = ({ commands, output }: { commands: readonly string[]; output?: { text: string } }): string =>
  createHash('sha256')
    .update(JSON.stringify([commands, output?.text ?? null]))
    .digest('hex');
