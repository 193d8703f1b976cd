/** Copy and paste of one terminal, by keyboard, mouse and touch. Nothing that a program prints reaches the clipboard. */
import type { Terminal } from '@xterm/xterm';
import { confirmed } from './paste';

/** Takes over each paste into the terminal, whichever way the browser was asked for it. Returns the way to stop. */
export function watchPaste(xterm: Terminal, element: HTMLElement): () => void {
  const take = (event: ClipboardEvent) => {
    // Before xterm, whose own listeners are further in.
    event.preventDefault();
    event.stopPropagation();
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (text !== '') void pasteText(xterm, text);
  };
  element.addEventListener('paste', take, { capture: true });
  return () => element.removeEventListener('paste', take, { capture: true });
}

/** For a button: reads the clipboard; where the browser refuses, asks the reader to paste into a field. */
export async function pasteFromClipboard(xterm: Terminal): Promise<void> {
  let text = '';
  try {
    text = await navigator.clipboard.readText();
  } catch {
    // Not allowed, not a secure page, or a browser without it: the question comes up empty.
  }
  await pasteText(xterm, text);
}

async function pasteText(xterm: Terminal, text: string): Promise<void> {
  const wanted = await confirmed(text, xterm.modes.bracketedPasteMode);
  // xterm turns newlines into Enter, and brackets the text where the program asks for it.
  if (wanted !== undefined && wanted !== '') xterm.paste(wanted);
}

/** False where the browser refuses. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByField(text);
  }
}

/** The old way, for pages that are not served from this machine and not encrypted: the browser has no clipboard there. */
function copyByField(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'malha-unseen';
  (document.querySelector('dialog[open]') ?? document.body).append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}

/** The terminal's lines as text, wrapped ones joined. `screen`: what is in view; `all`: with what is above. */
export function textOf(xterm: Terminal, part: 'screen' | 'all'): string {
  const buffer = xterm.buffer.active;
  const first = part === 'all' ? 0 : buffer.viewportY;
  const last = part === 'all' ? buffer.length : Math.min(buffer.length, first + xterm.rows);
  let text = '';
  for (let at = first; at < last; at++) {
    const line = buffer.getLine(at);
    if (line === undefined) break;
    const goesOn = buffer.getLine(at + 1)?.isWrapped === true;
    if (at > first && !line.isWrapped) text += '\n';
    text += line.translateToString(!goesOn);
  }
  return text.trimEnd();
}
