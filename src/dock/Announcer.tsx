/** Says politely to screen readers what has changed about the shown terminal: one live region, there from the start. */
import { translate } from '@docusaurus/Translate';
import { type ReactNode, useEffect, useState } from 'react';
import { type KnownTerminal, labState } from '../lab/state';
import { useStore } from '../lab/store';
import { noticeOf, notices } from './notices';
import { complaintWords, endWords } from './PanelNotices';
import { said } from './said';

export function Announcer({ info }: { info: KnownTerminal | undefined }): ReactNode {
  const lost = useStore(labState, (s) => s.lost !== undefined);
  const locked = useStore(labState, (s) => s.presence === 'locked');
  const complaint = useStore(labState, (s) => s.complaint);
  const copied = useStore(said, (s) => s.text);
  const unsent = useStore(notices, (s) => s.unsent.length);
  const { smaller, typedElsewhere, waiting, full } = useStore(notices, (s) => noticeOf(s, info?.terminal));
  const words = [
    locked && translate({ id: 'dock.say.locked', message: 'The lab asks for a new sign-in.' }),
    lost &&
      (waiting === ''
        ? translate({ id: 'dock.say.lost', message: 'Connection lost.' })
        : translate({ id: 'dock.say.waiting', message: 'Connection lost. What you type waits.' })),
    complaint !== undefined && complaintWords(complaint),
    unsent > 0 && translate({ id: 'dock.say.unsent', message: 'Something that was typed was not sent.' }),
    info?.gone && translate({ id: 'dock.say.gone', message: 'The lab was started anew; this terminal has ended.' }),
    info?.state === 'exited' && !info.gone && endWords(info),
    info?.state === 'running' &&
      info.endless &&
      translate({ id: 'dock.say.endless', message: 'This command goes on until it is stopped with Ctrl-C.' }),
    info?.recording !== undefined && translate({ id: 'dock.say.recording', message: 'Recording.' }),
    full && translate({ id: 'dock.say.full', message: 'Too much waits to be sent: the last keys were not taken.' }),
    typedElsewhere && translate({ id: 'dock.say.typed', message: 'Someone types in another window.' }),
    smaller !== undefined && translate({ id: 'dock.say.smaller', message: 'A smaller window watches too.' }),
    copied,
  ]
    .filter(Boolean)
    .join(' ');
  // A region that comes up with its words is not read: they follow.
  const [spoken, setSpoken] = useState('');
  useEffect(() => setSpoken(words), [words]);
  return (
    <div role="status" className="malha-unseen" data-announcer>
      {spoken}
    </div>
  );
}
