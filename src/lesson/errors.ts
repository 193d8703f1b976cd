/** What is wrong with a lesson, and where: the file and line that an author opens. */

/** `file` is relative to the project, with `/`; `line` from 1. */
export interface Problem {
  file: string;
  line: number;
  reason: string;
}

/** Thrown by all that reads lessons. Its message has one line for each problem: `docs/x.mdx:12: reason`. */
export class LessonError extends Error {
  // Private: whoever prints an error with all its fields says everything twice.
  readonly #problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ file, line, reason }) => `${file}:${line}: ${reason}`).join('\n'));
    this.#problems = problems;
  }

  get problems(): readonly Problem[] {
    return this.#problems;
  }
}

/** Takes the problems of one file, so that an author sees all of them at once. */
export class Problems {
  readonly all: Problem[] = [];
  constructor(readonly file: string) {}

  add(line: number, reason: string): void {
    this.all.push({ file: this.file, line, reason });
  }

  /** The result, or undefined where `read` throws: its message becomes a problem at `line`. */
  attempt<T>(line: number, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.add(line, (error as Error).message);
      return undefined;
    }
  }
}
