/** Tells what the reader typed from what the terminal answers by itself (its kind, the cursor's place, its colours). */
import type { Terminal } from '@xterm/xterm';

/** The part of xterm's inside that is needed: its own listeners (to drop a selection, for one) hear it before `onData`. */
interface Inside {
  _core?: { coreService?: { onUserInput?(listener: () => void): void } };
}

/** Calls back with all that is to go to the shell. `byReader`: by keyboard, mouse, paste or touch. */
export function onTyped(xterm: Terminal, typed: (data: string, byReader: boolean) => void): void {
  const { coreService } = (xterm as unknown as Inside)._core ?? {};
  if (coreService?.onUserInput === undefined) throw new Error('This version of xterm.js does not tell who typed.');
  let byReader = false;
  coreService.onUserInput(() => {
    byReader = true;
  });
  xterm.onData((data) => {
    const was = byReader;
    byReader = false;
    typed(data, was);
  });
}
