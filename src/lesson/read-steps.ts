/** Reads the runnable blocks of a page: `sh run` with the `text output` under it, and the `sh solution` of a check. */
import type { Code } from 'mdast';
import { LIMITS } from '../../server/protocol';
import { CommandError, splitCommands } from './commands';
import type { Problems } from './errors';
import { regexOf } from './match';
import { parseOutputOptions, parseRunOptions } from './options';
import type { PageStep } from './page';
import { lineOf } from './tree';

export function readStep(block: Code, output: Code | undefined, number: number, problems: Problems): PageStep {
  const line = lineOf(block);
  if (block.lang !== 'sh') {
    problems.add(line, `a block to run is marked \`sh run\`, not \`${block.lang ?? ''} run\``);
  }
  const options = problems.attempt(line, () => parseRunOptions(block.meta ?? '')) ?? parseRunOptions('run');
  const step: PageStep = {
    number,
    line,
    source: block.value,
    commands: readCommands(block, 'run', problems),
    ...options,
  };
  const expected = output && readOutput(output, problems);
  return expected === undefined ? step : { ...step, output: expected };
}

function readOutput(output: Code, problems: Problems): PageStep['output'] {
  const line = lineOf(output);
  if (output.lang !== 'text') problems.add(line, 'an output block is marked `text output`');
  const match = problems.attempt(line, () => parseOutputOptions(output.meta ?? '')) ?? 'like';
  if (output.value.trim() === '') problems.add(line, 'this output block is empty');
  if (match === 'regex') problems.attempt(line, () => regexOf(output.value));
  return { text: output.value, match, line };
}

/** The commands of a block, held to what can be typed into a shell. Empty where something is wrong. */
export function readCommands(block: Code, word: 'run' | 'solution', problems: Problems): string[] {
  const line = lineOf(block);
  let commands: string[];
  try {
    commands = splitCommands(block.value);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    problems.add(line + error.line, error.message);
    return [];
  }
  if (commands.length === 0) problems.add(line, `this ${word} block has no command`);
  if (commands.length > LIMITS.commands)
    problems.add(line, `a ${word} block takes at most ${LIMITS.commands} commands`);
  for (const command of commands) {
    if (command.length > LIMITS.command) problems.add(line, `a command takes at most ${LIMITS.command} characters`);
    if (/^\$\s/.test(command)) problems.add(line, `write the command without the prompt: ${command}`);
    const placeholder = /(?<![<\w])<[a-z][a-z -]*>/i.exec(command.split('\n')[0]!);
    if (placeholder !== null) {
      problems.add(line, `${placeholder[0]} is a placeholder: a general form belongs in a block without \`${word}\``);
    }
  }
  return commands;
}
