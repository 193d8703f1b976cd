/** Splits a command line into words and operators as bash and zsh do (POSIX Shell Command Language, 2.2 and 2.3). */

export interface Token {
  kind: 'word' | 'operator';
  text: string;
  /** Nothing in it was quoted: it can be a reserved word. */
  plain: boolean;
}

export function shellTokens(line: string): Token[] {
  return new Lexer(line).tokens();
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
