/** Joins a page's languages into one lesson, and says where the translation does something else than the original. */
import type { Lesson } from '../../server/lessons/schema';
import type { Problem } from './errors';
import type { Page } from './page';
import type { Place } from './place';

/** `contents`: the text of each manifest by its name. Problems are the translation's; the original's are found before. */
export function joinLanguages(
  place: Place,
  original: Page,
  translation: Page,
  contents: ReadonlyMap<string, string>,
): { lesson: Lesson; problems: Problem[] } {
  const problems = differences(original, translation);
  if (problems.length > 0) return { lesson: join(place, original, original, contents), problems };
  return { lesson: join(place, original, translation, contents), problems };
}

function join(place: Place, en: Page, pt: Page, contents: ReadonlyMap<string, string>): Lesson {
  const both = (one: { line: number }, other: { line: number }) => ({ en: one.line, 'pt-BR': other.line });
  const { minutes, needs } = en;
  return {
    ...place,
    sources: { en: en.file, 'pt-BR': pt.file },
    title: { en: en.title, 'pt-BR': pt.title },
    ...(minutes !== undefined && { minutes }),
    ...(needs !== undefined && { needs }),
    after: en.after ?? [],
    steps: en.steps.map(({ line, source, output, ...step }, index) => {
      const other = pt.steps[index]!;
      return {
        ...step,
        lines: both({ line }, other),
        ...(output && { output: { text: output.text, match: output.match, lines: both(output, other.output!) } }),
      };
    }),
    checks: en.checks.map(({ line, says, ...check }, index) => {
      const other = pt.checks[index]!;
      return { ...check, lines: both({ line }, other), says: { en: says, 'pt-BR': other.says } };
    }),
    questions: en.questions.map(({ line, asks, answers, ...question }, index) => {
      const other = pt.questions[index]!;
      return {
        ...question,
        lines: both({ line }, other),
        asks: { en: asks, 'pt-BR': other.asks },
        answers: answers.map(({ text, right }, number) => ({
          text: { en: text, 'pt-BR': other.answers[number]!.text },
          right,
        })),
      };
    }),
    manifests: en.manifests.map(({ file, line, against }, index) => {
      const base = against ?? en.manifests[index - 1]?.file;
      return {
        file,
        content: contents.get(file) ?? '',
        ...(base !== undefined && base !== file && { against: base }),
        lines: both({ line }, pt.manifests[index]!),
      };
    }),
  };
}

/** What a translation must have as its original has it; words and comments are its own. */
function differences(en: Page, pt: Page): Problem[] {
  const problems: Problem[] = [];
  const differ = (line: number, reason: string) => problems.push({ file: pt.file, line, reason });
  const place = (line: number) => `${en.file}:${line}`;
  for (const name of ['minutes', 'needs', 'after'] as const) {
    if (pt[name] !== undefined && !same(pt[name], en[name])) {
      differ(pt.factsLine, `${name} differs from the original's (${place(en.factsLine)}): leave it out here`);
    }
  }
  const lists = [
    compare('step', en.steps, pt.steps, (a, b) => stepDifference(a, b)),
    compare('check', en.checks, pt.checks, (a, b) =>
      firstDifferent(a, b, { name: 'name', after: 'place', hint: 'hint', solution: 'solution' }),
    ),
    compare('question', en.questions, pt.questions, (a, b) =>
      firstDifferent(
        { ...a, rights: rights(a) },
        { ...b, rights: rights(b) },
        { kind: 'kind', after: 'place', rights: 'answers marked [x]' },
      ),
    ),
    compare('manifest', en.manifests, pt.manifests, (a, b) =>
      firstDifferent(a, b, { file: 'file', against: 'against' }),
    ),
  ];
  for (const found of lists.flat()) differ(found.line, found.reason);
  return problems;

  function compare<T extends { line: number }>(
    what: string,
    originals: T[],
    translations: T[],
    difference: (one: T, other: T) => string | undefined,
  ): { line: number; reason: string }[] {
    const found: { line: number; reason: string }[] = [];
    for (const [index, one] of originals.entries()) {
      const other = translations[index];
      if (other === undefined) {
        found.push({
          line: translations.at(-1)?.line ?? 1,
          reason: `after this, ${what} ${index + 1} of the original (${place(one.line)}) is missing`,
        });
        return found;
      }
      const reason = difference(one, other);
      if (reason !== undefined) {
        found.push({
          line: other.line,
          reason: `${what} ${index + 1} differs from the original (${place(one.line)}) in its ${reason}`,
        });
        return found;
      }
    }
    const more = translations[originals.length];
    if (more !== undefined)
      found.push({ line: more.line, reason: `${what} ${originals.length + 1} is not in the original (${en.file})` });
    return found;
  }
}

function stepDifference(en: Page['steps'][number], pt: Page['steps'][number]): string | undefined {
  for (const index of en.commands.keys()) {
    if (en.commands[index] !== pt.commands[index]) {
      return `commands: \`${pt.commands[index] ?? 'nothing'}\` here, \`${en.commands[index]}\` there`;
    }
  }
  const options = firstDifferent(en, pt, {
    commands: 'commands',
    terminal: 'terminal',
    background: 'background',
    ready: 'ready',
    expectExit: 'expect-exit',
    timeout: 'timeout',
  });
  if (options !== undefined) return options;
  if (!same(en.output?.text, pt.output?.text)) return 'output';
  return en.output?.match === pt.output?.match ? undefined : 'way to compare the output';
}

const rights = ({ answers }: Page['questions'][number]) => answers.map(({ right }) => right);

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function firstDifferent<T extends object>(one: T, other: T, names: { [K in keyof T]?: string }): string | undefined {
  for (const name of Object.keys(names) as (keyof T)[]) {
    if (!same(one[name], other[name])) return names[name];
  }
  return undefined;
}
