/** Many requests from one pod: `curl` in loops in that pod, as a person would try it, counted here. */
import { randomBytes } from 'node:crypto';
import type { Distribution, Executed, Requests, RequestsOptions } from './lab.ts';

const MAX_COUNT = 1000;
const MAX_CONCURRENCY = 50;
/** Seconds for one request. */
const PATIENCE = 5;

/** `exec` runs a program in the pod that calls. Rejects where that pod has no curl. */
export async function countRequests(
  { to, count, concurrency = 10, method, headers = {} }: Omit<RequestsOptions, 'from'>,
  exec: (argv: [string, ...string[]]) => Promise<Executed>,
): Promise<Requests> {
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) {
    throw new Error(`requests takes a count from 1 to ${MAX_COUNT}, not ${count}.`);
  }
  if (!/^https?:\/\/[^\s]+$/.test(to)) throw new Error(`requests takes an http:// or https:// address, not ${to}.`);
  const loops = Math.max(1, Math.min(concurrency, count, MAX_CONCURRENCY));
  const mark = randomBytes(8).toString('hex');
  const words = ['curl', '-s', '--max-time', String(PATIENCE), '-w', `\\n${mark} %{http_code} %{time_total}\\n`];
  if (method) words.push('-X', method);
  for (const [name, value] of Object.entries(headers)) words.push('-H', `${name}: ${value}`);
  const command = [...words, to].map(quoted).join(' ');
  const runs = Array.from({ length: loops }, (_, loop) => {
    const share = Math.floor(count / loops) + (loop < count % loops ? 1 : 0);
    const numbers = Array.from({ length: share }, (_, index) => index + 1).join(' ');
    // Each request is a process of its own, so none uses the connection of the one before.
    return exec(['sh', '-c', `for n in ${numbers}; do ${command}; done`]);
  });
  const answers = (await Promise.all(runs)).flatMap(({ stdout, stderr, exitCode }) => {
    const read = answersOf(stdout, mark);
    if (read.length === 0)
      throw new Error(`curl did not run in the pod (${stderr.trim() || `exit code ${exitCode}`}).`);
    return read;
  });
  return summarise(answers);
}

interface Answer {
  status: string;
  /** Seconds. */
  time: number;
  body: string;
}

function answersOf(stdout: string, mark: string): Answer[] {
  const answers: Answer[] = [];
  let body: string[] = [];
  for (const line of stdout.split('\n')) {
    if (!line.startsWith(`${mark} `)) {
      body.push(line);
      continue;
    }
    const [, status = '000', time = '0'] = line.split(' ');
    answers.push({ status, time: Number(time), body: body.join('\n').trim() });
    body = [];
  }
  return answers;
}

function summarise(answers: Answer[]): Requests {
  const statuses: Distribution = {};
  const servers: Distribution = {};
  const bodies: Distribution = {};
  const add = (distribution: Distribution, key: string) => {
    distribution[key] = (distribution[key] ?? 0) + 1;
  };
  for (const { status, body } of answers) {
    add(statuses, status);
    if (!/^2/.test(status)) continue;
    const fields = fieldsOf(body);
    add(servers, fields.name ?? 'unknown');
    add(bodies, fields.body ?? body.slice(0, 100));
  }
  const times = answers.map(({ time }) => time).sort((a, b) => a - b);
  return { count: answers.length, statuses, servers, bodies, times };
}

/** What fake-service says of itself. */
function fieldsOf(body: string): { name?: string; body?: string } {
  try {
    const { name, body: said } = JSON.parse(body) as Record<string, unknown>;
    return {
      ...(typeof name === 'string' ? { name } : {}),
      ...(said === undefined ? {} : { body: typeof said === 'string' ? said : JSON.stringify(said) }),
    };
  } catch {
    return {};
  }
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
