/** State that lives outside React, so that it outlasts pages; components read it with `useStore`. */
import { useCallback, useSyncExternalStore } from 'react';

export interface Store<T> {
  get(): T;
  set(change: Partial<T> | ((state: T) => Partial<T>)): void;
  /** Returns the way to stop. */
  subscribe(listener: () => void): () => void;
  /** What the server-rendered page shows, and the browser until it takes over. */
  readonly initial: T;
}

export function createStore<T extends object>(initial: T): Store<T> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    initial,
    get: () => state,
    set(change) {
      state = { ...state, ...(typeof change === 'function' ? change(state) : change) };
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The part of the store that `select` returns; that must be the same value as long as nothing in it changed. */
export function useStore<T, R>(store: Store<T>, select: (state: T) => R): R {
  return useSyncExternalStore(
    store.subscribe,
    useCallback(() => select(store.get()), [store, select]),
    useCallback(() => select(store.initial), [store, select]),
  );
}
