/**
 * Remark plugin that reads the lesson out of a page: every `sh run` block becomes a step, with the `text output` block
 * that follows it. The page gets the step as the `step` property (JSON) of its code block; a mistake is a build error
 * that names file and line.
 */
import path from 'node:path';
import type { Code, Root, RootContent } from 'mdast';
import type { VFile } from 'vfile';
import { LIMITS } from '../../server/protocol';
import { CommandError, splitCommands } from './commands';
import { parseRunOptions } from './options';
import type { Step } from './step';

export function remarkLesson(): (tree: Root, file: VFile) => void {
  return (tree, file) => {
    let number = 0;
    for (const { block, output } of pairBlocks(tree, file)) {
      number++;
      const step = readStep(block, output, number, file);
      block.data = { ...block.data, hProperties: { ...block.data?.hProperties, step: JSON.stringify(step) } };
    }
  };
}

interface Pair {
  block: Code;
  output?: Code;
}

const isRun = (node: RootContent): node is Code => node.type === 'code' && /^run\b/.test(node.meta ?? '');
const isOutput = (node: RootContent): node is Code => node.type === 'code' && /^output\b/.test(node.meta ?? '');

/** All run blocks in the order of the page. Takes each output block out of the tree: its step shows it. */
function pairBlocks(parent: { children: RootContent[] }, file: VFile): Pair[] {
  const pairs: Pair[] = [];
  for (let i = 0; i < parent.children.length; i++) {
    const node = parent.children[i]!;
    if (isRun(node)) {
      const next = parent.children[i + 1];
      if (next !== undefined && isOutput(next)) {
        if (next.lang !== 'text') fail(file, next, 'an output block is marked `text output`');
        if (next.meta !== 'output') fail(file, next, `unknown option behind output: ${next.meta!.slice(7)}`);
        parent.children.splice(i + 1, 1);
        pairs.push({ block: node, output: next });
      } else {
        pairs.push({ block: node });
      }
    } else if (isOutput(node)) {
      fail(file, node, 'an output block stands directly under its `sh run` block');
    } else if ('children' in node) {
      pairs.push(...pairBlocks(node as { children: RootContent[] }, file));
    }
  }
  return pairs;
}

function readStep(block: Code, output: Code | undefined, number: number, file: VFile): Step {
  if (block.lang !== 'sh') fail(file, block, `a block to run is marked \`sh run\`, not \`${block.lang ?? ''} run\``);
  if (output !== undefined && output.value.trim() === '') fail(file, output, 'this output block is empty');
  const step: Step = {
    number,
    source: block.value,
    commands: commandsOf(block, file),
    ...attempt(() => parseRunOptions(block.meta ?? ''), block, file),
  };
  return output === undefined ? step : { ...step, expected: output.value };
}

function commandsOf(block: Code, file: VFile): string[] {
  let commands: string[];
  try {
    commands = splitCommands(block.value);
  } catch (error) {
    if (error instanceof CommandError) fail(file, block, error.message, error.line);
    throw error;
  }
  if (commands.length === 0) fail(file, block, 'this run block has no command');
  if (commands.length > LIMITS.commands) fail(file, block, `a run block takes at most ${LIMITS.commands} commands`);
  for (const command of commands) {
    if (command.length > LIMITS.command) fail(file, block, `a command takes at most ${LIMITS.command} characters`);
    if (/^\$\s/.test(command)) fail(file, block, `write the command without the prompt: ${command}`);
    const placeholder = /(?<![<\w])<[a-z][a-z -]*>/i.exec(command.split('\n')[0]!);
    if (placeholder !== null) {
      fail(file, block, `${placeholder[0]} is a placeholder: a general form belongs in a block without \`run\``);
    }
  }
  return commands;
}

function attempt<T>(read: () => T, node: Code, file: VFile): T {
  try {
    return read();
  } catch (error) {
    fail(file, node, (error as Error).message);
  }
}

/** `line`: line within the block's text, from 1; left out for the fence itself. */
function fail(file: VFile, node: Code, reason: string, line = 0): never {
  const place = `${path.relative(file.cwd, file.path)}:${(node.position?.start.line ?? 1) + line}`;
  throw new Error(`${place}: ${reason}`);
}
