/** The keyboard's way between page and terminal: F6 leads in, and back to where the reader came from. */
import { type RefObject, useCallback, useEffect, useRef } from 'react';
import type { Session } from './session';

type Place = RefObject<HTMLElement | null>;

/** The last element of the page, outside the dock, that had the focus: a step's button, before the dock was even loaded. */
export function useCameFrom(root: Place): Place {
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && !root.current?.contains(target)) element.current = target;
    };
    document.addEventListener('focusin', remember);
    return () => document.removeEventListener('focusin', remember);
  }, [root]);
  return element;
}

/** Returns the way out of the terminal. */
export function useFocusPath(root: Place, cameFrom: Place, session: Session | undefined): () => void {
  /** Asked for before the terminal was there. */
  const isWaiting = useRef(false);
  useEffect(() => {
    if (session !== undefined && isWaiting.current) session.focus();
    isWaiting.current = false;
    const enter = (event: KeyboardEvent) => {
      const isPlain = event.key === 'F6' && !event.ctrlKey && !event.altKey && !event.metaKey;
      // The terminal itself has taken it already, for leaving; a dialog keeps the focus.
      if (!isPlain || event.defaultPrevented || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      if (session === undefined) isWaiting.current = true;
      else session.focus();
    };
    document.addEventListener('keydown', enter);
    return () => document.removeEventListener('keydown', enter);
  }, [session]);
  return useCallback(() => {
    const page = cameFrom.current;
    const tries = [page, page?.closest('[data-step]')?.querySelector<HTMLElement>('button:enabled, [tabindex="0"]')];
    for (const element of tries) if (focused(element)) return;
    const dock = root.current;
    if (!focused(dock?.querySelector<HTMLElement>('[role=tab][aria-selected=true]')))
      dock?.querySelector<HTMLElement>('[data-toggle]')?.focus();
  }, [root, cameFrom]);
}

/** False where it cannot have the focus: gone, disabled, or covered. */
function focused(element: HTMLElement | null | undefined): boolean {
  element?.focus();
  return element != null && document.activeElement === element;
}
