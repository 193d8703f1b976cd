/** Questions: a quiz is answered and told right or wrong; a prediction is answered first, then run, then seen. */
import Translate, { translate } from '@docusaurus/Translate';
import clsx from 'clsx';
import { Children, isValidElement, type ReactElement, type ReactNode, useId, useRef, useState } from 'react';
import { hasPassed } from '../../../server/lessons/outcome';
import { labState } from '../../lab/state';
import { useStore } from '../../lab/store';
import { pageState } from '../../lesson/page-state';
import { stepPhase, usePageName, usePageProgress, useRuns } from '../../progress/hooks';
import { setPart } from '../../progress/progress';
import card from '../card.module.css';
import { Icon } from '../Icon';
import styles from './question.module.css';

interface AnswerProps {
  /** From 0. */
  number: string;
  right?: 'yes';
  children: ReactNode;
}

/** One answer, as the remark plugin hands it over; the question draws it. */
export const Answer = ({ children }: AnswerProps): ReactNode => children;
/** What stands under the answers: shown once the reader has answered. */
export const Explanation = ({ children }: { children: ReactNode }): ReactNode => children;

interface QuestionProps {
  question: string;
  /** From src/lesson/remark-lesson.ts. */
  data: string;
  children: ReactNode;
}

export const Quiz = (props: QuestionProps): ReactNode => <Question kind="quiz" {...props} />;
export const Predict = (props: QuestionProps): ReactNode => <Question kind="predict" {...props} />;

const partsOf = <P,>(children: ReactNode, type: (props: P) => ReactNode) =>
  Children.toArray(children).filter((part): part is ReactElement<P> => isValidElement(part) && part.type === type);

function Question({ kind, question, data, children }: QuestionProps & { kind: 'quiz' | 'predict' }): ReactNode {
  const { number, after, several } = JSON.parse(data) as { number: number; after: number; several: boolean };
  const page = usePageName();
  const kept = usePageProgress(page)?.answers?.[String(number)];
  const answers = partsOf(children, Answer);
  const explanation = partsOf(children, Explanation);
  const [chosen, setChosen] = useState<readonly number[]>();
  const [anew, setAnew] = useState(false);
  const [looked, setLooked] = useState(false);
  const isAnswered = kept !== undefined && !anew;
  const shown = isAnswered ? kept.chosen : (chosen ?? []);
  const hasRun = useHasRun(page, after + 1);
  // A prediction is told once the command has been seen; where nothing can be run, at once.
  const isTold = isAnswered && (kind === 'quiz' || hasRun || looked);
  const name = useId();
  const verdict = useRef<HTMLDivElement>(null);
  const rights = answers.flatMap(({ props }, index) => (props.right === 'yes' ? [index] : []));

  const choose = (index: number, on: boolean) => {
    if (!several) setChosen([index]);
    else setChosen((old = []) => (on ? [...old, index].sort((a, b) => a - b) : old.filter((other) => other !== index)));
  };
  const answer = (): void => {
    if (chosen === undefined || chosen.length === 0) return;
    // The button is gone then: the reader goes on from what they are told.
    requestAnimationFrame(() => verdict.current?.focus());
    const right = chosen.length === rights.length && rights.every((index) => chosen.includes(index));
    setPart(page, { answers: { [String(number)]: { chosen: [...chosen], right, at: Date.now() } } });
    setAnew(false);
  };
  return (
    <div
      className={card.card}
      data-question={number}
      data-kind={kind}
      data-answered={isAnswered}
      data-tone={isTold ? (kept.right ? 'good' : 'bad') : 'ask'}
    >
      <p className={card.head}>
        <Icon name="question" />
        {titleOf(kind)}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          answer();
        }}
      >
        <fieldset className={styles.answers}>
          <legend className={styles.asks}>
            <WithCode text={question} />
            {several && !isAnswered && (
              <span className={styles.several}>
                {' '}
                <Translate id="question.several">(choose all that apply)</Translate>
              </span>
            )}
          </legend>
          {answers.map(({ props }, index) => (
            <label
              key={props.number}
              className={styles.answer}
              data-chosen={shown.includes(index)}
              data-right={isTold ? props.right === 'yes' : undefined}
            >
              <input
                type={several ? 'checkbox' : 'radio'}
                name={name}
                checked={shown.includes(index)}
                disabled={isAnswered}
                onChange={({ target }) => choose(index, target.checked)}
              />
              <span className={styles.answerText}>{props.children}</span>
              {isTold && props.right === 'yes' && <Mark right />}
              {isTold && props.right !== 'yes' && shown.includes(index) && <Mark right={false} />}
            </label>
          ))}
        </fieldset>
        <div role="status" ref={verdict} tabIndex={-1} className={styles.verdict}>
          {isTold && (
            <p className={styles.told} data-right={kept.right}>
              <Icon name={kept.right ? 'check' : 'cross'} />
              {toldOf(kind, kept.right)}
            </p>
          )}
          {isAnswered && !isTold && (
            <p className={styles.told}>
              <Icon name="clock" />
              <Translate id="question.nowRun">Noted. Now run the next step and see.</Translate>
            </p>
          )}
        </div>
        {isTold && <div className={styles.explanation}>{explanation}</div>}
        <div className={card.buttons}>
          {!isAnswered && (
            <button
              type="submit"
              className={clsx(card.button, card.primary)}
              data-action="answer"
              aria-disabled={chosen === undefined || chosen.length === 0}
            >
              <Translate id="question.answer">Answer</Translate>
            </button>
          )}
          {isAnswered && !isTold && (
            <button type="button" className={clsx(card.button, card.plain)} onClick={() => setLooked(true)}>
              <Translate id="question.look">Show the answer without running</Translate>
            </button>
          )}
          {isTold && (
            <button
              type="button"
              className={clsx(card.button, card.plain)}
              data-action="again"
              onClick={() => {
                setChosen(undefined);
                setLooked(false);
                setAnew(true);
              }}
            >
              <Icon name="again" />
              <Translate id="question.again">Answer again</Translate>
            </button>
          )}
        </div>
      </form>
    </div>
  );
}

