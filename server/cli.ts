/** The command line: `malha start | cluster | test | doctor | istioctl`. Reads arguments; each command's work is its own. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Launch } from './clusters/embedded.ts';
import { endRequested } from './commands/signals.ts';
import { homeOf } from './lab/home.ts';
import { LIMITS } from './protocol.ts';
import { DEFAULT_LIMITS } from './terminal/isolate/limits.ts';
import { DEFAULT_PORT } from './versions.ts';

/** Where the build is: this file becomes dist/cli.mjs, and the site stands beside dist/ in build/. */
const entry = fileURLToPath(import.meta.url);
const root = path.dirname(path.dirname(entry));
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
const print = (line: string) => console.log(line);

/** The embedded cluster in a thread of its own, so that it never delays a keystroke. */
const launchInWorker: Launch = async (options, onCrash) => {
  const { startClusterInWorker } = await import('./embedded/in-worker.ts');
  return startClusterInWorker(new URL('./embedded-worker.mjs', import.meta.url), options, onCrash);
};

/** Likewise the thread in which lessons' checks look at the cluster. */
const lessonsWorker = new URL('./lessons-worker.mjs', import.meta.url);

function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return number;
}

interface StartOptions {
  port?: number;
  host?: string;
  backend: string;
  open: boolean;
  fresh: boolean;
  maxTerminals?: number;
  idleMinutes?: number;
  isolate: boolean;
  isolateMemory: number;
  isolateTasks: number;
  isolateCpu: number;
}

/** A whole number in a range, for commander. */
const whole = (least: number, most: number) => (text: string) => {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new InvalidArgumentError(`A whole number from ${least} to ${most} is needed.`);
};

const program = new Command('malha')
  .description('A service-mesh guide in which everything you read, you can run.')
  .version(version)
  .showHelpAfterError('Run `malha --help` for what there is.');

program
  .command('start')
  .description('serve the guide with its lab, and open it in the browser')
  .option('--port <number>', `port to serve on (default: ${DEFAULT_PORT}, or the next free one)`, port)
  .option('--host <address>', 'address to listen on, instead of this machine alone')
  .option('--backend <name>', 'where commands run: auto, embedded, kind or context:<name>', 'auto')
  .option('--fresh', 'begin with an empty embedded cluster, not with the last one’s objects', false)
  .option('--no-open', 'do not open the browser')
  .addOption(
    new Option('--max-terminals <number>', 'how many terminals there may be')
      .argParser(whole(1, LIMITS.terminals))
      .env('MALHA_MAX_TERMINALS'),
  )
  .addOption(
    new Option('--idle-minutes <number>', 'end a terminal in which nothing has happened for so long (default: never)')
      .argParser(whole(1, 60 * 24 * 7))
      .env('MALHA_IDLE_MINUTES'),
  )
  .option('--isolate', 'for a machine that others use: set each terminal apart, under limits of its own', false)
  .addOption(
    new Option('--isolate-memory <MiB>', 'with --isolate: memory of a terminal')
      .argParser(whole(64, 1024 * 1024))
      .default(DEFAULT_LIMITS.memory)
      .env('MALHA_ISOLATE_MEMORY'),
  )
  .addOption(
    new Option('--isolate-tasks <number>', 'with --isolate: processes and threads of a terminal')
      .argParser(whole(32, 100_000))
      .default(DEFAULT_LIMITS.tasks)
      .env('MALHA_ISOLATE_TASKS'),
  )
  .addOption(
    new Option('--isolate-cpu <percent>', 'with --isolate: share of one processor of a terminal')
      .argParser(whole(1, 100_000))
      .default(DEFAULT_LIMITS.cpu)
      .env('MALHA_ISOLATE_CPU'),
  )
  .action(async (options: StartOptions) => {
    const ended = endRequested();
    const [{ runStart }, { workspaceFiles }] = await Promise.all([
      import('./commands/start.ts'),
      import('./lab/files/index.ts'),
    ]);
    const { isolate, isolateMemory: memory, isolateTasks: tasks, isolateCpu: cpu, ...rest } = options;
    await runStart({
      ...rest,
      ...(isolate ? { isolate: { memory, tasks, cpu } } : {}),
      env: process.env,
      version,
      siteFolder: process.env.MALHA_SITE ?? path.join(root, 'build'),
      lessonsFolder: path.join(root, 'dist', 'lessons'),
      lessonsWorker,
      ownIstioctl: [process.execPath, entry, 'istioctl'],
      workspaceFiles,
      launch: launchInWorker,
      print,
      keyboard: process.stdin,
      ended,
    });
  });

