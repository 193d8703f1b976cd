/** The dock's own keys while the terminal has the focus: few, and none that a shell or its programs use. */

export type Command = 'leave' | 'copy' | 'search' | 'new' | 'next' | 'previous' | 'bigger' | 'smaller';

/** The part of a KeyboardEvent that decides. */
export type Keys = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>;

/** On a Mac Cmd is free for us, elsewhere Ctrl+Shift is: Ctrl alone belongs to the shell. */
export const isMac = (): boolean => /mac|iphone|ipad/i.test(navigator.platform);

/** By `code` where a layout may move the letter's key, by `key` otherwise. */
const WITH_SHIFT: Readonly<Record<string, Command>> = {
  f: 'search',
  Enter: 'new',
  ArrowRight: 'next',
  ArrowLeft: 'previous',
  ArrowUp: 'bigger',
  ArrowDown: 'smaller',
};

/**
 * What a key means to the dock. `browser`: neither for the dock nor for the shell, the browser does it (paste, and a
 * Mac's copy). Undefined: for the shell.
 */
export function commandOf(event: Keys, mac: boolean): Command | 'browser' | undefined {
  const { key, ctrlKey, shiftKey, altKey, metaKey } = event;
  if (key === 'F6' && !ctrlKey && !altKey && !metaKey) return 'leave';
  if (altKey) return undefined;
  const letter = key.length === 1 ? key.toLowerCase() : key;
  if (mac) {
    if (!metaKey || ctrlKey) return undefined;
    if (shiftKey) return WITH_SHIFT[letter];
    if (letter === 'c' || letter === 'v') return 'browser';
    return letter === 'f' ? 'search' : undefined;
  }
  if (metaKey) return undefined;
  if (key === 'Insert' && ctrlKey !== shiftKey) return ctrlKey ? 'copy' : 'browser';
  if (!ctrlKey || !shiftKey) return undefined;
  if (letter === 'c') return 'copy';
  if (letter === 'v') return 'browser';
  return WITH_SHIFT[letter];
}

/** What is done on a command; the dock says so while it is open. */
export type Handlers = Readonly<Record<Exclude<Command, 'copy'>, () => void>>;

let handlers: Handlers | undefined;

/** Returns the way to stop. */
export function handleCommands(next: Handlers): () => void {
  handlers = next;
  return () => {
    if (handlers === next) handlers = undefined;
  };
}

export const perform = (command: keyof Handlers): void => handlers?.[command]();
