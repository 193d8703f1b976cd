/** Tells from a command line whether it goes on until somebody stops it: `kubectl port-forward`, `tail -f`, `yes`. */

import { parseShell, type ShellList, type ShellNode } from './endless-parse.ts';
import { CUTS, ENDLESS, type EndlessRule, SHELLS, WRAPPERS } from './endless-rules.ts';

const ASSIGNMENT = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/;
/** `sh -c` within `sh -c`, and so on. */
const DEEPEST = 5;

/** A guess by the words alone: aliases and functions of the learner's own are not looked into. */
export function isEndless(line: string): boolean {
  return listIsEndless(parseShell(line), 0);
}

function listIsEndless(list: ShellList, depth: number): boolean {
  return list.some(({ pipeline, background }) => !background && pipelineIsEndless(pipeline, depth));
}

function pipelineIsEndless(nodes: ShellNode[], depth: number): boolean {
  return nodes.some(
    (node, index) => nodeIsEndless(node, index > 0, depth) && !nodes.slice(index + 1).some((later) => cutsShort(later)),
  );
}

function nodeIsEndless(node: ShellNode, fromPipe: boolean, depth: number): boolean {
  switch (node.kind) {
    case 'simple':
      return commandIsEndless(node.words, fromPipe, depth);
    case 'group':
      return node.lists.some((list) => listIsEndless(list, depth));
    case 'for':
      return (node.forever && !leaves(node.body)) || listIsEndless(node.body, depth);
    case 'loop':
      return (
        (isConstant(node.condition, node.until) && !leaves(node.body)) ||
        listIsEndless(node.condition, depth) ||
        listIsEndless(node.body, depth)
      );
  }
}

/** `while true`, `while :`, `while sleep 1`, `while [ 1 ]`, `until false`. */
function isConstant(condition: ShellList, until: boolean): boolean {
  const node = condition.at(-1)?.pipeline.at(-1);
  if (node?.kind !== 'simple') return false;
  const words = node.words.join(' ');
  return until ? words === 'false' : /^(?:true|:|sleep .*|\[ (?:1|true) \]|\[\[ (?:1|true) \]\])$/.test(words);
}

/** Something in a loop's body may end the loop. */
function leaves(list: ShellList): boolean {
  return list.some(({ pipeline }) => pipeline.some(nodeLeaves));
}

function nodeLeaves(node: ShellNode): boolean {
  switch (node.kind) {
    case 'simple':
      return ['break', 'return', 'exit'].includes(node.words[0] ?? '');
    case 'group':
      return node.lists.some(leaves);
    case 'for':
      return leaves(node.body);
    case 'loop':
      return leaves(node.condition) || leaves(node.body);
  }
}

function cutsShort(node: ShellNode): boolean {
  if (node.kind !== 'simple') return false;
  const [program, ...args] = unwrapped(node.words) ?? [];
  return program !== undefined && CUTS.some((rule) => fits(rule, program, args));
}

function commandIsEndless(words: string[], fromPipe: boolean, depth: number): boolean {
  if (depth > DEEPEST) return false;
  const own = unwrapped(words);
  if (own === undefined) return false;
  const [program = '', ...args] = own;
  if (SHELLS.includes(program)) {
    const at = args.findIndex((word) => /^-[a-z]*c$/.test(word));
    return at !== -1 && listIsEndless(parseShell(args[at + 1] ?? ''), depth + 1);
  }
  const inner = args.indexOf('--');
  if (['kubectl', 'k', 'oc'].includes(program) && args.includes('exec') && inner !== -1) {
    return commandIsEndless(args.slice(inner + 1), false, depth + 1);
  }
  // Reading from a pipe, tail ends with what it reads, unless it is told a file.
  if (program === 'tail' && !fromPipe && args.length > 0) {
    return ENDLESS.some((rule) => fits({ ...rule, operand: undefined }, program, args));
  }
  return ENDLESS.some((rule) => fits(rule, program, args));
}

/** The program's name and its words, without assignments and what runs it; undefined where none runs, or not for long. */
function unwrapped(words: string[]): string[] | undefined {
  let rest = words;
  for (;;) {
    const first = rest.findIndex((word) => !ASSIGNMENT.test(word));
    if (first === -1) return undefined;
    rest = rest.slice(first);
    const program = rest[0]!.split('/').at(-1)!;
    if (program === 'timeout') {
      const { at } = readOptions(rest.slice(1), ['-s', '--signal', '-k', '--kill-after'], true);
      // 0 switches the limit off.
      if (!/^0+(?:\.0+)?[smhd]?$/.test(rest[at + 1] ?? '')) return undefined;
      rest = rest.slice(at + 2);
    } else {
      const wrapper = Object.hasOwn(WRAPPERS, program) ? WRAPPERS[program] : undefined;
      if (wrapper === undefined) return [program, ...rest.slice(1)];
      const { options, at } = readOptions(rest.slice(1), wrapper.values ?? [], true);
      if (wrapper.asks?.some((option) => options.has(option))) return undefined;
      rest = rest.slice(1 + at + (wrapper.operands ?? 0));
    }
  }
}

function fits(rule: EndlessRule, program: string, args: string[]): boolean {
  if (!rule.programs.includes(program)) return false;
  const { options, operands } = readOptions(args, rule.values ?? []);
  const has = (option: string) => {
    const [name = '', value] = option.split('=');
    const given = options.get(name);
    return value === undefined ? given !== undefined && !/^(?:false|0)$/.test(given) : given === value;
  };
  const beginning = `${operands.join(' ')} `;
  return (
    !options.has('--help') &&
    (rule.subcommands === undefined || rule.subcommands.some((words) => beginning.startsWith(`${words} `))) &&
    (rule.with === undefined || rule.with.some(has)) &&
    !rule.without?.some((option) => options.has(option)) &&
    (rule.operand === undefined || operands.some((word) => rule.operand!.test(word)))
  );
}

interface Options {
  /** Each option with its value; '' where it has none. Short ones that are written together, each by itself. */
  options: Map<string, string>;
  operands: string[];
  /** Index of the first operand. */
  at: number;
}

/** As getopt_long does; `leading`: only up to the first word that is no option. */
function readOptions(words: string[], values: string[], leading = false): Options {
  const options = new Map<string, string>();
  const operands: string[] = [];
  let at: number | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === '--') {
      at ??= index + 1;
      operands.push(...words.slice(index + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      at ??= index;
      if (leading) break;
      operands.push(word);
    } else if (word.startsWith('--')) {
      const [name = '', value] = splitOnce(word);
      if (value === undefined && values.includes(name)) options.set(name, words[++index] ?? '');
      else options.set(name, value ?? '');
    } else {
      index += readShort(word, words[index + 1], values, options);
    }
  }
  return { options, operands, at: at ?? words.length };
}

/** `-Aw`, `-owide`, `-o wide`, `-w=false`. Returns how many of the next words were its value. */
function readShort(word: string, next: string | undefined, values: string[], options: Map<string, string>): number {
  for (let index = 1; index < word.length; index++) {
    const option = `-${word[index]}`;
    const rest = word.slice(index + 1);
    if (values.includes(option)) {
      options.set(option, rest === '' ? (next ?? '') : rest.replace(/^=/, ''));
      return rest === '' ? 1 : 0;
    }
    if (rest.startsWith('=')) {
      options.set(option, rest.slice(1));
      return 0;
    }
    options.set(option, '');
  }
  return 0;
}

function splitOnce(word: string): [name: string, value?: string] {
  const at = word.indexOf('=');
  return at === -1 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}
