/** What is done to a terminal less often: its text in and out, the size of the letters, where the dock stands. */
import Translate, { translate } from '@docusaurus/Translate';
import { type ReactNode, useState } from 'react';
import { Icon, type IconName } from '../components/Icon';
import { useStore } from '../lab/store';
import { copyText } from './clipboard';
import styles from './dialog.module.css';
import { Popover } from './Popover';
import { changeFontSize, FONT_SIZES, fontSizeOf, preferences } from './preferences';
import { say } from './said';
import type { Session } from './session';
import { TextDialog } from './TextDialog';

interface Props {
  session: Session | undefined;
  /** Undefined where the dock is over the whole page. */
  side: 'bottom' | 'right' | undefined;
  onRecordings(): void;
}

/** Says whether it worked. */
export async function sayCopied(copied: Promise<boolean>): Promise<void> {
  say(
    (await copied)
      ? translate({ id: 'dock.copied', message: 'Copied' })
      : translate({ id: 'dock.notCopied', message: 'The browser did not let this page copy' }),
  );
}

export function More({ session, side, onRecordings }: Props): ReactNode {
  const fontSize = useStore(preferences, fontSizeOf);
  const [text, setText] = useState<string>();
  return (
    <>
      <Popover icon="more" label={translate({ id: 'dock.more', message: 'More' })}>
        {(close) => {
          const choose = (then: () => void) => () => {
            close();
            then();
          };
          return (
            <div className={styles.menu}>
              {session !== undefined && (
                <>
                  <Choice icon="copy" onChoose={choose(() => void sayCopied(session.gear.copy()))}>
                    <Translate id="dock.copy">Copy the selection, or the screen</Translate>
                  </Choice>
                  <Choice
                    icon="paste"
                    onChoose={choose(() => {
                      session.focus();
                      void session.gear.paste();
                    })}
                  >
                    <Translate id="dock.paste">Paste</Translate>
                  </Choice>
                  <Choice icon="text" onChoose={choose(() => setText(session.gear.text()))}>
                    <Translate id="dock.text">Show as text, to select from</Translate>
                  </Choice>
                </>
              )}
              <fieldset className={styles.fontSize}>
                <legend>
                  <Translate id="dock.fontSize">Size of the letters</Translate>
                </legend>
                <button
                  type="button"
                  aria-label={translate({ id: 'dock.smaller', message: 'Smaller letters' })}
                  disabled={fontSize <= FONT_SIZES.smallest}
                  onClick={() => changeFontSize(-1)}
                >
                  −
                </button>
                <output>{fontSize}</output>
                <button
                  type="button"
                  aria-label={translate({ id: 'dock.bigger', message: 'Larger letters' })}
                  disabled={fontSize >= FONT_SIZES.largest}
                  onClick={() => changeFontSize(1)}
                >
                  +
                </button>
              </fieldset>
              <Choice icon="film" onChoose={choose(onRecordings)}>
                <Translate id="dock.recordings">Recordings</Translate>
              </Choice>
              {side !== undefined && (
                <Choice
                  icon={side === 'bottom' ? 'right' : 'bottom'}
                  onChoose={choose(() => preferences.set({ side: side === 'bottom' ? 'right' : 'bottom' }))}
                >
                  {side === 'bottom'
                    ? translate({ id: 'dock.moveRight', message: 'Move to the side' })
                    : translate({ id: 'dock.moveBottom', message: 'Move to the bottom' })}
                </Choice>
              )}
            </div>
          );
        }}
      </Popover>
      {text !== undefined && (
        <TextDialog text={text} onCopy={() => void sayCopied(copyText(text))} onClose={() => setText(undefined)} />
      )}
    </>
  );
}

function Choice({ icon, onChoose, children }: { icon: IconName; onChoose(): void; children: ReactNode }): ReactNode {
  return (
    <button type="button" className={styles.choice} onClick={onChoose}>
      <Icon name={icon} />
      {children}
    </button>
  );
}
