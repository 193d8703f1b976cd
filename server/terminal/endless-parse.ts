/**
 * Reads a command line as bash and zsh do (POSIX Shell Command Language, section 2.9), as far as needed
 * to tell which programs it runs, in which order, and which of them in the background. Expansions stay as they are.
 */

import { shellTokens, type Token } from './endless-words.ts';

export type ShellNode =
  /** A program with its words, quotes taken off; assignments before it included. */
  | { kind: 'simple'; words: string[] }
  | { kind: 'loop'; condition: ShellList; body: ShellList; until: boolean }
  /** `for`; `forever`: its arithmetic has no condition. */
  | { kind: 'for'; body: ShellList; forever: boolean }
  /** A subshell, a brace group, `if`, `case`: any of the lists may run. */
  | { kind: 'group'; lists: ShellList[] };

/** Pipelines one after another; `background`: the shell does not wait for it. */
export type ShellList = { pipeline: ShellNode[]; background: boolean }[];

/** Deeper nesting is not followed: nobody types it, and it must not exhaust the stack. */
const DEEPEST = 40;

export function parseShell(line: string): ShellList {
  return new Parser(shellTokens(line)).list([], 0);
}

class Parser {
  #at = 0;

  constructor(private readonly tokens: Token[]) {}

  /** Up to one of the reserved words or operators in `ends`, which stays; or to the end. */
  list(ends: string[], depth: number): ShellList {
    const list: ShellList = [];
    if (depth > DEEPEST) {
      this.#at = this.tokens.length;
      return list;
    }
    while (this.#at < this.tokens.length && !this.#isAt(ends)) {
      const before = this.#at;
      const pipeline = this.#pipeline(depth);
      const background = this.#take('&');
      if (!background && !this.#take('&&') && !this.#take('||') && !this.#take(';')) this.#take('\n');
      // A closing bracket or word that nothing opened: the shell will complain, we go on.
      if (this.#at === before) this.#at++;
      if (pipeline.length > 0) list.push({ pipeline, background });
    }
    // `a && b &`: the whole and-or list goes to the background.
    for (let index = list.length - 2; index >= 0; index--) {
      if (list[index + 1]!.background && this.#joined.has(list[index]!.pipeline)) list[index]!.background = true;
    }
    return list;
  }

  /** Pipelines that `&&` or `||` ties to the next. */
  #joined = new Set<ShellNode[]>();

  #pipeline(depth: number): ShellNode[] {
    const nodes: ShellNode[] = [];
    do {
      while (this.#take('\n'));
      while (this.#takeWord('!') || this.#takeWord('time'));
      const node = this.#command(depth);
      if (node) nodes.push(node);
    } while (this.#take('|'));
    if (this.#peek('&&') || this.#peek('||')) this.#joined.add(nodes);
    return nodes;
  }

  #command(depth: number): ShellNode | undefined {
    if (this.#take('(')) return this.#closed([this.list([')'], depth + 1)], ')');
    if (this.#takeWord('{')) return this.#closed([this.list(['}'], depth + 1)], '}');
    if (this.#takeWord('if')) return this.#if(depth);
    if (this.#takeWord('case')) return this.#case(depth);
    if (this.#takeWord('for') || this.#takeWord('select')) return this.#for(depth);
    const isUntil = this.#peekWord('until');
    if (this.#takeWord('while') || this.#takeWord('until')) {
      const condition = this.list(['do'], depth + 1);
      this.#takeWord('do');
      const body = this.list(['done'], depth + 1);
      this.#takeWord('done');
      return { kind: 'loop', condition, body, until: isUntil };
    }
    return this.#simple(depth);
  }

  #simple(depth: number): ShellNode | undefined {
    const words: string[] = [];
    if (this.#takeWord('function')) {
      this.#at++;
      return this.#functionBody(depth);
    }
    while (this.tokens[this.#at]?.kind === 'word') {
      words.push(this.tokens[this.#at++]!.text);
      if (words.length === 1 && this.#peek('(') && this.tokens[this.#at + 1]?.text === ')') {
        this.#at += 2;
        return this.#functionBody(depth);
      }
    }
    return words.length > 0 ? { kind: 'simple', words } : undefined;
  }

  /** A definition runs nothing. */
  #functionBody(depth: number): ShellNode {
    this.#take('(');
    this.#take(')');
    while (this.#take('\n'));
    this.#command(depth + 1);
    return { kind: 'group', lists: [] };
  }

  #if(depth: number): ShellNode {
    const lists: ShellList[] = [];
    while (this.#at < this.tokens.length && !this.#takeWord('fi')) {
      lists.push(this.list(['then', 'elif', 'else', 'fi'], depth + 1));
      while (this.#takeWord('then') || this.#takeWord('elif') || this.#takeWord('else'));
    }
    return { kind: 'group', lists };
  }

  #case(depth: number): ShellNode {
    const lists: ShellList[] = [];
    while (this.#at < this.tokens.length && !this.#takeWord('in')) this.#at++;
    while (this.#at < this.tokens.length && !this.#takeWord('esac')) {
      if (this.#take(';;') || this.#take('\n') || this.#take('(')) continue;
      while (this.#at < this.tokens.length && !this.#take(')')) this.#at++;
      lists.push(this.list([';;', 'esac'], depth + 1));
    }
    return { kind: 'group', lists };
  }

  #for(depth: number): ShellNode {
    let forever = false;
    let semicolons = 0;
    // Its head ends at `do`; two semicolons with nothing between them: no condition.
    while (this.#at < this.tokens.length && !this.#takeWord('do')) {
      const { text } = this.tokens[this.#at++]!;
      semicolons = text === ';' ? semicolons + 1 : 0;
      if (text === ';;' || semicolons === 2) forever = true;
    }
    const body = this.list(['done'], depth + 1);
    this.#takeWord('done');
    return { kind: 'for', body, forever };
  }

  #closed(lists: ShellList[], end: string): ShellNode {
    if (!this.#take(end)) this.#takeWord(end);
    return { kind: 'group', lists };
  }

  #isAt(ends: string[]): boolean {
    return ends.some((end) => this.#peek(end) || this.#peekWord(end));
  }

  #peek(operator: string): boolean {
    const token = this.tokens[this.#at];
    return token?.kind === 'operator' && token.text === operator;
  }

  #peekWord(word: string): boolean {
    const token = this.tokens[this.#at];
    return token?.kind === 'word' && token.plain && token.text === word;
  }

  #take(operator: string): boolean {
    const is = this.#peek(operator);
    if (is) this.#at++;
    return is;
  }

  #takeWord(word: string): boolean {
    const is = this.#peekWord(word);
    if (is) this.#at++;
    return is;
  }
}
