/** Shows what several pasted lines would type, before they do; the reader may change them there. */
import Translate, { translate } from '@docusaurus/Translate';
import { type ReactNode, useState } from 'react';
import { useStore } from '../lab/store';
import buttons from './buttons.module.css';
import { Dialog } from './Dialog';
import dialogStyles from './dialog.module.css';
import { asOneLine, lineCount, type PasteQuestion, pasteQuestion } from './paste';

export function PasteDialog(): ReactNode {
  const question = useStore(pasteQuestion, (s) => s.open);
  return question === undefined ? null : <Asked key={question.text} question={question} />;
}

function Asked({ question }: { question: PasteQuestion }): ReactNode {
  const [text, setText] = useState(question.text);
  const lines = lineCount(text);
  const isEmpty = text.trim() === '';
  const answer = (answered?: string) => question.answer(answered);
  return (
    <Dialog
      title={
        question.text === ''
          ? translate({ id: 'dock.paste.title', message: 'Paste into the terminal' })
          : translate({ id: 'dock.paste.question', message: 'Paste {lines} lines?' }, { lines })
      }
      onClose={() => answer()}
    >
      <div className={dialogStyles.dialogBody}>
        <p id="malha-paste-note">
          {question.text === '' ? (
            <Translate id="dock.paste.here">
              The browser does not let this page read the clipboard. Paste the text into this field.
            </Translate>
          ) : question.bracketed ? (
            <Translate id="dock.paste.bracketed">
              The program takes them as one text: a shell runs nothing before you press Enter.
            </Translate>
          ) : (
            <Translate id="dock.paste.runs">
              The program takes them as if typed: a shell runs each line at once.
            </Translate>
          )}
        </p>
        <textarea
          className={dialogStyles.pasteText}
          data-first={question.text === '' ? true : undefined}
          aria-label={translate({ id: 'dock.paste.text', message: 'Text to paste' })}
          aria-describedby="malha-paste-note"
          rows={Math.min(12, Math.max(4, lines + 1))}
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <div className={dialogStyles.dialogFoot}>
        <button type="button" className={buttons.wordButton} onClick={() => answer()}>
          <Translate id="dock.dialog.cancel">Cancel</Translate>
        </button>
        <button
          type="button"
          className={buttons.wordButton}
          disabled={lines < 2 || isEmpty}
          onClick={() => answer(asOneLine(text))}
        >
          <Translate id="dock.paste.oneLine">Paste as one line</Translate>
        </button>
        <button
          type="button"
          className={buttons.mainButton}
          data-first={question.text === '' ? undefined : true}
          disabled={isEmpty}
          onClick={() => answer(text)}
        >
          <Translate id="dock.paste.paste">Paste</Translate>
        </button>
      </div>
    </Dialog>
  );
}
