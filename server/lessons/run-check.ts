/** Runs one check to a verdict, whatever it does: what it returns is validated, what it throws is its reason. */
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { CommandError } from '../istioctl/io.ts';
import { type CheckState, LESSON_LIMITS, type Text } from '../protocol.ts';
import type { Check, CheckResult } from './lab.ts';
import { lookAt, type Place } from './look.ts';

export interface CheckTask extends Place {
  /** The built module with the lesson's checks. */
  module: string;
  /** Its export. */
  export: string;
  /** Milliseconds. */
  timeout: number;
}

export type Verdict = Pick<CheckState, 'phase' | 'expected' | 'saw' | 'error'>;

const text = v.pipe(v.string(), v.minLength(1), v.transform(cut));
const sentence = v.object({ en: text, 'pt-BR': text });
const result = v.variant('passed', [
  v.object({ passed: v.literal(true), saw: sentence }),
  v.object({ passed: v.literal(false), expected: sentence, saw: sentence }),
]);

/** Never rejects. */
export async function runCheck({ module, export: name, timeout, ...place }: CheckTask): Promise<Verdict> {
  const abort = new AbortController();
  let late = () => {};
  const over = new Promise<Verdict>((resolve) => {
    late = () => {
      resolve(lateVerdict(timeout));
      abort.abort(new Error('the time of this check is over'));
    };
  });
  const timer = setTimeout(() => late(), timeout);
  const run = (async () => {
    const exports = (await import(pathToFileURL(module).href)) as Record<string, Check | undefined>;
    const check = exports[name];
    if (typeof check !== 'function') throw new Error(`the built lesson has no function ${name}`);
    return verdictOf(await check(await lookAt(place, abort.signal)));
  })().catch(reasonOf);
  try {
    return await Promise.race([run, over]);
  } finally {
    clearTimeout(timer);
    abort.abort(new Error('this check has ended'));
  }
}

function verdictOf(value: CheckResult): Verdict {
  const parsed = v.safeParse(result, value);
  if (!parsed.success) throw new Error(`it returned no result of pass() or fail(): ${JSON.stringify(value)}`);
  const { passed, ...words } = parsed.output;
  return { phase: passed ? 'passed' : 'failed', ...words };
}

export function lateVerdict(timeout: number): Verdict {
  const seconds = timeout / 1000;
  return failedBy('late', {
    en: `The check was not done after ${seconds} s and was broken off.`,
    'pt-BR': `A verificação não terminou em ${seconds} s e foi interrompida.`,
  });
}

export const failedBy = (kind: NonNullable<CheckState['error']>['kind'], words: Text): Verdict => ({
  phase: 'failed',
  error: { kind, text: words },
});

function reasonOf(error: unknown): Verdict {
  const message = cut(error instanceof Error ? error.message : String(error));
  if (error instanceof CommandError) {
    return failedBy('cluster', {
      en: `The cluster does not answer: ${message}`,
      'pt-BR': `O cluster não responde: ${message}`,
    });
  }
  return failedBy('broken', {
    en: `The check could not be done: ${message}`,
    'pt-BR': `Não foi possível verificar: ${message}`,
  });
}

function cut(words: string): string {
  return words.length > LESSON_LIMITS.text ? `${words.slice(0, LESSON_LIMITS.text)}…` : words;
}
