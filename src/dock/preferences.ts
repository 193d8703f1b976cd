/** How the reader likes the dock: remembered in this browser, over pages, languages and reloads. */
import { createStore } from '../lab/store';

export interface Preferences {
  open: boolean;
  side: 'bottom' | 'right';
  /** CSS pixels, for the dock at the bottom. */
  height: number;
  /** CSS pixels, for the dock at the side. */
  width: number;
  /** xterm's screen-reader mode: the terminal's lines as text that can be read. */
  screenReader: boolean;
  /** CSS pixels of the terminal's letters. */
  fontSize: number;
  /** The tab shown last, by its number for the learner. */
  tab: number;
}

const KEY = 'malha.dock';

/** CSS pixels: smaller is not readable, larger leaves no room for a command. */
export const FONT_SIZES = { smallest: 9, usual: 13, largest: 28 } as const;

const DEFAULTS: Preferences = {
  open: false,
  side: 'bottom',
  height: 320,
  width: 520,
  screenReader: false,
  fontSize: FONT_SIZES.usual,
  tab: 1,
};

export const preferences = createStore<Preferences>(DEFAULTS);

/** Within its limits, whatever was remembered. */
export const fontSizeOf = ({ fontSize }: Preferences): number =>
  Math.round(Math.min(FONT_SIZES.largest, Math.max(FONT_SIZES.smallest, fontSize)));

export function changeFontSize(by: number): void {
  preferences.set((state) => ({ fontSize: fontSizeOf({ ...state, fontSize: fontSizeOf(state) + by }) }));
}

let loaded = false;

/** Reads what is remembered, and remembers from then on. Called in the browser only; later calls do nothing. */
export function loadPreferences(): void {
  if (loaded) return;
  loaded = true;
  preferences.set(restore());
  preferences.subscribe(() => {
    try {
      localStorage.setItem(KEY, JSON.stringify(preferences.get()));
    } catch {
      // Storage may be full or forbidden: then the dock is as usual next time.
    }
  });
}

function restore(): Partial<Preferences> {
  let kept: unknown;
  try {
    kept = JSON.parse(localStorage.getItem(KEY) ?? '{}');
  } catch {
    return {};
  }
  return checked(kept);
}

/** Only the fields of the right type: an older page, or a person, may have written something else. */
export function checked(kept: unknown): Partial<Preferences> {
  if (typeof kept !== 'object' || kept === null) return {};
  const entries = Object.entries(kept).filter(([name, value]) => {
    if (!Object.hasOwn(DEFAULTS, name)) return false;
    if (name === 'side') return value === 'bottom' || value === 'right';
    if (typeof value === 'number')
      return Number.isFinite(value) && value > 0 && typeof DEFAULTS[name as 'tab'] === 'number';
    return typeof value === typeof DEFAULTS[name as keyof Preferences];
  });
  return Object.fromEntries(entries);
}
