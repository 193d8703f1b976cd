/** Runs a parsed script: pipelines, conditions, loops, variables, redirections. */
import type { ContainerContext } from '../image.ts';
import { BUILTINS } from './builtins.ts';
import { type Command, Interrupted, type Invocation, UsageError } from './command.ts';
import { COMMANDS, NOT_SIMULATED } from './commands/index.ts';
import { EXIT, Leave } from './exit.ts';
import { expandFields, expandText, type Scope } from './expand.ts';
import type { FileTree } from './files.ts';
import { BrokenPipe, Input, Pipe, type Streams } from './io.ts';
import { parse } from './parse.ts';
import { absolute } from './paths.ts';
import { redirect } from './redirect.ts';
import { runShell, SHELLS } from './start.ts';
import { type Node, type Pipeline, type Script, ShellSyntaxError, type Word } from './syntax.ts';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface ShellOptions {
  name?: string;
  /** `$1` and on. */
  positional?: string[];
  /** The container's where it is left out. */
  environment?: Readonly<Record<string, string>>;
  /** The shell of which this is a subshell: it begins with all of that one's variables. */
  parent?: Shell;
}

export class Shell implements Scope {
  /** `$0`, the name in messages. */
  readonly name: string;
  positional: string[];
  readonly variables: Map<string, string>;
  readonly exported: Set<string>;
  cwd: string;
  status: number;
  /** `set -e`: a command that fails ends the shell. */
  exitOnError: boolean;
  private untested = true;
  /** Exit code of the last command substitution. */
  private substituted = 0;

  constructor(
    readonly container: ContainerContext,
    readonly files: FileTree,
    /** Ends what runs; a shell at a terminal has one for each line. */
    public signal: AbortSignal,
    { name = 'sh', positional = [], environment = container.env, parent }: ShellOptions = {},
  ) {
    this.name = name;
    this.positional = positional;
    this.variables = new Map(parent ? parent.variables : Object.entries(environment));
    this.exported = new Set(parent ? parent.exported : Object.keys(environment));
    this.cwd = parent?.cwd ?? absolute((container.container.workingDir as string | undefined) ?? '/', '/');
    this.exitOnError = parent?.exitOnError ?? false;
    this.status = parent?.status ?? 0;
    if (!this.variables.has('PATH')) this.exportVariable('PATH', DEFAULT_PATH);
    if (!this.variables.has('HOME')) this.exportVariable('HOME', '/root');
    this.variables.set('PWD', this.cwd);
  }

  get(name: string): string | undefined {
    if (name === '?') return String(this.status);
    if (name === '$') return '1';
    if (name === '#') return String(this.positional.length);
    if (name === '0') return this.name;
    if (/^\d$/.test(name)) return this.positional[Number(name) - 1];
    if (name === '-') return this.exitOnError ? 'e' : '';
    return this.variables.get(name);
  }

  set(name: string, value: string): void {
    this.variables.set(name, value);
  }

  exportVariable(name: string, value?: string): void {
    if (value !== undefined) this.variables.set(name, value);
    this.exported.add(name);
  }

  get environment(): Record<string, string> {
    const exported = [...this.exported].filter((name) => this.variables.has(name));
    return Object.fromEntries(exported.map((name) => [name, this.variables.get(name)!]));
  }

  async capture(script: Script): Promise<string> {
    const chunks: Buffer[] = [];
    const streams: Streams = {
      stdin: new Input(),
      stdout: (chunk) => chunks.push(Buffer.from(chunk as string)),
      stderr: (chunk) => this.errors(chunk),
      tty: false,
    };
    this.substituted = await this.subshell().run(script, streams);
    return Buffer.concat(chunks).toString();
  }

  /** Where a substitution's messages go: the shell's own standard error. */
  private errors: (chunk: string | Buffer) => void = () => {};

  subshell(signal = this.signal): Shell {
    const { container, files, name, positional } = this;
    const child = new Shell(container, files, signal, { name, positional, parent: this });
    child.errors = this.errors;
    return child;
  }

  /** Runs one command, as a program of its own. */
  runArguments(name: string, args: string[], streams: Streams): Promise<number> {
    const word = (text: string): Word => [{ kind: 'text', text, quoted: true }];
    const command: Node = { kind: 'simple', assignments: [], words: [name, ...args].map(word), redirections: [] };
    return this.run([{ background: false, parts: [{ pipeline: { negated: false, commands: [command] } }] }], streams);
  }

  /** Runs text to its end; syntax errors and `exit` give the exit code. */
  async runText(text: string, streams: Streams): Promise<number> {
    try {
      return await this.run(parse(text), streams);
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      streams.stderr(`${this.name}: syntax error: ${error.message}\n`);
      this.status = EXIT.usage;
      return EXIT.usage;
    }
  }

  /** Runs a whole script as a shell of its own. */
  async run(script: Script, streams: Streams): Promise<number> {
    try {
      await this.runScript(script, streams);
      return this.status;
    } catch (error) {
      if (error instanceof Leave) return error.kind === 'exit' ? error.value : this.status;
      if (error instanceof Interrupted) return EXIT.interrupted;
      if (error instanceof BrokenPipe) return EXIT.brokenPipe;
      throw error;
    }
  }

  /** Runs statements in this shell. Throws Leave, Interrupted and BrokenPipe. */
  async runScript(script: Script, streams: Streams): Promise<void> {
    this.errors = streams.stderr;
    for (const statement of script) {
      if (this.signal.aborted) throw new Interrupted();
      if (statement.background) {
        void this.subshell().run([{ ...statement, background: false }], { ...streams, stdin: new Input() });
        this.status = 0;
        continue;
      }
      for (const [index, { operator, pipeline }] of statement.parts.entries()) {
        if (operator === '&&' && this.status !== 0) continue;
        if (operator === '||' && this.status === 0) continue;
        const last = index === statement.parts.length - 1;
        this.status = await this.runPipeline(pipeline, streams);
        const failed = this.status !== 0 && !pipeline.negated && last && this.untested;
        if (failed && this.exitOnError) throw new Leave('exit', this.status);
      }
      // A loop of builtins alone must not keep everyone else waiting.
      await new Promise(setImmediate);
    }
  }

