/** Commands about the container and its user, and those that only wait or answer. */
import { type Command, type Invocation, options, pause, UsageError } from '../command.ts';

const UNITS: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 };

/** Who commands run as: `runAsUser` where it is set, else what the image says. */
export function userOf(container: Invocation['container']): { uid: number; name: string } {
  const ofContainer = container.container.securityContext as { runAsUser?: number } | undefined;
  const ofPod = (container.pod.spec as { securityContext?: { runAsUser?: number } } | undefined)?.securityContext;
  const isCurl = /(^|\/)curlimages\/curl([:@]|$)/.test(container.container.image);
  const uid = ofContainer?.runAsUser ?? ofPod?.runAsUser ?? (isCurl ? 100 : 0);
  return { uid, name: uid === 0 ? 'root' : isCurl && uid === 100 ? 'curl_user' : '' };
}

const printEnv: Command = ({ env, args, stdout }) => {
  if (args.length === 0) for (const [name, value] of Object.entries(env)) stdout(`${name}=${value}\n`);
  for (const name of args) if (env[name] !== undefined) stdout(`${env[name]}\n`);
  return args.some((name) => env[name] === undefined) ? 1 : 0;
};

const test: Command = ({ name, args, files, cwd }) => {
  const words = [...args];
  if (name === '[' && words.pop() !== ']') throw new UsageError('missing ]', 2);
  const path = (text: string) => (text.startsWith('/') ? text : `${cwd === '/' ? '' : cwd}/${text}`);
  const unary: Record<string, (value: string) => boolean> = {
    '-n': (value) => value !== '',
    '-z': (value) => value === '',
    '-e': (value) => files.read(path(value)) !== undefined || files.isFolder(path(value)),
    '-f': (value) => files.read(path(value)) !== undefined,
    '-d': (value) => files.isFolder(path(value)),
    '-s': (value) => Boolean(files.read(path(value))),
    '-r': (value) => files.read(path(value)) !== undefined,
  };
  const number = (text: string): number => {
    if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new UsageError(`${text}: bad number`, 2);
    return Number(text);
  };
  const binary: Record<string, (a: string, b: string) => boolean> = {
    '=': (a, b) => a === b,
    '==': (a, b) => a === b,
    '!=': (a, b) => a !== b,
    '-eq': (a, b) => number(a) === number(b),
    '-ne': (a, b) => number(a) !== number(b),
    '-lt': (a, b) => number(a) < number(b),
    '-le': (a, b) => number(a) <= number(b),
    '-gt': (a, b) => number(a) > number(b),
    '-ge': (a, b) => number(a) >= number(b),
  };
  const evaluate = (part: string[]): boolean => {
    const [first, second, third] = part;
    if (first === '!' && part.length > 1) return !evaluate(part.slice(1));
    if (part.length === 0) return false;
    if (part.length === 1) return first !== '';
    if (part.length === 2 && unary[first!]) return unary[first!]!(second!);
    if (part.length === 3 && binary[second!]) return binary[second!]!(first!, third!);
    const or = part.indexOf('-o');
    if (or > 0) return evaluate(part.slice(0, or)) || evaluate(part.slice(or + 1));
    const and = part.indexOf('-a');
    if (and > 0) return evaluate(part.slice(0, and)) && evaluate(part.slice(and + 1));
    throw new UsageError(`${second ?? first}: unknown operand`, 2);
  };
  return evaluate(words) ? 0 : 1;
};

/** Conversions of `date +FORMAT` that are common in scripts. */
const DATE: Record<string, (date: Date) => string> = {
  Y: (date) => String(date.getUTCFullYear()),
  m: (date) => pad(date.getUTCMonth() + 1),
  d: (date) => pad(date.getUTCDate()),
  H: (date) => pad(date.getUTCHours()),
  M: (date) => pad(date.getUTCMinutes()),
  S: (date) => pad(date.getUTCSeconds()),
  F: (date) => date.toISOString().slice(0, 10),
  T: (date) => date.toISOString().slice(11, 19),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  N: (date) => `${String(date.getUTCMilliseconds()).padStart(3, '0')}000000`,
  Z: () => 'UTC',
  z: () => '+0000',
  '%': () => '%',
};
const pad = (value: number): string => String(value).padStart(2, '0');

