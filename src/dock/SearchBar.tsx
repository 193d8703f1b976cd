/** Search in what the terminal has printed: over its corner, with a count, next and previous. */
import { translate } from '@docusaurus/Translate';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useStore } from '../lab/store';
import styles from './panel.module.css';
import { MOST, type SearchOptions, type SearchResults, type TerminalSearch } from './search';
import { ToolButton } from './ToolButton';

interface Props {
  search: TerminalSearch;
  /** Counts how often the reader asked for it: each time the field gets the focus. */
  asked: number;
  onClose(): void;
}

const SWITCHES = ['caseSensitive', 'wholeWord', 'regex'] as const satisfies readonly (keyof SearchOptions)[];

export function SearchBar({ search, asked, onClose }: Props): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [options, setOptions] = useState<SearchOptions>({ caseSensitive: false, wholeWord: false, regex: false });
  const results = useStore(search.results, (s) => s);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus comes with each asking.
  useEffect(() => field.current?.select(), [asked]);
  useEffect(() => search.find(text, options, 'stay'), [search, text, options]);
  useEffect(() => () => search.clear(), [search]);
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      onClose();
    } else if (event.key === 'Enter' && event.target === field.current) {
      event.preventDefault();
      search.find(text, options, event.shiftKey ? 'previous' : 'next');
    }
  };
  return (
    <search className={styles.search} onKeyDown={key}>
      <input
        ref={field}
        type="text"
        className={styles.searchField}
        aria-label={translate({ id: 'dock.search.field', message: 'Search in the terminal' })}
        placeholder={translate({ id: 'dock.search.placeholder', message: 'Search' })}
        aria-invalid={results.invalid || undefined}
        autoCapitalize="off"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <output className={styles.searchCount}>{text === '' ? '' : wordsOf(results)}</output>
      {SWITCHES.map((name) => (
        <button
          key={name}
          type="button"
          className={styles.switch}
          aria-label={switchWords(name)}
          aria-pressed={options[name]}
          title={switchWords(name)}
          onClick={() => setOptions((before) => ({ ...before, [name]: !before[name] }))}
          // A sign, no words: drawn by the style sheet.
          data-sign={{ caseSensitive: 'Aa', wholeWord: 'ab', regex: '.*' }[name]}
        />
      ))}
      <ToolButton
        icon="up"
        label={translate({ id: 'dock.search.previous', message: 'Previous match (Shift+Enter)' })}
        onClick={() => search.find(text, options, 'previous')}
      />
      <ToolButton
        icon="down"
        label={translate({ id: 'dock.search.next', message: 'Next match (Enter)' })}
        onClick={() => search.find(text, options, 'next')}
      />
      <ToolButton
        icon="cross"
        label={translate({ id: 'dock.search.close', message: 'Close the search (Escape)' })}
        onClick={onClose}
      />
    </search>
  );
}

function switchWords(name: keyof SearchOptions): string {
  switch (name) {
    case 'caseSensitive':
      return translate({ id: 'dock.search.case', message: 'Tell capitals from small letters' });
    case 'wholeWord':
      return translate({ id: 'dock.search.word', message: 'Whole words only' });
    case 'regex':
      return translate({ id: 'dock.search.regex', message: 'Regular expression' });
  }
}

function wordsOf({ index, count, invalid }: SearchResults): string {
  if (invalid) return translate({ id: 'dock.search.invalid', message: 'Not a regular expression' });
  if (count === 0) return translate({ id: 'dock.search.none', message: 'Nothing found' });
  if (count >= MOST) return translate({ id: 'dock.search.many', message: '{most} or more' }, { most: MOST });
  return translate({ id: 'dock.search.count', message: '{at} of {count}' }, { at: index < 0 ? '–' : index + 1, count });
}
