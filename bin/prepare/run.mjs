/** Runs a tool whose output matters only when it fails. */
import { spawn } from 'node:child_process';

/** Of a failing tool's output: tools that explain themselves do so at either end. */
const FIRST_LINES = 20;
const LAST_LINES = 30;

/**
 * Resolves when the tool exits with 0; otherwise rejects with an Error that holds its first and last lines and `hint`.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, hint: string, onLine?: (line: string) => void, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<void>}
 */
export function runQuietly(command, args, { cwd, hint, onLine, env = process.env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const first = [];
    const last = [];
    const keep = (line) => {
      if (first.length < FIRST_LINES) first.push(line);
      else if (last.push(line) > LAST_LINES) last.splice(0, 2, '…');
    };
    const take = (stream) => {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => {
        const parts = (rest + chunk).split(/\r?\n|\r/);
        rest = parts.pop() ?? '';
        for (const line of parts) {
          keep(line);
          onLine?.(line);
        }
      });
      stream.on('end', () => rest && keep(rest));
    };
    take(child.stdout);
    take(child.stderr);
    child.on('error', (error) => reject(new Error(`Could not run ${command}: ${error.message}. ${hint}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `${[...first, ...last].join('\n')}\n\n${command} ended with ${signal ?? `exit code ${code}`}. ${hint}`,
          ),
        );
    });
  });
}
