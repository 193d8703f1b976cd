/** Commands that print, and those that work on lines of text. */
import { type Command, type Invocation, interruptible, options, UsageError } from '../command.ts';
import { absolute } from '../paths.ts';

const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\x1b',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** Backslash escapes as `printf` and `echo -e` read them. */
export const withEscapes = (text: string): string =>
  text.replace(/\\(?:x([\da-fA-F]{1,2})|0?([0-7]{1,3})|(.))/g, (all, hex, octal, letter) => {
    if (hex) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal) return String.fromCharCode(Number.parseInt(octal, 8));
    return ESCAPES[letter] ?? all;
  });

/** The text of files, or of standard input for `-` and where there are none. Says which files are missing. */
async function inputs(
  invocation: Invocation,
  names: string[],
): Promise<{ texts: [name: string, text: string][]; failed: boolean }> {
  const texts: [string, string][] = [];
  let failed = false;
  for (const name of names.length > 0 ? names : ['-']) {
    const path = absolute(name, invocation.cwd);
    const text =
      name === '-' ? await interruptible(invocation.stdin.readAll(), invocation.signal) : invocation.files.read(path);
    if (text !== undefined) texts.push([name, text]);
    else {
      failed = true;
      const why = invocation.files.isFolder(path)
        ? 'read error: Is a directory'
        : `can't open '${name}': No such file or directory`;
      invocation.stderr(`${invocation.name}: ${why}\n`);
    }
  }
  return { texts, failed };
}

const linesOf = (text: string): string[] => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

const count = (text: string | undefined, fallback: number): number => {
  if (text === undefined) return fallback;
  if (!/^\d+$/.test(text)) throw new UsageError(`invalid number '${text}'`);
  return Number(text);
};

/** `head -5` is `head -n 5`. */
const withCount = (invocation: Invocation): Invocation => ({
  ...invocation,
  args: invocation.args.map((arg) => (/^-\d+$/.test(arg) ? `-n${arg.slice(1)}` : arg)),
});

function format(pattern: string, values: string[]): { text: string; used: number } {
  let used = 0;
  const text = withEscapes(pattern).replace(
    /%(-?)(0?)(\d*)(?:\.(\d+))?([sdfbcx%])/g,
    (_all, left, zero, width, precision, kind) => {
      if (kind === '%') return '%';
      const value = values[used++] ?? '';
      const number = Number(value) || 0;
      let piece =
        kind === 'd'
          ? String(Math.trunc(number))
          : kind === 'x'
            ? Math.trunc(number).toString(16)
            : kind === 'f'
              ? number.toFixed(precision === undefined ? 6 : Number(precision))
              : kind === 'b'
                ? withEscapes(value)
                : kind === 'c'
                  ? value.slice(0, 1)
                  : precision === undefined
                    ? value
                    : value.slice(0, Number(precision));
      piece = left ? piece.padEnd(Number(width)) : piece.padStart(Number(width), zero && kind !== 's' ? '0' : ' ');
      return piece;
    },
  );
  return { text, used };
}

