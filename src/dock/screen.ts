/** Makes the xterm.js terminals of the dock, and draws them with WebGL where the browser can. */
import { FitAddon } from '@xterm/addon-fit';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import { LIMITS } from '../../server/protocol';
import { currentTheme } from './theme';

export interface Size {
  columns: number;
  rows: number;
}

/** A terminal's xterm.js, in an element that can be put into the page and taken out again. */
export class Screen {
  readonly element = document.createElement('div');
  readonly xterm: Terminal;
  private readonly fitter = new FitAddon();
  private webgl: WebglAddon | undefined;

  constructor(screenReaderMode: boolean) {
    this.element.className = 'malha-terminal';
    this.xterm = new Terminal({
      // The graphemes addon is one of xterm's proposed interfaces.
      allowProposedApi: true,
      convertEol: false,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--malha-terminal-font'),
      fontSize: 13,
      lineHeight: 1.25,
      minimumContrastRatio: 4.5,
      screenReaderMode,
      scrollback: LIMITS.scrollback,
      theme: currentTheme(),
      linkHandler: { activate: (_event, uri) => openLink(uri), allowNonHttpProtocols: false },
    });
    this.xterm.loadAddon(this.fitter);
    this.xterm.loadAddon(new UnicodeGraphemesAddon());
    this.xterm.loadAddon(new WebLinksAddon((_event, uri) => openLink(uri)));
  }

  get isShown(): boolean {
    return this.element.isConnected;
  }

  show(parent: HTMLElement): void {
    parent.append(this.element);
    if (this.xterm.element === undefined) this.xterm.open(this.element);
    try {
      const webgl = new WebglAddon();
      // A lost context (a driver restarted, too many canvases) leaves xterm's own DOM renderer.
      webgl.onContextLoss(() => webgl.dispose());
      this.xterm.loadAddon(webgl);
      this.webgl = webgl;
    } catch {
      // No WebGL here: xterm draws with DOM elements.
    }
  }

  hide(): void {
    this.webgl?.dispose();
    this.webgl = undefined;
    this.element.remove();
  }

  /** The size that fills the place where it is shown; undefined where that has none. */
  fitting(): Size | undefined {
    const proposed = this.isShown ? this.fitter.proposeDimensions() : undefined;
    if (proposed === undefined || !Number.isFinite(proposed.cols) || !Number.isFinite(proposed.rows)) return undefined;
    return {
      columns: Math.min(LIMITS.columns, Math.max(2, proposed.cols)),
      rows: Math.min(LIMITS.rows, Math.max(1, proposed.rows)),
    };
  }

  /** Does something once all that was written before is parsed, and before anything written after. */
  inTurn(action: () => void): void {
    this.xterm.write('', action);
  }

  /** In its turn. */
  resize({ columns, rows }: Size): void {
    this.inTurn(() => this.xterm.resize(columns, rows));
  }
}

function openLink(uri: string): void {
  if (/^https?:\/\//i.test(uri)) window.open(uri, '_blank', 'noopener,noreferrer');
}
