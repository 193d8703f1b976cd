/** What a page's terminal would show, cell by cell, for tests. */

import type { IBuffer, IBufferLine, Terminal } from '@xterm/headless';

/** Resolves when the terminal has parsed `data`. */
export const parsed = (terminal: Terminal, data: Uint8Array | string) =>
  new Promise<void>((resolve) => terminal.write(data, resolve));

/** All that can be seen of a terminal, in a form that is easy to compare. */
export function look(terminal: Terminal): Record<string, unknown> {
  const { buffer } = terminal;
  const { coreService, coreMouseService, buffer: screen } = (terminal as unknown as Internals)._core;
  return {
    active: buffer.active.type,
    normal: lookAt(buffer.normal, terminal.cols),
    alternate: buffer.active.type === 'alternate' ? lookAt(buffer.alternate, terminal.cols) : undefined,
    modes: { ...terminal.modes },
    cursorHidden: coreService.isCursorHidden,
    cursorStyle: coreService.decPrivateModes.cursorStyle,
    mouseEncoding: coreMouseService.activeEncoding,
    region: [screen.scrollTop, screen.scrollBottom],
  };
}

/** What has no public name in xterm.js. */
interface Internals {
  _core: {
    coreService: { isCursorHidden: boolean; decPrivateModes: { cursorStyle?: string } };
    coreMouseService: { activeEncoding: string };
    buffer: { scrollTop: number; scrollBottom: number };
  };
}

function lookAt(buffer: IBuffer, columns: number): Record<string, unknown> {
  const lines = Array.from({ length: buffer.length }, (_, index) => lineOf(buffer.getLine(index)!, columns, index > 0));
  return { cursor: [buffer.cursorX, buffer.cursorY], base: buffer.baseY, lines };
}

const FLAGS = [
  'isBold',
  'isItalic',
  'isDim',
  'isUnderline',
  'isBlink',
  'isInverse',
  'isInvisible',
  'isStrikethrough',
  'isOverline',
] as const;

/** Its text with the attributes of each stretch; one that continues the line above begins with `↪`. */
function lineOf(line: IBufferLine, columns: number, follows: boolean): string {
  let text = follows && line.isWrapped ? '↪' : '';
  let last = '';
  for (let x = 0; x < Math.min(line.length, columns); x++) {
    const cell = line.getCell(x)!;
    const chars = cell.getChars();
    const background = `${cell.getBgColorMode()}/${cell.getBgColor()}`;
    // Of a cell without a character only the background is seen.
    const style = chars
      ? [`${cell.getFgColorMode()}/${cell.getFgColor()}`, background, ...FLAGS.map((flag) => cell[flag]())].join(' ')
      : background;
    if (style !== last) text += cell.isAttributeDefault() ? '<>' : `<${style}>`;
    last = style;
    text += chars || (cell.getWidth() === 0 ? '' : '·');
  }
  return text.replace(/·+$/, '');
}