export const systemCommands: Record<string, Command> = {
  true: () => 0,
  false: () => 1,
  test,
  '[': test,
  printenv: printEnv,

  async env(invocation) {
    if (invocation.args.length === 0) return printEnv(invocation);
    throw new UsageError('the embedded cluster simulates env only without arguments', 2);
  },

  async sleep({ args, signal }) {
    if (args.length === 0) throw new UsageError('missing operand');
    let seconds = 0;
    for (const arg of args) {
      const match = /^(\d*\.?\d+)([smhd]?)$/.exec(arg);
      if (!match && !/^inf(inity)?$/.test(arg)) throw new UsageError(`invalid number '${arg}'`);
      seconds += match ? Number(match[1]) * UNITS[match[2]!]! : Number.POSITIVE_INFINITY;
    }
    await pause(seconds * 1000, signal);
    return 0;
  },

  seq(invocation) {
    const numbers = invocation.args.map(Number);
    if (numbers.length === 0 || numbers.length > 3 || numbers.some(Number.isNaN))
      throw new UsageError('invalid number');
    const [first, step, last] =
      numbers.length === 1 ? [1, 1, numbers[0]!] : numbers.length === 2 ? [numbers[0]!, 1, numbers[1]!] : numbers;
    if (step === 0) throw new UsageError('step is zero');
    for (let value = first!; step! > 0 ? value <= last! : value >= last!; value += step!)
      invocation.stdout(`${value}\n`);
    return 0;
  },

  hostname({ args, container, stdout }) {
    const { env, podIP, pod } = container;
    if (args[0] === '-i' || args[0] === '-I') stdout(`${podIP}\n`);
    else if (args.length > 0) throw new UsageError(`the embedded cluster does not simulate ${args[0]}`);
    else stdout(`${env.HOSTNAME ?? pod.metadata.name}\n`);
    return 0;
  },

  date(invocation) {
    const { operands } = options(invocation, 'u');
    const now = new Date();
    const [format] = operands;
    if (format === undefined) {
      const [weekday, dayOfMonth, monthName, year, time] = now.toUTCString().replace(',', '').split(' ');
      invocation.stdout(`${weekday} ${monthName} ${String(Number(dayOfMonth)).padStart(2)} ${time} UTC ${year}\n`);
      return 0;
    }
    if (!format.startsWith('+')) throw new UsageError(`invalid date '${format}'`);
    const text = format.slice(1).replace(/%(.)/g, (_all, letter: string) => {
      const conversion = DATE[letter];
      if (!conversion) throw new UsageError(`the embedded cluster does not simulate %${letter}`);
      return conversion(now);
    });
    invocation.stdout(`${text}\n`);
    return 0;
  },

  id({ args, container, stdout }) {
    const { uid, name } = userOf(container);
    const named = name ? `(${name})` : '';
    if (args[0] === '-u') stdout(`${uid}\n`);
    else
      stdout(`uid=${uid}${named} gid=${uid}${uid === 0 ? '(root)' : ''} groups=${uid}${uid === 0 ? '(root)' : ''}\n`);
    return 0;
  },

  whoami({ container, stdout }) {
    const { uid, name } = userOf(container);
    if (!name) throw new UsageError(`unknown uid ${uid}`);
    stdout(`${name}\n`);
    return 0;
  },

  uname(invocation) {
    const { given } = options(invocation, 'asnrmo');
    const { env, pod } = invocation.container;
    const parts: [string, string][] = [
      ['s', 'Linux'],
      ['n', env.HOSTNAME ?? pod.metadata.name],
      ['r', '6.6.0-malha'],
      ['m', 'x86_64'],
      ['o', 'GNU/Linux'],
    ];
    const wanted = given.has('a')
      ? parts
      : parts.filter(([letter]) => given.has(letter) || (given.size === 0 && letter === 's'));
    invocation.stdout(`${wanted.map(([, text]) => text).join(' ')}\n`);
    return 0;
  },

  ps({ container, stdout }) {
    const { command, args } = container.container;
    const main = [...(command ?? [container.container.image]), ...(args ?? [])].join(' ');
    const user = userOf(container).name || String(userOf(container).uid);
    stdout('PID   USER     TIME  COMMAND\n');
    stdout(`    1 ${user.padEnd(8)}  0:00 ${main}\n`);
    return 0;
  },
};
