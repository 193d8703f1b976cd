/** The keys that work in the terminal, and how to get in and out of it without a mouse. */
import Translate, { translate } from '@docusaurus/Translate';
import type { ReactNode } from 'react';
import { isMac } from './commands';
import styles from './dialog.module.css';
import { Popover } from './Popover';

/** Keys of one line: alternatives of keys pressed together. */
type Keys = readonly (readonly string[])[];

function keysOf(mac: boolean): readonly { keys: Keys; does: string }[] {
  const ours = mac ? ['⌘', '⇧'] : ['Ctrl', 'Shift'];
  return [
    { keys: [['F6']], does: translate({ id: 'dock.keys.leave', message: 'out of the terminal, and back into it' }) },
    {
      keys: [
        [...ours, '→'],
        [...ours, '←'],
      ],
      does: translate({ id: 'dock.keys.tabs', message: 'next and previous terminal' }),
    },
    { keys: [[...ours, 'Enter']], does: translate({ id: 'dock.keys.new', message: 'new terminal' }) },
    {
      keys: [mac ? ['⌘', 'F'] : [...ours, 'F']],
      does: translate({ id: 'dock.keys.search', message: 'search in what was printed' }),
    },
    {
      keys: [
        [...ours, '↑'],
        [...ours, '↓'],
      ],
      does: translate({ id: 'dock.keys.font', message: 'larger and smaller letters' }),
    },
    {
      keys: mac
        ? [
            ['⌘', 'C'],
            ['⌘', 'V'],
          ]
        : [
            ['Ctrl', 'Shift', 'C'],
            ['Ctrl', 'Shift', 'V'],
          ],
      does: translate({ id: 'dock.keys.clipboard', message: 'copy what is selected, and paste' }),
    },
    { keys: [['Ctrl', 'C']], does: translate({ id: 'dock.keys.interrupt', message: 'stop the program that runs' }) },
    { keys: [['Tab']], does: translate({ id: 'dock.keys.tab', message: 'goes to the shell, which completes words' }) },
  ];
}

export function Help(): ReactNode {
  return (
    <Popover icon="help" label={translate({ id: 'dock.help', message: 'Keys of the terminal' })}>
      {() => (
        <div className={styles.help}>
          <h2>
            <Translate id="dock.help">Keys of the terminal</Translate>
          </h2>
          <dl>
            {keysOf(isMac()).map(({ keys, does }) => (
              <div key={does}>
                <dt>
                  {keys.map((together) => (
                    <span key={together.join('+')} className={styles.keys}>
                      {together.map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </span>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
          <p>
            <Translate id="dock.help.reader">
              With screen reader mode on, the lines of the terminal can be read one by one.
            </Translate>
          </p>
        </div>
      )}
    </Popover>
  );
}
