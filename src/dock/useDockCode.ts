/** Loads the dock's code, and with it xterm.js, when the dock is first open: a page that shows no terminal has none of it. */
import { useEffect, useState } from 'react';
import { wantLab } from '../lab/lab';

export interface DockCode {
  Dock: typeof import('./Dock').Dock;
  terminals: typeof import('./terminals');
}

/** `failed`: the browser could not load it; `again` tries once more. */
export function useDockCode(open: boolean): { code: DockCode | undefined; failed: boolean; again(): void } {
  const [code, setCode] = useState<DockCode>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!open || code !== undefined || failed) return;
    wantLab();
    Promise.all([import('./Dock'), import('./terminals'), import('@xterm/xterm/css/xterm.css')]).then(
      ([{ Dock }, terminals]) => setCode({ Dock, terminals }),
      () => setFailed(true),
    );
  }, [open, code, failed]);
  return { code, failed, again: () => setFailed(false) };
}
