/** Parses a script into statements. */
import {
  type Node,
  type Pipeline,
  type Redirection,
  type Script,
  ShellSyntaxError,
  type Statement,
  type Word,
} from './syntax.ts';
import { WordReader } from './words.ts';

const RESERVED = new Set(['if', 'then', 'elif', 'else', 'fi', 'while', 'until', 'for', 'do', 'done', '{', '}', '!']);
const CLOSERS = ['then', 'elif', 'else', 'fi', 'do', 'done', '}'];
/** Of the real shell, not of this one. */
const NOT_SIMULATED = new Set(['case', 'function', 'select']);

/** Throws ShellSyntaxError. */
export function parse(text: string): Script {
  const parser = new Parser(new WordReader(text, parse));
  return parser.all();
}

class Parser {
  constructor(private readonly reader: WordReader) {}

  all(): Script {
    const script = this.script([]);
    if (this.reader.next) throw this.unexpected();
    return script;
  }

  /** Statements up to one of the closing words, which stays, or the end. */
  private script(closers: string[]): Script {
    const statements: Script = [];
    for (;;) {
      this.skipSeparators();
      const word = this.peekWord();
      if (!this.reader.next || this.reader.next === ')') break;
      if (word !== undefined && closers.includes(word)) break;
      statements.push(this.statement());
    }
    return statements;
  }

  private statement(): Statement {
    const parts: Statement['parts'] = [{ pipeline: this.pipeline() }];
    for (;;) {
      this.reader.skipBlanks();
      const operator = (['&&', '||'] as const).find((candidate) => this.reader.startsWith(candidate));
      if (!operator) break;
      this.reader.position += 2;
      this.skipNewlines();
      parts.push({ operator, pipeline: this.pipeline() });
    }
    const background = this.reader.next === '&';
    if (background) this.reader.position++;
    return { background, parts };
  }

  private pipeline(): Pipeline {
    this.reader.skipBlanks();
    let negated = false;
    while (this.peekWord() === '!') {
      this.take('!');
      negated = !negated;
    }
    const commands = [this.command()];
    for (;;) {
      this.reader.skipBlanks();
      if (this.reader.next !== '|' || this.reader.startsWith('||')) return { negated, commands };
      this.reader.position++;
      this.skipNewlines();
      commands.push(this.command());
    }
  }

  private command(): Node {
    this.reader.skipBlanks();
    if (this.reader.next === '(') return this.subshell();
    const word = this.peekWord();
    if (word !== undefined && NOT_SIMULATED.has(word)) {
      throw new ShellSyntaxError(`"${word}" is not simulated by the embedded cluster's shell`);
    }
    switch (word) {
      case '{': {
        this.take('{');
        const body = this.body(['}']);
        this.take('}');
        return { kind: 'group', body, subshell: false, redirections: this.redirections() };
      }
      case 'if':
        return this.conditional();
      case 'while':
      case 'until': {
        this.take(word);
        const condition = this.body(['do']);
        const body = this.doneBlock();
        return { kind: 'loop', until: word === 'until', condition, body, redirections: this.redirections() };
      }
      case 'for':
        return this.forLoop();
      default:
        if (word !== undefined && RESERVED.has(word)) throw this.unexpected();
        return this.simple();
    }
  }

  private subshell(): Node {
    this.reader.position++;
    const body = this.script([]);
    if (this.reader.next !== ')') throw this.unexpected('")"');
    this.reader.position++;
    return { kind: 'group', body, subshell: true, redirections: this.redirections() };
  }

  private conditional(): Node {
    const branches: { condition: Script; body: Script }[] = [];
    let otherwise: Script | undefined;
    this.take('if');
    for (;;) {
      const condition = this.body(['then']);
      this.take('then');
      branches.push({ condition, body: this.body(['elif', 'else', 'fi']) });
      const word = this.peekWord();
      if (word === 'elif') {
        this.take('elif');
        continue;
      }
      if (word === 'else') {
        this.take('else');
        otherwise = this.body(['fi']);
      }
      this.take('fi');
      return { kind: 'if', branches, otherwise, redirections: this.redirections() };
    }
  }

