/** Starts a shell as a program: `sh -c SCRIPT`, `sh FILE`, or a script on standard input. */
import type { ContainerContext } from '../image.ts';
import { EXIT } from './exit.ts';
import type { FileTree } from './files.ts';
import { Shell } from './interpreter.ts';
import type { Streams } from './io.ts';
import { absolute } from './paths.ts';

/** The names under which images have it. */
export const SHELLS = ['sh', 'ash', 'bash', 'dash'];

export interface Surroundings {
  container: ContainerContext;
  files: FileTree;
  signal: AbortSignal;
}

/**
 * Resolves with the exit code. `interactive` is called where neither a script nor a file is given and standard output
 * is a terminal; without it the script is read from standard input.
 */
export async function runShell(
  name: string,
  args: string[],
  streams: Streams,
  { container, files, signal }: Surroundings,
  environment: Readonly<Record<string, string>> = container.env,
  interactive?: () => Promise<number>,
): Promise<number> {
  const words = [...args];
  let exitOnError = false;
  let script: string | undefined;
  while (words[0]?.startsWith('-') && script === undefined) {
    const word = words.shift()!;
    if (!/^-[eculi]+$/.test(word)) {
      streams.stderr(`${name}: ${word}: the embedded cluster's shell does not simulate this option\n`);
      return EXIT.usage;
    }
    exitOnError ||= word.includes('e');
    if (!word.includes('c')) continue;
    script = words.shift();
    if (script === undefined) {
      streams.stderr(`${name}: -c requires an argument\n`);
      return EXIT.usage;
    }
  }
  const start = (zero: string, positional: string[], text: string) => {
    const shell = new Shell(container, files, signal, { name: zero, positional, environment });
    shell.exitOnError = exitOnError;
    return shell.runText(text, streams);
  };
  if (script !== undefined) return start(words[0] ?? name, words.slice(1), script);
  const [file, ...positional] = words;
  if (file !== undefined) {
    const text = files.read(absolute(file, '/'));
    if (text !== undefined) return start(file, positional, text);
    streams.stderr(`${name}: can't open '${file}': No such file or directory\n`);
    return EXIT.usage;
  }
  if (streams.tty && interactive) return interactive();
  return start(name, [], await streams.stdin.readAll());
}
