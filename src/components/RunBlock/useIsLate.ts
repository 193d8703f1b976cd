/** Whether a step runs for longer than its block says that it should: counted from when this page saw it begin. */
import { useEffect, useState } from 'react';
import type { RunState } from '../../../server/protocol';

/** `timeout`: milliseconds. What goes on until it is stopped is never late. */
export function useIsLate(run: RunState | undefined, timeout: number): boolean {
  const isTimed = run?.phase === 'running' && run.endless !== true;
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    if (!isTimed) return;
    const timer = setTimeout(() => setIsLate(true), timeout);
    return () => {
      clearTimeout(timer);
      setIsLate(false);
    };
  }, [isTimed, timeout]);
  return isTimed && isLate;
}
