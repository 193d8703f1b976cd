/** Puts into a terminal's info that the command in front, whoever typed it, is one that goes on until it is stopped. */

import { isEndless } from './endless.ts';
import type { Session } from './session.ts';

export function noteEndless(session: Session): void {
  const note = (endless: true | undefined) => {
    if (session.info.endless !== endless) session.note({ endless });
  };
  session.mark.on((mark) => {
    if (mark.type === 'command') note(isEndless(mark.line) || undefined);
    else if (mark.type === 'ended' || mark.type === 'ready') note(undefined);
  });
  session.exited.on(() => note(undefined));
}