/** Whether the step that a prediction is about has run, or cannot be run here. */
function useHasRun(page: string, number: number): boolean {
  const runs = useRuns();
  const progress = usePageProgress(page);
  const presence = useStore(labState, (s) => s.presence);
  const step = useStore(pageState, (s) => s.page?.steps.find((one) => one.number === number));
  if (presence === 'absent' || presence === 'locked') return true;
  return step !== undefined && hasPassed(stepPhase(page, step, runs, progress));
}

function Mark({ right }: { right: boolean }): ReactNode {
  return (
    <span className={styles.mark} data-right={right}>
      <Icon name={right ? 'check' : 'cross'} />
      <span className="malha-unseen">
        {right
          ? translate({ id: 'question.isRight', message: '(this is right)' })
          : translate({ id: 'question.isWrong', message: '(this is not right)' })}
      </span>
    </span>
  );
}

function titleOf(kind: 'quiz' | 'predict'): string {
  return kind === 'quiz'
    ? translate({ id: 'question.quiz', message: 'Question' })
    : translate({ id: 'question.predict', message: 'Predict first' });
}

function toldOf(kind: 'quiz' | 'predict', right: boolean): string {
  if (kind === 'quiz') {
    return right
      ? translate({ id: 'question.right', message: 'That is right.' })
      : translate({ id: 'question.wrong', message: 'Not quite.' });
  }
  return right
    ? translate({ id: 'question.foretold', message: 'As you predicted.' })
    : translate({ id: 'question.otherwise', message: 'Not as you predicted.' });
}

/** The question comes as a plain text; what stands in backticks is code. */
function WithCode({ text }: { text: string }): ReactNode {
  return (
    text
      .split(/`([^`]+)`/)
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a fixed text.
      .map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))
  );
}
