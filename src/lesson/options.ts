/** Reads what stands behind the language of a fenced block: `run terminal=2 background ready="Forwarding from"`. */
import { LIMITS } from '../../server/protocol';

export interface RunOptions {
  terminal: number;
  background: boolean;
  ready?: string;
}

/** Throws an Error whose message says what was expected and what was seen. `meta` begins with the word `run`. */
export function parseRunOptions(meta: string): RunOptions {
  const options: RunOptions = { terminal: 1, background: false };
  const seen = new Set<string>();
  for (const [name, value] of parseWords(meta.trim().replace(/^run\b/, ''))) {
    if (seen.has(name)) throw new Error(`option ${name} is given twice`);
    seen.add(name);
    switch (name) {
      case 'terminal':
        options.terminal = tabNumber(value);
        break;
      case 'background':
        if (value !== undefined) throw new Error('option background takes no value');
        options.background = true;
        break;
      case 'ready':
        if (value === undefined || value === '') throw new Error('option ready needs a text: ready="Forwarding from"');
        if (value.length > 200) throw new Error('option ready takes at most 200 characters');
        options.ready = value;
        break;
      default:
        throw new Error(`unknown option ${name}; known are terminal=<number>, background and ready="<text>"`);
    }
  }
  if (options.ready !== undefined && !options.background) throw new Error('option ready needs background beside it');
  return options;
}

function tabNumber(value: string | undefined): number {
  const tab = Number(value);
  if (!Number.isInteger(tab) || tab < 1 || tab > LIMITS.terminals) {
    throw new Error(`option terminal takes a number from 1 to ${LIMITS.terminals}, not ${value ?? 'nothing'}`);
  }
  return tab;
}

function parseWords(text: string): [name: string, value: string | undefined][] {
  const words: [string, string | undefined][] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match = /^([^\s="]+)(?:=(?:"([^"]*)"|([^\s"]*)))?(?:\s+|$)/.exec(rest);
    if (match === null) throw new Error(`cannot read the options from here on: ${rest}`);
    words.push([match[1]!, match[2] ?? match[3]]);
    rest = rest.slice(match[0].length);
  }
  return words;
}
