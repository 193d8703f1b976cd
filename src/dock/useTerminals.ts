/** Loads the terminals (and with them xterm.js) when the dock is first open, and makes sure that there is one. */
import { useEffect, useState } from 'react';
import { labState } from '../lab/state';
import { useStore } from '../lab/store';

type Terminals = typeof import('./terminals');

/** `leave`: where the keyboard goes from within a terminal. */
export function useTerminals(open: boolean, leave: () => void): { terminals: Terminals | undefined; failed: boolean } {
  const [terminals, setTerminals] = useState<Terminals>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!open || terminals !== undefined) return;
    Promise.all([import('./terminals'), import('@xterm/xterm/css/xterm.css')]).then(
      ([loaded]) => setTerminals(loaded),
      () => setFailed(true),
    );
  }, [open, terminals]);
  useEffect(() => terminals?.startTerminals(leave), [terminals, leave]);
  const none = useStore(labState, (s) => s.connection === 'open' && s.terminals.length === 0);
  useEffect(() => {
    if (open && none) terminals?.openTerminal(1);
  }, [open, none, terminals]);
  return { terminals, failed };
}