  private async runPipeline(pipeline: Pipeline, streams: Streams): Promise<number> {
    const { commands } = pipeline;
    let status: number;
    if (commands.length === 1) status = await this.runNode(commands[0]!, streams);
    else {
      const pipes = commands.slice(1).map(() => new Pipe());
      const statuses = await Promise.all(
        commands.map(async (command, index) => {
          const from = pipes[index - 1];
          const to = pipes[index];
          const own: Streams = {
            stdin: from ? new Input(from) : streams.stdin,
            stdout: to ? (chunk) => to.write(chunk) : streams.stdout,
            stderr: streams.stderr,
            tty: to ? false : streams.tty,
          };
          try {
            const statement = { background: false, parts: [{ pipeline: { negated: false, commands: [command] } }] };
            return await this.subshell().run([statement], own);
          } finally {
            to?.end();
            from?.close();
          }
        }),
      );
      status = statuses.at(-1)!;
    }
    return pipeline.negated ? Number(status === 0) : status;
  }

  private async runNode(node: Node, streams: Streams): Promise<number> {
    let opened: { streams: Streams; close(): void };
    try {
      opened = await redirect(this, node.redirections, streams);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      streams.stderr(`${this.name}: ${error.message}\n`);
      return 1;
    }
    try {
      return await this.execute(node, opened.streams);
    } finally {
      opened.close();
    }
  }

  private async execute(node: Node, streams: Streams): Promise<number> {
    switch (node.kind) {
      case 'simple':
        return this.runSimple(node, streams);
      case 'group':
        if (node.subshell) return this.subshell().run(node.body, streams);
        await this.runScript(node.body, streams);
        return this.status;
      case 'if':
        for (const { condition, body } of node.branches) {
          if (await this.test(condition, streams)) {
            await this.runScript(body, streams);
            return this.status;
          }
        }
        this.status = 0;
        if (node.otherwise) await this.runScript(node.otherwise, streams);
        return this.status;
      case 'loop': {
        let status = 0;
        await this.loop(async () => {
          if ((await this.test(node.condition, streams)) === node.until) return false;
          await this.runScript(node.body, streams);
          status = this.status;
          return true;
        });
        return status;
      }
      case 'for': {
        const values = node.words ? await expandFields(node.words, this) : [...this.positional];
        this.status = 0;
        await this.loop(async () => {
          const value = values.shift();
          if (value === undefined) return false;
          this.set(node.name, value);
          await this.runScript(node.body, streams);
          return true;
        });
        return this.status;
      }
    }
  }

  /** A condition: its failure is an answer, not an error. */
  private async test(condition: Script, streams: Streams): Promise<boolean> {
    const { untested } = this;
    this.untested = false;
    try {
      await this.runScript(condition, streams);
    } finally {
      this.untested = untested;
    }
    return this.status === 0;
  }

  private async loop(round: () => Promise<boolean>): Promise<void> {
    for (;;) {
      try {
        if (!(await round())) return;
      } catch (error) {
        if (!(error instanceof Leave) || error.kind === 'exit') throw error;
        if (error.value > 1) throw new Leave(error.kind, error.value - 1);
        if (error.kind === 'break') return;
      }
    }
  }

  private async runSimple(node: Extract<Node, { kind: 'simple' }>, streams: Streams): Promise<number> {
    let words: string[];
    const assigned: [string, string][] = [];
    this.substituted = 0;
    try {
      words = await expandFields(node.words, this);
      for (const { name, value } of node.assignments) assigned.push([name, await expandText(value, this)]);
    } catch (error) {
      if (error instanceof Interrupted || error instanceof BrokenPipe) throw error;
      streams.stderr(`${this.name}: ${(error as Error).message}\n`);
      return EXIT.usage;
    }
    const [name, ...args] = words;
    if (name === undefined) {
      for (const [variable, value] of assigned) this.set(variable, value);
      return this.substituted;
    }
    return this.call(name, args, streams, Object.fromEntries(assigned));
  }

  /** Runs a builtin or a command with more variables in its environment. */
  async call(name: string, args: string[], streams: Streams, extra: Record<string, string> = {}): Promise<number> {
    const builtin = BUILTINS[name];
    const program = name.replace(/^(\/usr)?(\/local)?\/s?bin\//, '');
    const command = COMMANDS[program];
    try {
      if (SHELLS.includes(program)) {
        const environment = { ...this.environment, ...extra };
        return await runShell(program, args, streams, this, environment);
      }
      if (builtin) return await builtin(this, args, streams);
      if (command) return await this.invoke(command, name, args, streams, extra);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      streams.stderr(`${name}: ${error.message}\n`);
      return error.exitCode;
    }
    streams.stderr(`${this.name}: ${name}: not found\n`);
    if (NOT_SIMULATED.has(name)) {
      streams.stderr(`The embedded cluster does not simulate ${name}; on a real cluster it may be in the image.\n`);
    }
    return EXIT.notFound;
  }

  private async invoke(
    command: Command,
    name: string,
    args: string[],
    streams: Streams,
    extra: Record<string, string>,
  ): Promise<number> {
    const { cwd, files, container, signal } = this;
    const env = { ...this.environment, ...extra };
    const invocation: Invocation = { name, args, env, ...streams, signal, cwd, files, container };
    return command(invocation);
  }
}