  private forLoop(): Node {
    this.take('for');
    this.reader.skipBlanks();
    const name = this.peekWord();
    if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) throw new ShellSyntaxError('bad for loop variable');
    this.take(name);
    this.skipNewlines();
    let words: Word[] | undefined;
    if (this.peekWord() === 'in') {
      this.take('in');
      words = [];
      for (;;) {
        this.reader.skipBlanks();
        const word = this.reader.word();
        if (!word) break;
        words.push(word);
      }
    }
    this.skipSeparators();
    return { kind: 'for', name, words, body: this.doneBlock(), redirections: this.redirections() };
  }

  private doneBlock(): Script {
    this.take('do');
    const body = this.body(['done']);
    this.take('done');
    return body;
  }

  private body(closers: string[]): Script {
    const script = this.script(closers);
    if (script.length === 0) throw this.unexpected();
    return script;
  }

  private simple(): Node {
    const node: Extract<Node, { kind: 'simple' }> = { kind: 'simple', assignments: [], words: [], redirections: [] };
    for (;;) {
      this.reader.skipBlanks();
      const redirection = this.redirection();
      if (redirection) {
        node.redirections.push(redirection);
        continue;
      }
      const word = this.reader.word();
      if (!word) break;
      const first = word[0];
      const assigned = first?.kind === 'text' && !first.quoted ? /^([A-Za-z_]\w*)=/.exec(first.text) : null;
      if (assigned && node.words.length === 0 && first?.kind === 'text') {
        const value: Word = [{ ...first, text: first.text.slice(assigned[0].length) }, ...word.slice(1)];
        node.assignments.push({ name: assigned[1]!, value });
      } else node.words.push(word);
    }
    if (node.words.length + node.assignments.length + node.redirections.length === 0) throw this.unexpected();
    if (this.reader.next === '(') throw new ShellSyntaxError('functions are not simulated by the embedded cluster');
    return node;
  }

  private redirections(): Redirection[] {
    const found: Redirection[] = [];
    for (;;) {
      this.reader.skipBlanks();
      const redirection = this.redirection();
      if (!redirection) return found;
      found.push(redirection);
    }
  }

  private redirection(): Redirection | undefined {
    const match = /^(\d?)(<<-?|<&|<|>>|>&|>\||>)/.exec(
      this.reader.text.slice(this.reader.position, this.reader.position + 4),
    );
    if (!match) return undefined;
    const [all, digit, operator] = match;
    if (operator!.startsWith('<<'))
      throw new ShellSyntaxError('here-documents are not simulated by the embedded cluster');
    this.reader.position += all.length;
    this.reader.skipBlanks();
    const target = this.reader.word();
    if (!target) throw this.unexpected();
    const fd = digit ? Number(digit) : operator!.startsWith('<') ? 0 : 1;
    const kind = operator!.endsWith('&')
      ? 'duplicate'
      : operator === '>>'
        ? 'append'
        : operator === '<'
          ? 'read'
          : 'write';
    return { fd, kind, target };
  }

  /** The plain word here without taking it; undefined where it has quotes or expansions. */
  private peekWord(): string | undefined {
    this.reader.skipBlanks();
    return /^[^\s;&|<>()'"`$\\]+(?=[\s;&|<>()]|$)/.exec(this.reader.text.slice(this.reader.position))?.[0];
  }

  private take(word: string): void {
    if (this.peekWord() !== word) throw this.unexpected(`"${word}"`);
    this.reader.position += word.length;
  }

  private skipNewlines(): void {
    this.reader.skipBlanks();
    while (this.reader.next === '\n') {
      this.reader.position++;
      this.reader.skipBlanks();
    }
  }

  private skipSeparators(): void {
    this.skipNewlines();
    while (this.reader.next === ';' && !this.reader.startsWith(';;')) {
      this.reader.position++;
      this.skipNewlines();
    }
  }

  private unexpected(expected?: string): ShellSyntaxError {
    const word = this.peekWord();
    const found =
      this.reader.next === '' ? 'end of file' : this.reader.next === '\n' ? 'newline' : `"${word ?? this.reader.next}"`;
    const incomplete = this.reader.next === '' || (this.reader.next === '\n' && word === undefined);
    const closer = word !== undefined && CLOSERS.includes(word);
    return new ShellSyntaxError(
      `unexpected ${found}${expected ? ` (expecting ${expected})` : ''}`,
      incomplete && !closer,
    );
  }
}