export const textCommands: Record<string, Command> = {
  echo({ args, stdout }) {
    const words = [...args];
    let newline = true;
    let escapes = false;
    while (words[0] !== undefined && /^-[neE]+$/.test(words[0])) {
      const word = words.shift()!;
      if (word.includes('n')) newline = false;
      if (word.includes('e')) escapes = true;
    }
    const text = words.join(' ');
    stdout((escapes ? withEscapes(text) : text) + (newline ? '\n' : ''));
    return 0;
  },

  printf({ args, stdout }) {
    const [pattern, ...values] = args;
    if (pattern === undefined) throw new UsageError('usage: printf FORMAT [ARG]...');
    let rest = values;
    do {
      const { text, used } = format(pattern, rest);
      stdout(text);
      if (used === 0) break;
      rest = rest.slice(used);
    } while (rest.length > 0);
    return 0;
  },

  async cat(invocation) {
    const { operands } = options(invocation, 'u');
    if (operands.length === 0) {
      for (;;) {
        const chunk = await interruptible(invocation.stdin.read(), invocation.signal);
        if (!chunk) return 0;
        invocation.stdout(chunk);
      }
    }
    const { texts, failed } = await inputs(invocation, operands);
    for (const [, text] of texts) invocation.stdout(text);
    return failed ? 1 : 0;
  },

  async head(invocation) {
    const { given, operands } = options(withCount(invocation), '', 'n');
    const wanted = count(given.get('n'), 10);
    if (operands.length === 0) {
      for (let line = 0; line < wanted; line++) {
        const text = await interruptible(invocation.stdin.readLine(), invocation.signal);
        if (text === undefined) break;
        invocation.stdout(`${text}\n`);
      }
      return 0;
    }
    const { texts, failed } = await inputs(invocation, operands);
    for (const [, text] of texts) for (const line of linesOf(text).slice(0, wanted)) invocation.stdout(`${line}\n`);
    return failed ? 1 : 0;
  },

  async tail(invocation) {
    const { given, operands } = options(withCount(invocation), '', 'n');
    const wanted = count(given.get('n'), 10);
    const { texts, failed } = await inputs(invocation, operands);
    for (const [, text] of texts) {
      for (const line of wanted === 0 ? [] : linesOf(text).slice(-wanted)) invocation.stdout(`${line}\n`);
    }
    return failed ? 1 : 0;
  },

  async wc(invocation) {
    const { given, operands } = options(invocation, 'lwc');
    const { texts, failed } = await inputs(invocation, operands);
    for (const [name, text] of texts) {
      const lines = text.split('\n').length - 1;
      const words = text.split(/\s+/).filter(Boolean).length;
      const counts = { l: lines, w: words, c: Buffer.byteLength(text) };
      const shown = (['l', 'w', 'c'] as const).filter((key) => given.size === 0 || given.has(key));
      const numbers = shown.map((key) => (shown.length > 1 ? String(counts[key]).padStart(9) : String(counts[key])));
      invocation.stdout(`${numbers.join(' ')}${operands.length > 0 ? ` ${name}` : ''}\n`);
    }
    return failed ? 1 : 0;
  },

  async grep(invocation) {
    const { given, operands } = options(invocation, 'EFcinoqvwHh', 'e');
    const pattern = given.get('e') ?? operands.shift();
    if (pattern === undefined) throw new UsageError('usage: grep [-EFcinoqvw] PATTERN [FILE]...', 2);
    const source = given.has('F')
      ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      : given.has('E')
        ? pattern
        : // In a basic expression + ? | ( ) { } are plain, and special after a backslash.
          pattern.replace(/\\?[+?|(){}]/g, (found) => (found.length === 2 ? found[1]! : `\\${found}`));
    let expression: RegExp;
    try {
      expression = new RegExp(given.has('w') ? `\\b(?:${source})\\b` : source, given.has('i') ? 'gi' : 'g');
    } catch (error) {
      throw new UsageError(`bad regex '${pattern}': ${(error as Error).message}`, 2);
    }
    const { texts, failed } = await inputs(invocation, operands);
    let matched = 0;
    for (const [name, text] of texts) {
      const prefix = (texts.length > 1 && !given.has('h')) || given.has('H') ? `${name}:` : '';
      let here = 0;
      for (const [index, line] of linesOf(text).entries()) {
        const found = line.match(expression);
        if ((found !== null) === given.has('v')) continue;
        here++;
        if (given.has('q') || given.has('c')) continue;
        const number = given.has('n') ? `${index + 1}:` : '';
        for (const piece of given.has('o') && found ? found : [line]) invocation.stdout(`${prefix}${number}${piece}\n`);
      }
      if (given.has('c') && !given.has('q')) invocation.stdout(`${prefix}${here}\n`);
      matched += here;
    }
    return matched > 0 ? 0 : failed ? 2 : 1;
  },

  async sort(invocation) {
    const { given, operands } = options(invocation, 'nru');
    const { texts, failed } = await inputs(invocation, operands);
    let lines = texts.flatMap(([, text]) => linesOf(text));
    const number = (line: string) => Number.parseFloat(line) || 0;
    lines.sort((a, b) => (given.has('n') ? number(a) - number(b) : 0) || (a < b ? -1 : a > b ? 1 : 0));
    if (given.has('r')) lines.reverse();
    if (given.has('u')) lines = [...new Set(lines)];
    for (const line of lines) invocation.stdout(`${line}\n`);
    return failed ? 1 : 0;
  },

  async uniq(invocation) {
    const { given, operands } = options(invocation, 'cdu');
    const { texts, failed } = await inputs(invocation, operands);
    const runs: [line: string, times: number][] = [];
    for (const line of texts.flatMap(([, text]) => linesOf(text))) {
      const last = runs.at(-1);
      if (last?.[0] === line) last[1]++;
      else runs.push([line, 1]);
    }
    for (const [line, times] of runs) {
      if ((given.has('d') && times === 1) || (given.has('u') && times > 1)) continue;
      invocation.stdout(`${given.has('c') ? `${String(times).padStart(7)} ` : ''}${line}\n`);
    }
    return failed ? 1 : 0;
  },

  async tee(invocation) {
    const { given, operands } = options(invocation, 'a');
    const text = await interruptible(invocation.stdin.readAll(), invocation.signal);
    invocation.stdout(text);
    for (const name of operands) {
      try {
        invocation.files.write(absolute(name, invocation.cwd), text, given.has('a'));
      } catch (error) {
        throw new UsageError(`${name}: ${(error as Error).message}`);
      }
    }
    return 0;
  },
};
