/** The keys that a phone's keyboard lacks, under the terminal. They leave the focus, and so the keyboard, where it is. */
import { translate } from '@docusaurus/Translate';
import { type PointerEvent, type ReactNode, useEffect, useRef } from 'react';
import { Icon, type IconName } from '../components/Icon';
import { useStore } from '../lab/store';
import { type Arrow, type Modifier, modifiers } from './modifiers';
import styles from './panel.module.css';
import type { Session } from './session';

/** Milliseconds until a key that is held repeats, and between repetitions. */
const REPEAT = { first: 400, next: 60 };

export function TouchKeys({ session }: { session: Session }): ReactNode {
  const { gear } = session;
  const key = (label: string, text: string, name?: string) => (
    <Key key={label} label={label} name={name} onPress={() => gear.press(text)} />
  );
  return (
    <div
      role="toolbar"
      aria-label={translate({ id: 'dock.touch', message: 'Keys' })}
      className={styles.touchKeys}
      // The focus would go with the mouse events that follow a touch.
      onMouseDown={(event) => event.preventDefault()}
    >
      {key('Esc', '\x1b')}
      {key('Tab', '\t')}
      {key('|', '|', translate({ id: 'dock.touch.bar', message: 'vertical bar' }))}
      <Sticky modifier="ctrl" label="Ctrl" />
      {key('/', '/', translate({ id: 'dock.touch.slash', message: 'slash' }))}
      <Sticky modifier="alt" label="Alt" />
      {key('-', '-', translate({ id: 'dock.touch.hyphen', message: 'hyphen' }))}
      {key('^C', '\x03', 'Ctrl-C')}
      {key('~', '~', translate({ id: 'dock.touch.tilde', message: 'tilde' }))}
      <ArrowKey arrow="left" session={session} />
      <ArrowKey arrow="up" session={session} />
      <ArrowKey arrow="down" session={session} />
      <Key
        label={<Icon name="paste" />}
        name={translate({ id: 'dock.paste', message: 'Paste' })}
        onPress={() => void gear.paste()}
      />
      <ArrowKey arrow="right" session={session} />
    </div>
  );
}

interface KeyProps {
  label: ReactNode;
  /** Where the label alone cannot be read aloud. */
  name?: string | undefined;
  pressed?: boolean;
  onPress(): void;
}

function Key({ label, name, pressed, onPress }: KeyProps): ReactNode {
  return (
    <button type="button" className={styles.touchKey} aria-label={name} aria-pressed={pressed} onClick={onPress}>
      {label}
    </button>
  );
}

function Sticky({ modifier, label }: { modifier: Modifier; label: string }): ReactNode {
  const on = useStore(modifiers, (s) => s[modifier]);
  return <Key label={label} pressed={on} onPress={() => modifiers.set({ [modifier]: !on })} />;
}

const ARROWS: Record<Arrow, IconName> = { left: 'arrowLeft', right: 'arrowRight', up: 'arrowUp', down: 'arrowDown' };

function arrowName(arrow: Arrow): string {
  switch (arrow) {
    case 'left':
      return translate({ id: 'dock.touch.left', message: 'left' });
    case 'right':
      return translate({ id: 'dock.touch.right', message: 'right' });
    case 'up':
      return translate({ id: 'dock.touch.up', message: 'up' });
    case 'down':
      return translate({ id: 'dock.touch.down', message: 'down' });
  }
}

/** Repeats while it is held. */
function ArrowKey({ arrow, session }: { arrow: Arrow; session: Session }): ReactNode {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stop = () => clearTimeout(timer.current);
  useEffect(() => () => clearTimeout(timer.current), []);
  const press = () => session.gear.pressArrow(arrow);
  const repeat = (after: number) => {
    timer.current = setTimeout(() => {
      press();
      repeat(REPEAT.next);
    }, after);
  };
  const hold = (event: PointerEvent) => {
    if (event.button !== 0) return;
    press();
    repeat(REPEAT.first);
  };
  return (
    <button
      type="button"
      className={styles.touchKey}
      aria-label={arrowName(arrow)}
      onPointerDown={hold}
      onPointerUp={stop}
      onPointerLeave={stop}
      onPointerCancel={stop}
      onContextMenu={(event) => event.preventDefault()}
      // A click without a pointer comes from a keyboard or from assistive technology.
      onClick={(event) => event.detail === 0 && press()}
    >
      <Icon name={ARROWS[arrow]} />
    </button>
  );
}
