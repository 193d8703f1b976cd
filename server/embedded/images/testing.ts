/** For tests of images: runs one in a pod of its own on a fabric, with its log and its shell at hand. */
import type { Fabric } from '../network/fabric.ts';
import { type FixedClient, putPod } from '../network/testing.ts';
import type { ContainerContext, Image, Program } from './image.ts';
import { runShellCommand } from './shell.ts';

export interface RunningImage {
  context: ContainerContext;
  program: Program;
  log: string[];
  stop(): Promise<number>;
  /** Runs a command as kubectl exec does. */
  exec(argv: string[], stdin?: string): Promise<{ code: number; stdout: string; stderr: string }>;
}

export interface RunOptions {
  name?: string;
  namespace?: string;
  podIP?: string;
  image?: string;
  env?: Record<string, string>;
  command?: string[];
  args?: string[];
  files?: Record<string, string>;
}

let lastAddress = 100;

export function contextOf(client: FixedClient, fabric: Fabric, options: RunOptions = {}) {
  const { namespace = 'bank', name = 'pod', podIP = `10.244.0.${++lastAddress}` } = options;
  putPod(client, namespace, name, podIP);
  const log: string[] = [];
  const abort = new AbortController();
  const caller = { namespace, podIP };
  const context: ContainerContext = {
    pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: {} },
    container: { name: 'main', image: options.image ?? 'busybox', command: options.command, args: options.args },
    env: { HOSTNAME: name, ...options.env },
    podIP,
    network: {
      listen: fabric.listen,
      dial: (host, port, from = caller) => fabric.dial(host, port, from),
      resolve: (host, from = caller) => fabric.resolve(host, from),
    },
    client,
    files: new Map(Object.entries(options.files ?? {})),
    log: (line) => log.push(line),
    signal: abort.signal,
  };
  return { context, log, abort };
}

export function runImage(client: FixedClient, fabric: Fabric, image: Image, options: RunOptions = {}): RunningImage {
  const { context, log, abort } = contextOf(client, fabric, { image: image.repositories[0], ...options });
  const program = image.start(context);
  return {
    context,
    program,
    log,
    stop() {
      abort.abort();
      return program.exited;
    },
    exec: (argv, stdin) => execIn(context, argv, stdin, program.exec?.bind(program)),
  };
}

export async function execIn(
  context: ContainerContext,
  argv: string[],
  stdin?: string,
  exec: Program['exec'] = (words, io) => runShellCommand(words, io, context),
): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  async function* input() {
    yield Buffer.from(stdin!);
  }
  const code = await exec(argv, {
    stdin: stdin === undefined ? undefined : input(),
    stdout: (chunk) => {
      stdout += chunk;
    },
    stderr: (chunk) => {
      stderr += chunk;
    },
    tty: false,
    signal: new AbortController().signal,
  });
  return { code, stdout, stderr };
}
