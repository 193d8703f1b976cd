/** Notices change one by one, and listeners hear only of changes. */
import { expect, it, vi } from 'vitest';
import { addUnsent, discardUnsent, forgetNotice, noticeOf, notices, setNotice } from './notices';

it('tells each terminal’s own, and nothing twice', () => {
  setNotice(1, { waiting: 'ls⏎' });
  const heard = vi.fn();
  const leave = notices.subscribe(heard);
  setNotice(1, { waiting: 'ls⏎' });
  expect(heard).not.toHaveBeenCalled();
  setNotice(1, { typedElsewhere: true });
  leave();
  expect(noticeOf(notices.get(), 1)).toEqual({ smaller: undefined, typedElsewhere: true, waiting: 'ls⏎', full: false });
  expect(noticeOf(notices.get(), 2).waiting).toBe('');
  forgetNotice(1);
  expect(noticeOf(notices.get(), 1)).toBe(noticeOf(notices.get(), undefined));
});

it('keeps what was never sent until it is discarded', () => {
  addUnsent(1, new Uint8Array(0));
  addUnsent(2, new TextEncoder().encode('echo hello\r'));
  const [unsent] = notices.get().unsent;
  expect(unsent).toMatchObject({ tab: 2, text: 'echo hello\n', readable: 'echo hello⏎' });
  discardUnsent(unsent!.id);
  expect(notices.get().unsent).toEqual([]);
});
