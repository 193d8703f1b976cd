/** The shell's language as a tree. A small part of POSIX sh: what one types into a container, and short scripts in manifests. */

/** One part of a word; a word is its parts put together. */
export type Part =
  | { kind: 'text'; text: string; quoted: boolean }
  | { kind: 'variable'; name: string; quoted: boolean; operator?: ':-' | '-' | ':=' | ':+' | '+' | '#'; operand?: Word }
  | { kind: 'command'; script: Script; quoted: boolean }
  | { kind: 'arithmetic'; expression: Word; quoted: boolean };

export type Word = Part[];

export interface Redirection {
  /** File descriptor that is redirected: 0, 1 or 2. */
  fd: number;
  kind: 'read' | 'write' | 'append' | 'duplicate' | 'here';
  target: Word;
}

export type Node =
  | { kind: 'simple'; assignments: { name: string; value: Word }[]; words: Word[]; redirections: Redirection[] }
  | { kind: 'group'; body: Script; subshell: boolean; redirections: Redirection[] }
  | { kind: 'if'; branches: { condition: Script; body: Script }[]; otherwise?: Script; redirections: Redirection[] }
  | { kind: 'loop'; until: boolean; condition: Script; body: Script; redirections: Redirection[] }
  | { kind: 'for'; name: string; words?: Word[]; body: Script; redirections: Redirection[] };

export interface Pipeline {
  negated: boolean;
  commands: Node[];
}

/** Pipelines joined by `&&` and `||`, the first with no operator; run in the background where it ended in `&`. */
export interface Statement {
  background: boolean;
  parts: { operator?: '&&' | '||'; pipeline: Pipeline }[];
}

export type Script = Statement[];

/** `message` is what follows `sh: syntax error: `; `incomplete` where more input could still complete it. */
export class ShellSyntaxError extends Error {
  constructor(
    message: string,
    readonly incomplete = false,
  ) {
    super(message);
  }
}
