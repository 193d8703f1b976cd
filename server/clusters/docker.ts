/** Whether Docker is there and answers, and if not, why, in a sentence for the learner. */
import { pathOf } from '../tools/find.ts';
import { BackendError } from './backend.ts';
import { runCommand } from './command.ts';

const PATIENCE_MS = 10_000;

/** The first line of what a program said that is worth showing. */
export const firstLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '') ?? 'it said nothing';

/** Rejects with a BackendError where Docker cannot be used. */
export async function requireDocker(env: NodeJS.ProcessEnv): Promise<void> {
  const docker = await pathOf('docker', env.PATH);
  if (!docker) {
    throw new BackendError(
      'Docker was not found on PATH: install Docker (https://docs.docker.com/get-docker/), then start again.',
    );
  }
  const answer = await runCommand(docker, ['version', '--format', '{{.Server.Version}}'], {
    env,
    timeoutMs: PATIENCE_MS,
  }).catch(() => undefined);
  if (!answer)
    throw new BackendError(`Docker did not answer within ${PATIENCE_MS / 1000} s: restart Docker, then start again.`);
  if (answer.code === 0) return;
  if (/permission denied/i.test(answer.output)) {
    throw new BackendError(
      'Docker is running, but you may not use it: add yourself to the group `docker` (`sudo usermod -aG docker $USER`), log in again, then start again.',
    );
  }
  if (/cannot connect|is the docker daemon running|failed to connect|no such file or directory/i.test(answer.output)) {
    throw new BackendError('Docker is installed, but its daemon is not running: start Docker, then start again.');
  }
  throw new BackendError(`Docker does not work (${firstLine(answer.output)}): run \`docker version\` to see why.`);
}
