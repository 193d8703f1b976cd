/** Runs an outside program for a backend: its lines as progress, its whole output for the error message. */
import { spawn } from 'node:child_process';

export interface CommandResult {
  code: number;
  /** stdout and stderr, as they came. */
  output: string;
  stdout: string;
}

// Cursor movement and colour: kind draws a spinner even into a pipe on some terminals.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences start with a control character
const SEQUENCES = /\x1b\[[0-9;?]*[A-Za-z]/g;

/**
 * Resolves with what the program printed and its exit code. Rejects where it cannot be started, or with
 * `signal.reason` when `signal` ends it.
 */
export function runCommand(
  command: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; onLine?: (line: string) => void; signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const signals = [options.signal, options.timeoutMs ? AbortSignal.timeout(options.timeoutMs) : undefined];
    const signal = AbortSignal.any(signals.filter((one) => one !== undefined));
    const child = spawn(command, args, { env: options.env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'], signal });
    let output = '';
    let stdout = '';
    const read = (stream: NodeJS.ReadableStream, isStdout: boolean) => {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        output += chunk;
        if (isStdout) stdout += chunk;
        const lines = (rest + chunk).split(/[\r\n]+/);
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const text = line.replace(SEQUENCES, '').trim();
          if (text) options.onLine?.(text);
        }
      });
    };
    read(child.stdout, true);
    read(child.stderr, false);
    child.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    child.on('close', (code) => resolve({ code: code ?? 1, output: output.replace(SEQUENCES, ''), stdout }));
  });
}
