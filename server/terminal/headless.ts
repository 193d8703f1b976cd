/** Terminals that show nothing: xterm.js as the page has it, with the same scrollback and widths of characters. */

import { createRequire } from 'node:module';
import type { Terminal } from '@xterm/headless';
import { LIMITS } from '../protocol.ts';
import type { Size } from './ring.ts';

/** CommonJS packages whose names Node does not find by `import`; loaded with the first terminal. */
const require = createRequire(import.meta.url);

export function newTerminal({ columns, rows }: Size): Terminal {
  const { Terminal: Headless } = require('@xterm/headless') as typeof import('@xterm/headless');
  const terminal = new Headless({
    cols: columns,
    rows,
    scrollback: LIMITS.scrollback,
    // The addon uses proposed parts of the interface.
    allowProposedApi: true,
  });
  terminal.loadAddon(new (graphemes().UnicodeGraphemesAddon)());
  return terminal;
}

/**
 * When it is loaded it decodes its table with `Buffer.from` and reads it from the beginning of the buffer's memory
 * (src/third-party/unicode-trie.ts), which Node shares among small Buffers: none may be shared meanwhile.
 */
function graphemes(): typeof import('@xterm/addon-unicode-graphemes') {
  const { poolSize } = Buffer;
  Buffer.poolSize = 0;
  try {
    return require('@xterm/addon-unicode-graphemes') as typeof import('@xterm/addon-unicode-graphemes');
  } finally {
    Buffer.poolSize = poolSize;
  }
}
