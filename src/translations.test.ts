/** Every text of the interface has its Portuguese, with the same placeholders, and nothing is translated for nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

type Messages = Record<string, { message: string }>;

const portuguese: Messages = JSON.parse(readFileSync('i18n/pt-BR/code.json', 'utf8'));

/** Texts of the code by id: `translate({ id, message })` and `<Translate id>…</Translate>`. */
function textsOf(source: string): [id: string, text: string][] {
  const calls = source.matchAll(/id: '([\w.]+)',\s*message:\s*(?:'((?:[^'\\]|\\.)*)')/g);
  const elements = source.matchAll(/<Translate\s+id="([\w.]+)"[^>]*?(?:\{\{[^}]*\}\})?\s*>([\s\S]*?)<\/Translate>/g);
  return [...calls, ...elements].map((match) => [match[1]!, match[2]!]);
}

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

const texts = new Map(
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test)\.tsx?$/.test(file))
    .flatMap((file) => textsOf(readFileSync(path.join('src', file), 'utf8'))),
);

describe('pt-BR', () => {
  it('finds the texts of the code', () => {
    expect(texts.size).toBeGreaterThan(60);
  });

  it.each([...texts])('%s', (id, text) => {
    const translated = portuguese[id]?.message;
    expect(translated, `${id} is missing in i18n/pt-BR/code.json`).toBeTruthy();
    expect(placeholders(translated!)).toEqual(placeholders(text));
  });

  it('has no text that the code does not use', () => {
    const left = Object.keys(portuguese).filter((id) => !id.startsWith('theme.') && !texts.has(id));
    expect(left).toEqual([]);
  });
});
