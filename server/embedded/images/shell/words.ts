/** Reads the words of a script: quotes, variables, substitutions. */
import { type Part, type Script, ShellSyntaxError, type Word } from './syntax.ts';

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SPECIAL = /[?$!#@*0-9-]/;
const WORD_END = /[\s;&|<>()]/;

/** A place in a script's text. Parses nested scripts by the function that it is given. */
export class WordReader {
  position = 0;

  constructor(
    readonly text: string,
    private readonly parseScript: (text: string) => Script,
  ) {}

  get next(): string {
    return this.text[this.position] ?? '';
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.position);
  }

  /** Blanks, comments and escaped line breaks. */
  skipBlanks(): void {
    for (;;) {
      if (this.next === ' ' || this.next === '\t' || this.next === '\r') this.position++;
      else if (this.startsWith('\\\n')) this.position += 2;
      else if (this.next === '#') this.position += /^[^\n]*/.exec(this.text.slice(this.position))![0].length;
      else return;
    }
  }

  /** The word here, or nothing where none begins. */
  word(): Word | undefined {
    const parts: Word = [];
    const start = this.position;
    while (this.next && !WORD_END.test(this.next)) this.part(parts, false);
    return this.position > start ? parts : undefined;
  }

  private part(parts: Word, quoted: boolean): void {
    const character = this.next;
    if (character === "'" && !quoted) this.single(parts);
    else if (character === '"' && !quoted) this.double(parts);
    else if (character === '$') this.dollar(parts, quoted);
    else if (character === '`') this.backticks(parts, quoted);
    else if (character === '\\') this.escape(parts, quoted);
    else {
      this.position++;
      addText(parts, character, quoted);
    }
  }

  private single(parts: Word): void {
    const end = this.text.indexOf("'", this.position + 1);
    if (end < 0) throw new ShellSyntaxError('unterminated quoted string', true);
    addText(parts, this.text.slice(this.position + 1, end), true);
    this.position = end + 1;
  }

  private double(parts: Word): void {
    this.position++;
    // So that "" is a word of its own.
    addText(parts, '', true);
    while (this.next !== '"') {
      if (!this.next) throw new ShellSyntaxError('unterminated quoted string', true);
      this.part(parts, true);
    }
    this.position++;
  }

  private escape(parts: Word, quoted: boolean): void {
    const following = this.text[this.position + 1];
    if (following === undefined) throw new ShellSyntaxError('unexpected end of file', true);
    this.position += 2;
    if (following === '\n') return;
    const keepsBackslash = quoted && !'$`"\\'.includes(following);
    addText(parts, keepsBackslash ? `\\${following}` : following, true);
  }

  private dollar(parts: Word, quoted: boolean): void {
    this.position++;
    if (this.startsWith('((')) {
      const end = this.matching('((', '))');
      const inner = new WordReader(end, this.parseScript);
      const expression: Word = [];
      while (inner.next) inner.part(expression, true);
      parts.push({ kind: 'arithmetic', expression, quoted });
    } else if (this.next === '(') {
      parts.push({ kind: 'command', script: this.parseScript(this.matching('(', ')')), quoted });
    } else if (this.next === '{') {
      parts.push(this.braced(quoted));
    } else {
      const name = this.name() ?? (SPECIAL.test(this.next) ? this.text[this.position++] : undefined);
      if (name === undefined) addText(parts, '$', quoted);
      else parts.push({ kind: 'variable', name, quoted });
    }
  }

  private braced(quoted: boolean): Part {
    const content = this.matching('{', '}');
    const inner = new WordReader(content, this.parseScript);
    const length = content.length > 1 && content.startsWith('#');
    if (length) inner.position++;
    const name = inner.name() ?? (SPECIAL.test(inner.next) ? inner.text[inner.position++] : undefined);
    if (name === undefined) throw new ShellSyntaxError('bad substitution');
    if (length) return { kind: 'variable', name, quoted, operator: '#' };
    if (!inner.next) return { kind: 'variable', name, quoted };
    const operator = ([':-', ':=', ':+', '-', '+'] as const).find((candidate) => inner.startsWith(candidate));
    if (!operator) throw new ShellSyntaxError('bad substitution');
    inner.position += operator.length;
    const operand: Word = [];
    while (inner.next) inner.part(operand, quoted);
    return { kind: 'variable', name, quoted, operator, operand };
  }

  private backticks(parts: Word, quoted: boolean): void {
    const end = this.text.indexOf('`', this.position + 1);
    if (end < 0) throw new ShellSyntaxError('EOF in backquote substitution', true);
    parts.push({ kind: 'command', script: this.parseScript(this.text.slice(this.position + 1, end)), quoted });
    this.position = end + 1;
  }

  private name(): string | undefined {
    NAME.lastIndex = this.position;
    const name = NAME.exec(this.text)?.[0];
    if (name) this.position += name.length;
    return name;
  }

  /** The text between `open`, which is here, and the `close` that belongs to it. */
  private matching(open: string, close: string): string {
    const start = this.position + open.length;
    let depth = 0;
    let quote = '';
    for (let at = start; at < this.text.length; at++) {
      const character = this.text[at]!;
      if (character === '\\') at++;
      else if (quote) quote = character === quote ? '' : quote;
      else if (character === "'" || character === '"') quote = character;
      else if (depth === 0 && this.text.startsWith(close, at)) {
        this.position = at + close.length;
        return this.text.slice(start, at);
      } else if (character === open[0]) depth++;
      else if (character === close[0]) depth--;
    }
    throw new ShellSyntaxError(`unexpected end of file (expecting "${close}")`, true);
  }
}

function addText(parts: Word, text: string, quoted: boolean): void {
  const last = parts.at(-1);
  if (last?.kind === 'text' && last.quoted === quoted) last.text += text;
  else parts.push({ kind: 'text', text, quoted });
}
