/** What the reader should know and can act on: each as a line above the terminal. Announcer says them aloud. */
import Translate, { translate } from '@docusaurus/Translate';
import { type ReactNode, useState } from 'react';
import { retryNow } from '../lab/lab';
import { type Complaint, dismissComplaint, dismissRestarted, type KnownTerminal, labState } from '../lab/state';
import { useStore } from '../lab/store';
import buttons from './buttons.module.css';
import { copyText } from './clipboard';
import { sayCopied } from './More';
import { discardUnsent, noticeOf, notices, type Unsent } from './notices';
import panelStyles from './panel.module.css';
import { ToolButton } from './ToolButton';
import type { Terminals } from './useTerminals';

interface Props {
  terminals: Terminals;
  info: KnownTerminal | undefined;
}

export function PanelNotices({ terminals, info }: Props): ReactNode {
  const isLocked = useStore(labState, (s) => s.presence === 'locked');
  const isRestarted = useStore(labState, (s) => s.restarted);
  const complaint = useStore(labState, (s) => s.complaint);
  const unsent = useStore(notices, (s) => s.unsent);
  return (
    <>
      {isLocked ? <SignInAgain /> : <Lost info={info} />}
      {isRestarted && !info?.gone && (
        <Notice name="restarted" onDismiss={dismissRestarted}>
          <span>
            <Translate id="dock.restarted">
              The lab was started anew: the terminals of before are gone; its cluster and your files are as they were.
            </Translate>
          </span>
        </Notice>
      )}
      {complaint !== undefined && (
        <Notice name="complaint" kind="bad" onDismiss={dismissComplaint}>
          <span>{complaintWords(complaint)}</span>
        </Notice>
      )}
      {unsent.map((input) => (
        <NotSent key={input.id} input={input} />
      ))}
      {info?.gone && <Gone info={info} terminals={terminals} />}
      {info?.state === 'exited' && !info.gone && <Ended key={info.terminal} info={info} terminals={terminals} />}
    </>
  );
}

interface NoticeProps {
  /** What it is about, in every language. */
  name: string;
  kind?: 'quiet' | 'bad';
  onDismiss?(): void;
  children: ReactNode;
}

function Notice({ name, kind, onDismiss, children }: NoticeProps): ReactNode {
  return (
    <div className={panelStyles.notice} data-notice={name} data-kind={kind}>
      {children}
      {onDismiss !== undefined && (
        <ToolButton icon="cross" label={translate({ id: 'dock.dismiss', message: 'Dismiss' })} onClick={onDismiss} />
      )}
    </div>
  );
}

function NotSent({ input }: { input: Unsent }): ReactNode {
  const text = <code className={panelStyles.typed}>{input.readable}</code>;
  return (
    <Notice name="unsent">
      <span>
        <Translate id="dock.unsent" values={{ tab: input.tab, text }}>
          {'Not sent to terminal {tab}: {text}'}
        </Translate>
      </span>
      <button
        type="button"
        className={buttons.wordButton}
        data-action="copy"
        onClick={() => void sayCopied(copyText(input.text))}
      >
        <Translate id="dock.unsent.copy">Copy</Translate>
      </button>
      <ToolButton
        icon="cross"
        label={translate({ id: 'dock.dismiss', message: 'Dismiss' })}
        data-action="discard"
        onClick={() => discardUnsent(input.id)}
      />
    </Notice>
  );
}

function SignInAgain(): ReactNode {
  return (
    <Notice name="locked">
      <span>
        <Translate id="dock.locked" values={{ command: <code>npm start</code> }}>
          {
            'The lab asks for a new sign-in: press Enter where {command} runs, or run it in another terminal, and open the link that it prints.'
          }
        </Translate>
      </span>
    </Notice>
  );
}

/** A connection that is gone for longer than a blink. */
function Lost({ info }: { info: KnownTerminal | undefined }): ReactNode {
  const lost = useStore(labState, (s) => s.lost);
  const { waiting } = useStore(notices, (s) => noticeOf(s, info?.terminal));
  if (lost === undefined) return null;
  const text = <code className={panelStyles.typed}>{waiting}</code>;
  return (
    <Notice name={waiting === '' ? 'lost' : 'waiting'} kind="quiet">
      <span>
        {waiting === '' ? (
          <Translate id="dock.lost">The connection is lost. The terminals go on; what you type waits for it.</Translate>
        ) : (
          <Translate id="dock.waiting" values={{ text }}>
            {'The connection is lost. Waiting to be sent: {text}'}
          </Translate>
        )}
      </span>
      <button type="button" className={buttons.wordButton} data-action="retry" onClick={() => void retryNow()}>
        <Translate id="dock.tryNow">Try now</Translate>
      </button>
    </Notice>
  );
}

export function complaintWords({ code, message }: Complaint): string {
  switch (code) {
    case 'terminals-full':
      return translate({
        id: 'dock.complaint.full',
        message: 'There is no room for a further terminal: close one first.',
      });
    case 'shell-failed':
      return translate(
        { id: 'dock.complaint.shell', message: 'The shell could not be started: {message}' },
        { message },
      );
    case 'recording-failed':
      return translate({ id: 'dock.complaint.recording', message: 'The recording failed: {message}' }, { message });
    default:
      return message;
  }
}

interface EndProps {
  info: KnownTerminal;
  terminals: Terminals;
}

function Gone({ info, terminals }: EndProps): ReactNode {
  return (
    <Notice name="gone">
      <span>
        <Translate id="dock.gone">
          The lab was started anew, and this terminal ended with it. Its last screen stays here to be read.
        </Translate>
      </span>
      <OpenAnew info={info} terminals={terminals} />
    </Notice>
  );
}

function Ended({ info, terminals }: EndProps): ReactNode {
  return (
    <Notice name="ended">
      <span>{endWords(info)}</span>
      <OpenAnew info={info} terminals={terminals} />
    </Notice>
  );
}

export function endWords(info: KnownTerminal): string {
  if (info.endedBy === 'idle')
    return translate({ id: 'dock.endedIdle', message: 'This shell was ended: nobody had used it for long.' });
  if (info.exitCode === undefined) return translate({ id: 'dock.ended', message: 'This shell has ended.' });
  return translate(
    { id: 'dock.endedWith', message: 'This shell has ended (exit code {code}).' },
    { code: info.exitCode },
  );
}

function OpenAnew({ info, terminals }: EndProps): ReactNode {
  const [asked, setAsked] = useState(false);
  const isConnected = useStore(labState, (s) => s.connection === 'open');
  return (
    <button
      type="button"
      className={buttons.wordButton}
      data-action="restart"
      disabled={asked || !isConnected}
      onClick={() => {
        setAsked(true);
        dismissRestarted();
        terminals.openTerminal(info.tab);
      }}
    >
      <Translate id="dock.restart">Start a new one</Translate>
    </button>
  );
}
