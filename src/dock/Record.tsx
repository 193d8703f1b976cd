/** Records a terminal: says first what the file will hold, then shows that it goes on, and for how long. */
import Translate, { translate } from '@docusaurus/Translate';
import { type ReactNode, useEffect, useState } from 'react';
import type { TerminalInfo } from '../../server/protocol';
import { Question } from './Dialog';
import styles from './dock.module.css';
import { clock } from './recorded';
import { say } from './said';
import { ToolButton } from './ToolButton';
import type { Terminals } from './useTerminals';

interface Props {
  info: TerminalInfo;
  terminals: Terminals;
}

export function Record({ info, terminals }: Props): ReactNode {
  const [asking, setAsking] = useState(false);
  const isOn = info.recording !== undefined;
  const stop = () => {
    terminals.recordTerminal(info.terminal, false);
    say(translate({ id: 'dock.record.saved', message: 'Recording saved' }));
  };
  return (
    <>
      <ToolButton
        icon={isOn ? 'recording' : 'record'}
        label={
          isOn
            ? translate({ id: 'dock.record.stop', message: 'Stop and save the recording' })
            : translate({ id: 'dock.record.start', message: 'Record this terminal' })
        }
        data-record
        data-recording={isOn || undefined}
        disabled={info.state === 'exited' && !isOn}
        onClick={isOn ? stop : () => setAsking(true)}
      >
        {isOn && <Elapsed key={info.recording} name={info.recording ?? ''} />}
      </ToolButton>
      {asking && (
        <Question
          title={translate({ id: 'dock.record.title', message: 'Record terminal {tab}?' }, { tab: info.tab })}
          action={translate({ id: 'dock.record.begin', message: 'Start recording' })}
          onAnswer={(yes) => {
            setAsking(false);
            if (yes) terminals.recordTerminal(info.terminal, true);
          }}
        >
          <p>
            <Translate id="dock.record.what">
              Everything that this terminal shows from now on is saved in a file on the machine of the lab, with the
              commands as markers: tokens and passwords too where they are shown. What is typed without being shown is
              not in it.
            </Translate>
          </p>
          <p>
            <Translate id="dock.record.where">
              Recordings are listed under “More”: play, download or delete them there.
            </Translate>
          </p>
        </Question>
      )}
    </>
  );
}

/** When this page first saw a recording go on, by its name: a page that comes later counts from its own beginning. */
const seen = new Map<string, number>();

function Elapsed({ name }: { name: string }): ReactNode {
  const [now, setNow] = useState(Date.now);
  if (!seen.has(name)) seen.set(name, now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className={styles.elapsed} aria-hidden="true">
      {clock((now - seen.get(name)!) / 1000)}
    </span>
  );
}
