/** The store tells its listeners, and keeps what did not change. */
import { expect, it, vi } from 'vitest';
import { createStore } from './store';

it('merges changes, tells listeners, and forgets those that left', () => {
  const store = createStore({ a: 1, b: 'x' });
  const heard = vi.fn();
  const leave = store.subscribe(heard);
  store.set({ a: 2 });
  store.set((s) => ({ a: s.a + 1 }));
  leave();
  store.set({ b: 'y' });
  expect(heard).toHaveBeenCalledTimes(2);
  expect(store.get()).toEqual({ a: 3, b: 'y' });
  expect(store.initial).toEqual({ a: 1, b: 'x' });
});
