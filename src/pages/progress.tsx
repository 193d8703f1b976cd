/** What the learner has done: page by page, to take along as a file, and to erase. */
import Link from '@docusaurus/Link';
import Translate, { translate } from '@docusaurus/Translate';
import Heading from '@theme/Heading';
import Layout from '@theme/Layout';
import clsx from 'clsx';
import { type ReactNode, useEffect, useState } from 'react';
import card from '../components/card.module.css';
import { Icon } from '../components/Icon';
import { useLessons } from '../components/LessonBar/useLessons';
import { wantLab } from '../lab/lab';
import { labState } from '../lab/state';
import { useStore } from '../lab/store';
import type { LessonSummary } from '../lesson/plugin';
import { countKept } from '../progress/count';
import { saveAsFile } from '../progress/export';
import { erase } from '../progress/progress';
import { progressState } from '../progress/state';
import { todoOf } from '../progress/todo';
import styles from './progress.module.css';

export default function ProgressPage(): ReactNode {
  const title = translate({ id: 'progress.title', message: 'Your progress' });
  const { lessons } = useLessons();
  const { progress, kept, setAside } = useStore(progressState, (s) => s);
  useEffect(wantLab, []);
  const begun = lessons.filter(({ page }) => progress.pages[page] !== undefined);
  // Pages that are no more may have left something: it can be erased all the same.
  const isEmpty = Object.keys(progress.pages).length === 0;
  const name = <code>{setAside}</code>;
  return (
    <Layout title={title}>
      <main className={clsx('container margin-vert--lg', styles.page)}>
        <Heading as="h1">{title}</Heading>
        <p>
          <Where kept={kept} />
        </p>
        {setAside !== undefined && (
          <p role="status">
            {kept === 'lab' ? (
              <Translate id="progress.setAsideInLab" values={{ name }}>
                {'What the lab had kept could not be read. It was set aside as {name}.'}
              </Translate>
            ) : (
              <Translate id="progress.setAside" values={{ name }}>
                {'What this browser had kept could not be read. It was set aside in its storage as {name}.'}
              </Translate>
            )}
          </p>
        )}
        {begun.length === 0 ? (
          <p>
            <Translate id="progress.nothing">
              Nothing is done yet. Run a step or answer a question, and it shows here.
            </Translate>
          </p>
        ) : (
          <ul className={styles.lessons}>
            {begun.map((lesson) => (
              <Row key={lesson.id} lesson={lesson} />
            ))}
          </ul>
        )}
        <div className={card.buttons}>
          <button
            type="button"
            className={card.button}
            data-action="export"
            disabled={isEmpty}
            onClick={() => saveAsFile(progress)}
          >
            <Icon name="download" />
            <Translate id="progress.export">Save as a file</Translate>
          </button>
          <EraseAll disabled={isEmpty} />
        </div>
      </main>
    </Layout>
  );
}

function Where({ kept }: { kept: 'unknown' | 'browser' | 'lab' }): ReactNode {
  const home = useStore(labState, (s) => s.lab?.workspace);
  if (kept === 'unknown') return <Translate id="progress.looking">Looking where it is kept…</Translate>;
  if (kept === 'browser') {
    return (
      <Translate id="progress.inBrowser">
        There is no lab, so it is kept in this browser. Nothing of it leaves this machine.
      </Translate>
    );
  }
  const folder = <code>{(home ?? '').replace(/\/workspace$/, '')}</code>;
  return (
    <Translate id="progress.inLab" values={{ folder }}>
      {'Your lab keeps it, in {folder}. Nothing of it leaves this machine.'}
    </Translate>
  );
}

function Row({ lesson }: { lesson: LessonSummary }): ReactNode {
  const progress = useStore(progressState, (s) => s.progress.pages[lesson.page]);
  const kept = useStore(progressState, (s) => s.kept);
  const { done, of } = countKept(todoOf(lesson, kept), progress);
  return (
    <li data-page={lesson.page}>
      <Link to={lesson.page}>{lesson.title}</Link>
      <span className={styles.count}>
        {translate({ id: 'lesson.done', message: '{done} of {of} done' }, { done, of })}
      </span>
      <button
        type="button"
        className={clsx(card.button, card.plain)}
        data-action="erase-page"
        onClick={() => erase(lesson.page)}
      >
        <Icon name="trash" />
        <Translate id="progress.erasePage">Erase</Translate>
        <span className="malha-unseen">: {lesson.title}</span>
      </button>
    </li>
  );
}

function EraseAll({ disabled }: { disabled: boolean }): ReactNode {
  const [asked, setAsked] = useState(false);
  if (!asked || disabled) {
    return (
      <button
        type="button"
        className={clsx(card.button, card.plain)}
        data-action="erase"
        disabled={disabled}
        onClick={() => setAsked(true)}
      >
        <Icon name="trash" />
        <Translate id="progress.erase">Erase everything…</Translate>
      </button>
    );
  }
  return (
    <span className={styles.sure} role="status">
      <Translate id="progress.sure">What is erased cannot be brought back. The cluster and your files stay.</Translate>
      <button
        type="button"
        className={card.button}
        data-action="erase-sure"
        onClick={() => {
          erase();
          setAsked(false);
        }}
      >
        <Translate id="progress.eraseSure">Erase everything</Translate>
      </button>
      <button type="button" className={clsx(card.button, card.plain)} onClick={() => setAsked(false)}>
        <Translate id="progress.keep">Keep it</Translate>
      </button>
    </span>
  );
}
