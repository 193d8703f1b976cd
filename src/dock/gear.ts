/** What a reader has at hand at one terminal beside typing: the dock's keys, clipboard, search, size of the letters. */
import { translate } from '@docusaurus/Translate';
import { type ITerminalAddon, Terminal } from '@xterm/xterm';
import { copyText, pasteFromClipboard, textOf, watchPaste } from './clipboard';
import { commandOf, isMac, perform } from './commands';
import { type Arrow, arrowSequence, withModifiers } from './modifiers';
import { fontSizeOf, preferences } from './preferences';
import { TerminalSearch } from './search';

export class Gear implements ITerminalAddon {
  readonly search: TerminalSearch;
  private readonly mac = isMac();
  private readonly stops: (() => void)[] = [];

  /** `element`: the terminal will be opened within it. */
  constructor(
    private readonly xterm: Terminal,
    element: HTMLElement,
  ) {
    Terminal.strings.promptLabel = translate({ id: 'dock.input', message: 'Terminal input' });
    Terminal.strings.tooMuchOutput = translate({
      id: 'dock.tooMuchOutput',
      message: 'Too much output to read aloud: move through the lines to read it',
    });
    this.search = new TerminalSearch(xterm);
    this.stops.push(watchPaste(xterm, element), preferences.subscribe(this.applyFontSize));
    this.applyFontSize();
    xterm.attachCustomKeyEventHandler((event) => this.key(event));
    // Told of its end with the terminal's.
    xterm.loadAddon(this);
  }

  activate(): void {}

  dispose(): void {
    for (const stop of this.stops) stop();
  }

  /** What to send for what was typed: with the modifiers of the touch keys. */
  typed(data: string): string {
    return withModifiers(data);
  }

  /** Types text as the keyboard would: a key of the touch row, Ctrl-C of a button. */
  press(text: string): void {
    this.xterm.input(text, true);
  }

  pressArrow(arrow: Arrow): void {
    this.xterm.input(arrowSequence(arrow, this.xterm.modes.applicationCursorKeysMode), true);
  }

  paste(): Promise<void> {
    return pasteFromClipboard(this.xterm);
  }

  /** Copies what is selected, else what is in view. False where the browser refuses. */
  copy(): Promise<boolean> {
    return copyText(this.xterm.getSelection() || textOf(this.xterm, 'screen'));
  }

  text(): string {
    return textOf(this.xterm, 'all');
  }

  private readonly applyFontSize = (): void => {
    const size = fontSizeOf(preferences.get());
    if (this.xterm.options.fontSize !== size) this.xterm.options.fontSize = size;
  };

  /** False keeps a key from the shell. */
  private key(event: KeyboardEvent): boolean {
    const command = commandOf(event, this.mac);
    if (command === undefined) {
      // In screen reader mode xterm leaves keys to the browser, too, which would move the focus: in one mode as in the other.
      if (event.key === 'Tab' && !event.altKey && !event.metaKey) event.preventDefault();
      return true;
    }
    if (command === 'browser') return false;
    event.preventDefault();
    if (event.type !== 'keydown') return false;
    if (command !== 'copy') perform(command);
    else if (this.xterm.hasSelection()) void copyText(this.xterm.getSelection());
    return false;
  }
}
