/** From words to fields: variables, command substitution, arithmetic, and splitting at blanks. */
import type { Script, Word } from './syntax.ts';

export interface Scope {
  /** The value of a variable or special parameter; undefined where it is unset. */
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  /** `$@`: the arguments of the script. */
  positional: string[];
  /** Runs a script in a subshell and answers with what it printed. */
  capture(script: Script): Promise<string>;
}

/** A word in an assignment or as a redirection's target: one field, not split. */
export async function expandText(word: Word, scope: Scope): Promise<string> {
  let text = '';
  for (const part of word) text += (await expandPart(part, scope)).join(' ');
  return text;
}

/** A command's words: unquoted expansions are split at blanks, `"$@"` gives one field an argument. */
export async function expandFields(words: Word[], scope: Scope): Promise<string[]> {
  const fields: string[] = [];
  for (const word of words) {
    let current: string | undefined;
    const append = (text: string) => {
      current = (current ?? '') + text;
    };
    const close = () => {
      if (current !== undefined) fields.push(current);
      current = undefined;
    };
    for (const part of word) {
      const values = await expandPart(part, scope);
      const whole = part.quoted || part.kind === 'text';
      for (const [index, value] of values.entries()) {
        if (index > 0) close();
        const pieces = whole ? [value] : value.split(/[ \t\n]+/);
        for (const [at, piece] of pieces.entries()) {
          if (at > 0) close();
          if (whole || piece) append(piece);
        }
      }
    }
    close();
  }
  return fields;
}

async function expandPart(part: Word[number], scope: Scope): Promise<string[]> {
  switch (part.kind) {
    case 'text':
      return [part.text];
    case 'command':
      return [(await scope.capture(part.script)).replace(/\n+$/, '')];
    case 'arithmetic':
      return [String(evaluate(await expandText(part.expression, scope), scope))];
    case 'variable': {
      if (part.name === '@' || part.name === '*') {
        return part.name === '@' || !part.quoted ? scope.positional : [scope.positional.join(' ')];
      }
      const value = scope.get(part.name);
      const operand = async () => [await expandText(part.operand ?? [], scope)];
      switch (part.operator) {
        case '#':
          return [String((value ?? '').length)];
        case ':-':
          return value ? [value] : operand();
        case '-':
          return value !== undefined ? [value] : operand();
        case ':+':
          return value ? operand() : [''];
        case '+':
          return value !== undefined ? operand() : [''];
        case ':=': {
          if (value) return [value];
          const [fallback] = await operand();
          scope.set(part.name, fallback!);
          return [fallback!];
        }
        default:
          return value === undefined ? (part.quoted ? [''] : []) : [value];
      }
    }
  }
}

/** Binding strength of the binary operators of `$(( ))`, in whole numbers. */
const PRECEDENCE: Record<string, number> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};

/** Throws an Error with the shell's words where the expression cannot be read. */
export function evaluate(text: string, scope: Pick<Scope, 'get'>): number {
  const tokens = text.match(/\d+|[A-Za-z_]\w*|\|\||&&|[=!<>]=|[-+*/%<>()!]|\S/g) ?? [];
  let at = 0;
  const fail = () => new Error('arithmetic syntax error');
  const unary = (): number => {
    const token = tokens[at++];
    if (token === undefined) throw fail();
    if (token === '-') return -unary();
    if (token === '+') return unary();
    if (token === '!') return unary() === 0 ? 1 : 0;
    if (token === '(') {
      const value = binary(1);
      if (tokens[at++] !== ')') throw fail();
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    if (/^[A-Za-z_]/.test(token)) return Number(scope.get(token) || 0) || 0;
    throw fail();
  };
  const binary = (least: number): number => {
    let left = unary();
    for (;;) {
      const operator = tokens[at] ?? '';
      const strength = PRECEDENCE[operator];
      if (strength === undefined || strength < least) return left;
      at++;
      left = apply(operator, left, binary(strength + 1));
    }
  };
  if (tokens.length === 0) return 0;
  const value = binary(1);
  if (at < tokens.length) throw fail();
  return value;
}

function apply(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
    case '%':
      if (b === 0) throw new Error('divide by zero');
      return operator === '/' ? Math.trunc(a / b) : a % b;
    case '==':
      return Number(a === b);
    case '!=':
      return Number(a !== b);
    case '<':
      return Number(a < b);
    case '>':
      return Number(a > b);
    case '<=':
      return Number(a <= b);
    case '>=':
      return Number(a >= b);
    case '&&':
      return Number(a !== 0 && b !== 0);
    default:
      return Number(a !== 0 || b !== 0);
  }
}
