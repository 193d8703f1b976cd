/** Runs a tool whose output matters only when it fails. */
import { spawn } from 'node:child_process';

const KEPT_LINES = 60;

/**
 * Resolves when the tool exits with 0; otherwise rejects with an Error that holds its last lines and `hint`.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, hint: string, onLine?: (line: string) => void, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<void>}
 */
export function runQuietly(command, args, { cwd, hint, onLine, env = process.env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines = [];
    const take = (stream) => {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => {
        const parts = (rest + chunk).split(/\r?\n|\r/);
        rest = parts.pop() ?? '';
        for (const line of parts) {
          lines.push(line);
          if (lines.length > KEPT_LINES) lines.shift();
          onLine?.(line);
        }
      });
      stream.on('end', () => rest && lines.push(rest));
    };
    take(child.stdout);
    take(child.stderr);
    child.on('error', (error) => reject(new Error(`Could not run ${command}: ${error.message}. ${hint}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${lines.join('\n')}\n\n${command} ended with ${signal ?? `exit code ${code}`}. ${hint}`));
    });
  });
}
