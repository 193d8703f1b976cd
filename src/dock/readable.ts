/** Typed bytes as a person reads them: keys that print nothing get a sign. */

const SIGNS: Record<string, string> = {
  '\r': '⏎',
  '\n': '⏎',
  '\t': '⇥',
  '\u007f': '⌫',
  '\u001b': '⎋',
  '\u001b[A': '↑',
  '\u001b[B': '↓',
  '\u001b[C': '→',
  '\u001b[D': '←',
  '\u001bOA': '↑',
  '\u001bOB': '↓',
  '\u001bOC': '→',
  '\u001bOD': '←',
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
const PASTE = /\u001b\[20[01]~/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const KEYS = /\u001b[[O][A-D]|[\u0000-\u001f\u007f]/g;

/** The text as it was typed or pasted, without the marks around a paste, lines ended by a line feed: for copying. */
export function typedText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(PASTE, '').replace(/\r\n?/g, '\n');
}

/** The same on one line, such as `ls⏎` or `^C`. */
export function readableText(bytes: Uint8Array): string {
  return typedText(bytes).replace(KEYS, (key) => SIGNS[key] ?? `^${String.fromCharCode(key.charCodeAt(0) + 64)}`);
}
