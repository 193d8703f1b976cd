/** Starts the terminals, and makes sure that an open dock has one to show. */
import { useEffect } from 'react';
import { labState } from '../lab/state';
import { useStore } from '../lab/store';

export type Terminals = typeof import('./terminals');

export function useTerminals(terminals: Terminals): void {
  useEffect(() => terminals.startTerminals(), [terminals]);
  const none = useStore(labState, (s) => s.connection === 'open' && s.terminals.length === 0);
  useEffect(() => {
    if (none) terminals.openTerminal(1);
  }, [none, terminals]);
}
