/**
 * Reads a command line as bash and zsh do (POSIX Shell Command Language, sections 2.2, 2.3 and 2.9), as far as needed
 * to tell which programs it runs, in which order, and which of them in the background. Expansions stay as they are.
 */

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

interface Token {
  kind: 'word' | 'operator';
  text: string;
  /** Nothing in it was quoted: it can be a reserved word. */
  plain: boolean;
}

/** Deeper nesting is not followed: nobody types it, and it must not exhaust the stack. */
const DEEPEST = 40;

export function parseShell(line: string): ShellList {
  return new Parser(new Lexer(line).tokens()).list([], 0);
}

class Lexer {
  #at = 0;
  #tokens: Token[] = [];
  /** Delimiters of here-documents whose text begins at the next line. */
  #hereDocuments: { delimiter: string; tabs: boolean }[] = [];

  constructor(private readonly line: string) {}

  tokens(): Token[] {
    while (this.#at < this.line.length) this.#token();
    return this.#tokens;
  }

  #token(): void {
    const rest = this.line.slice(this.#at, this.#at + 4);
    const character = rest[0]!;
    if (character === '\n') {
      this.#at++;
      this.#operator('\n');
      this.#skipHereDocuments();
    } else if (/\s/.test(character)) this.#at++;
    else if (rest.startsWith('\\\n')) this.#at += 2;
    else if (character === '#') this.#at = this.#endOfLine();
    else if (/^(?:\d*[<>](?!\()|&>)/.test(this.line.slice(this.#at, this.#at + 12))) this.#redirection();
    else {
      const [operator] = /^(?:&&|\|\||;;|\|&|[;&|()])/.exec(rest) ?? [];
      if (operator === undefined) this.#tokens.push(this.#word());
      else {
        this.#at += operator.length;
        this.#operator(operator === '|&' ? '|' : operator);
      }
    }
  }

  #operator(text: string): void {
    this.#tokens.push({ kind: 'operator', text, plain: true });
  }

  /** The operator and its target are left out: they do not change what runs. */
  #redirection(): void {
    const [operator] = /^\d*(?:<<<|<<-|<<|<>|<&|>>|>\||>&|&>>|&>|[<>])/.exec(this.line.slice(this.#at))!;
    this.#at += operator.length;
    while (/[ \t]/.test(this.line[this.#at] ?? '')) this.#at++;
    const target = this.#word();
    const kind = operator.replace(/^\d+/, '');
    if (kind === '<<' || kind === '<<-') {
      this.#hereDocuments.push({ delimiter: target.text, tabs: kind === '<<-' });
    }
  }

  #skipHereDocuments(): void {
    for (const { delimiter, tabs } of this.#hereDocuments.splice(0)) {
      while (this.#at < this.line.length) {
        const end = this.#endOfLine();
        const text = this.line.slice(this.#at, end);
        this.#at = end + 1;
        if ((tabs ? text.replace(/^\t+/, '') : text) === delimiter) break;
      }
    }
  }

  #endOfLine(): number {
    const end = this.line.indexOf('\n', this.#at);
    return end === -1 ? this.line.length : end;
  }

  #word(): Token {
    let text = '';
    let plain = true;
    while (this.#at < this.line.length) {
      const character = this.line[this.#at]!;
      const next = this.line[this.#at + 1];
      if (character === '\\') {
        if (next !== '\n') text += next ?? '';
        this.#at += 2;
        plain = false;
      } else if (character === "'" || (character === '$' && next === "'")) {
        text += this.#quoted(character === '$' ? 2 : 1);
        plain = false;
      } else if (character === '"' || (character === '$' && next === '"')) {
        this.#at += character === '$' ? 2 : 1;
        text += this.#doubleQuoted();
        plain = false;
      } else if (character === '`') text += this.#until('`');
      else if ((character === '$' && (next === '(' || next === '{')) || this.#opensWithin(text)) {
        text += this.#balanced();
      } else if (/[\s;&|()<>]/.test(character)) break;
      else {
        text += character;
        this.#at++;
      }
    }
    return { kind: 'word', text, plain };
  }

  /** An array's value, or a process substitution: parentheses within a word. */
  #opensWithin(text: string): boolean {
    const two = this.line.slice(this.#at, this.#at + 2);
    return two === '<(' || two === '>(' || (two[0] === '(' && /^\w+\+?=$/.test(text));
  }

  #quoted(opening: number): string {
    const isEscaped = opening === 2;
    let at = this.#at + opening;
    while (at < this.line.length && this.line[at] !== "'") at += isEscaped && this.line[at] === '\\' ? 2 : 1;
    const text = this.line.slice(this.#at + opening, at);
    this.#at = at + 1;
    return text;
  }

  #doubleQuoted(): string {
    let text = '';
    while (this.#at < this.line.length) {
      const character = this.line[this.#at]!;
      const next = this.line[this.#at + 1];
      if (character === '"') break;
      if (character === '\\' && next !== undefined && /["\\$`\n]/.test(next)) {
        if (next !== '\n') text += next;
        this.#at += 2;
      } else if (character === '`') text += this.#until('`');
      else if (character === '$' && (next === '(' || next === '{')) text += this.#balanced();
      else {
        text += character;
        this.#at++;
      }
    }
    this.#at++;
    return text;
  }

  #until(end: string): string {
    const found = this.line.indexOf(end, this.#at + 1);
    const to = found === -1 ? this.line.length : found + 1;
    const text = this.line.slice(this.#at, to);
    this.#at = to;
    return text;
  }

  /** From here through the bracket that closes the next one opened; quotes within hide brackets. */
  #balanced(): string {
    const from = this.#at;
    let depth = 0;
    while (this.#at < this.line.length) {
      const character = this.line[this.#at]!;
      if (character === '\\') this.#at += 2;
      else if (character === "'") this.#quoted(1);
      else if (character === '"') {
        this.#at++;
        this.#skipDoubleQuoted();
      } else {
        this.#at++;
        if (character === '(' || character === '{') depth++;
        if ((character === ')' || character === '}') && --depth <= 0) break;
      }
    }
    return this.line.slice(from, this.#at);
  }

  /** As `doubleQuoted`, without following expansions: brackets in brackets in quotes end at the first quote. */
  #skipDoubleQuoted(): void {
    while (this.#at < this.line.length && this.line[this.#at] !== '"') this.#at += this.line[this.#at] === '\\' ? 2 : 1;
    this.#at++;
  }
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
