/** Splits a shell block into the commands that a learner would type one after the other. */

const COMPOUND_OPEN = new Set(['if', 'case', 'for', 'while', 'until', 'select', '{']);
const COMPOUND_CLOSE = new Set(['fi', 'esac', 'done', '}']);
/** Words after which a new command begins on the same line. */
const COMMAND_FOLLOWS = new Set(['if', 'while', 'until', 'then', 'else', 'elif', 'do', '{', '!', 'time']);

export class CommandError extends Error {
  /** Line of the block, from 1, on which the unfinished command begins. */
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/**
 * One entry for each command. A command may span lines by a trailing backslash, an open quote, an open parenthesis, a
 * compound (`for … done`), a here-document, or a trailing `|`, `&&` or `||`, as in the POSIX shell grammar. Comments are
 * left out: zsh does not take them at a prompt. Throws CommandError where a command is not finished.
 */
export function splitCommands(source: string): string[] {
  const commands: string[] = [];
  let taken: string[] = [];
  let begin = 0;
  const scan = newScan();
  for (const [index, line] of source.split('\n').entries()) {
    if (taken.length === 0) {
      begin = index + 1;
      if (/^\s*(#|$)/.test(line)) continue;
    }
    const kept = scanLine(scan, line);
    if (kept !== undefined) taken.push(kept);
    if (isComplete(scan)) {
      commands.push(taken.join('\n').trim());
      taken = [];
      // A `case` has closing parentheses only: they must not count against the next command.
      scan.parentheses = 0;
    }
  }
  if (taken.length > 0) throw new CommandError(`this command is not finished: ${whatIsOpen(scan)}`, begin);
  return commands;
}

interface Scan {
  quote: "'" | '"' | '`' | undefined;
  parentheses: number;
  compounds: number;
  /** The line ends in a backslash, a pipe or a list operator. */
  continues: boolean;
  /** Here-documents announced and not yet ended; `tabs`: `<<-`, whose end may be indented by tabs. */
  heredocs: { end: string; tabs: boolean }[];
  inHeredoc: boolean;
}

const newScan = (): Scan => ({
  quote: undefined,
  parentheses: 0,
  compounds: 0,
  continues: false,
  heredocs: [],
  inHeredoc: false,
});

const isComplete = (s: Scan) =>
  s.quote === undefined && s.parentheses <= 0 && s.compounds <= 0 && !s.continues && s.heredocs.length === 0;

function whatIsOpen(s: Scan): string {
  if (s.quote !== undefined) return `a ${s.quote} is open`;
  if (s.heredocs.length > 0) return `the here-document ${s.heredocs[0]!.end} is open`;
  if (s.parentheses > 0) return 'a ( is open';
  if (s.compounds > 0) return 'an if, case, loop or { is open';
  return 'its last line continues';
}

/** Reads one line into the state; returns the line without its comment, undefined where nothing of it is left. */
function scanLine(s: Scan, line: string): string | undefined {
  if (s.inHeredoc) {
    const { end, tabs } = s.heredocs[0]!;
    if ((tabs ? line.replace(/^\t+/, '') : line) === end) s.heredocs.shift();
    s.inHeredoc = s.heredocs.length > 0;
    return line;
  }
  s.continues = false;
  let atCommand = true;
  let i = 0;
  while (i < line.length) {
    const c = line[i]!;
    if (s.quote !== undefined) {
      if (c === '\\' && s.quote !== "'") i++;
      else if (c === s.quote) s.quote = undefined;
      i++;
      continue;
    }
    if (c === '#' && (i === 0 || /[\s;&|(]/.test(line[i - 1]!))) {
      const kept = line.slice(0, i).trimEnd();
      endLine(s);
      return kept === '' ? undefined : kept;
    }
    if (c === '\\') {
      s.continues = i === line.length - 1;
      i += 2;
    } else if (c === "'" || c === '"' || c === '`') {
      s.quote = c;
      atCommand = false;
      i++;
    } else if (c === '(' || c === ')') {
      s.parentheses += c === '(' ? 1 : -1;
      atCommand = c === '(';
      i++;
    } else if (line.startsWith('<<<', i)) {
      i += 3;
    } else if (line.startsWith('<<', i)) {
      i = announceHeredoc(s, line, i + 2);
    } else if (c === ';' || c === '&' || c === '|') {
      const operator = /^(&&|\|\||\|&?|;;|[;&])/.exec(line.slice(i))![0];
      s.continues = /^(&&|\|\||\|&?)$/.test(operator) && /^\s*(#.*)?$/.test(line.slice(i + operator.length));
      atCommand = true;
      i += operator.length;
    } else if (/\s/.test(c)) {
      i++;
    } else {
      const word = /^[^\s;&|()'"`\\#<]+|^[#<]/.exec(line.slice(i))![0];
      if (atCommand && COMPOUND_OPEN.has(word)) s.compounds++;
      if (atCommand && COMPOUND_CLOSE.has(word)) s.compounds--;
      atCommand = atCommand && COMMAND_FOLLOWS.has(word);
      i += word.length;
    }
  }
  endLine(s);
  return line;
}

function endLine(s: Scan): void {
  if (s.heredocs.length > 0 && s.quote === undefined) s.inHeredoc = true;
}

function announceHeredoc(s: Scan, line: string, from: number): number {
  const match = /^(-?)\s*(?:'([^']+)'|"([^"]+)"|\\?([^\s;&|()<>]+))/.exec(line.slice(from));
  if (match === null) return from;
  s.heredocs.push({ end: match[2] ?? match[3] ?? match[4]!, tabs: match[1] === '-' });
  return from + match[0].length;
}