program
  .command('cluster')
  .description('run the embedded cluster alone, for a kubectl of your own')
  .option('--kubeconfig <file>', 'file to write its kubeconfig to (default: cluster.kubeconfig in ~/.malha)')
  .option('--port <number>', 'port of its API server (default: a free one)', port, 0)
  .option('--json', 'print one line of JSON when it is ready', false)
  .action(async (options: { kubeconfig?: string; port: number; json: boolean }) => {
    const ended = endRequested();
    const { runCluster } = await import('./commands/cluster.ts');
    const { startCluster } = await import('./embedded/cluster.ts');
    const kubeconfig = options.kubeconfig ?? path.join(homeOf(process.env).root, 'cluster.kubeconfig');
    await runCluster({ ...options, kubeconfig, launch: startCluster, print, ended });
  });

program
  .command('test')
  .description('run every step of the guide through the server, and prove every check')
  .argument('[page]', 'a page, its source file, or a folder of either (default: all)')
  .option('--backend <name>', 'where commands run: auto, embedded, kind or context:<name>', 'embedded')
  .option('--record', 'keep what the blocks print, for readers without a lab', false)
  .option('--json', 'print the results as JSON', false)
  .option('--jobs <number>', 'labs side by side, on the embedded cluster', whole(1, 99))
  .action(
    async (what: string | undefined, options: { backend: string; record: boolean; json: boolean; jobs?: number }) => {
      const ended = endRequested();
      const [{ runTest }, { workspaceFiles }] = await Promise.all([
        import('./commands/test.ts'),
        import('./lab/files/index.ts'),
      ]);
      process.exitCode = await runTest({
        ...options,
        what,
        env: process.env,
        version,
        root,
        lessonsFolder: path.join(root, 'dist', 'lessons'),
        lessonsWorker,
        ownIstioctl: [process.execPath, entry, 'istioctl'],
        workspaceFiles,
        launch: launchInWorker,
        print,
        ended,
      });
    },
  );

program
  .command('doctor')
  .description('look for the tools that the lab can use, and say what to do about the others')
  .option('--json', 'print the findings as JSON', false)
  .action(async ({ json }: { json: boolean }) => {
    const { examine, render } = await import('./commands/doctor.ts');
    const findings = await examine({ env: process.env, cache: homeOf(process.env).cache });
    print(json ? JSON.stringify(findings, undefined, 2) : render(findings));
    process.exitCode = findings.some(({ status }) => status === 'problem') ? 1 : 0;
  });

program
  .command('istioctl')
  .description('our own istioctl, for the embedded cluster; takes istioctl’s arguments')
  .helpOption(false)
  .allowUnknownOption()
  .argument('[arguments...]')
  .action(() => {});

async function main(): Promise<void> {
  if (process.platform === 'win32') {
    throw new Error(
      'Malha runs on Linux and macOS. On Windows, run it in WSL: https://learn.microsoft.com/windows/wsl',
    );
  }
  // All that follows is istioctl's, also what looks like an option of ours.
  if (process.argv[2] === 'istioctl') {
    const [{ runIstioctl }, { processIo }] = await Promise.all([
      import('./istioctl/index.ts'),
      import('./istioctl/io.ts'),
    ]);
    process.exitCode = await runIstioctl(process.argv.slice(3), process.env, processIo());
    return;
  }
  if (process.argv.length <= 2) program.help({ error: true });
  await program.parseAsync();
  // Signals' listeners and open pipes would keep an ended command alive.
  process.exit();
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
