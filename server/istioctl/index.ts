/**
 * Malha's istioctl: the commands of Istio's that the guide uses, on the embedded cluster. Flags, output and exit codes
 * follow Istio 1.31's istioctl; what it does not do it refuses by name.
 */
import { Command, CommanderError, Option } from 'commander';
import { analyze } from './analyze.ts';
import { ApiError, type Cluster, connect } from './cluster.ts';
import { DASHBOARDS, dashboard } from './dashboard.ts';
import { install } from './install.ts';
import { CommandError, type Io, WRONG_USAGE } from './io.ts';
import { collect, duration, flag, port } from './options.ts';
import { proxyStatus } from './proxy-status.ts';
import { uninstall } from './uninstall.ts';
import { notPart, OTHER_ALIASES, OTHER_COMMANDS, refuse } from './unsupported.ts';
import { version } from './version.ts';

export { CommandError, type Io, processIo } from './io.ts';

interface Global {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  istioNamespace: string;
}

interface Session {
  io: Io;
  env: NodeJS.ProcessEnv;
  /** Set by the command that ran. */
  exitCode: number;
  global(): Global;
  connect(): Promise<Cluster>;
}

function installCommands(program: Command, session: Session): void {
  const { io } = session;
  for (const name of ['install', 'upgrade'] as const) {
    const command = program
      .command(name)
      .description(
        name === 'install'
          ? 'Applies an Istio manifest, installing or reconfiguring Istio on a cluster.'
          : 'Upgrade Istio control plane in-place',
      )
      .option('-s, --set <path=value>', 'Override a value: only profile=<name> is supported', collect, [])
      .option('-y, --skip-confirmation', 'Skips the confirmation prompt', false)
      .option('--readiness-timeout <duration>', 'Maximum time to wait for each component', duration, 300_000)
      .allowExcessArguments(false)
      .action(async (options: { set: string[]; skipConfirmation: boolean; readinessTimeout: number }) => {
        session.exitCode = await install(await session.connect(), io, { ...options, upgrade: name === 'upgrade' });
      });
    if (name === 'install') command.alias('apply');
    refuse(command, '-f, --filename <file>', '-r, --revision <name>', '-d, --manifests <folder>', '--charts <folder>');
    refuse(command, '--dry-run', '--force', '--verify');
  }
  const command = program
    .command('uninstall')
    .description('Uninstall Istio from a cluster')
    .option('--purge', 'Delete all Istio related sources for all versions', false)
    .option('-y, --skip-confirmation', 'Skips the confirmation prompt', false)
    .allowExcessArguments(false)
    .action(async (options: { purge: boolean; skipConfirmation: boolean }) => {
      session.exitCode = await uninstall(await session.connect(), io, options);
    });
  refuse(
    command,
    '-f, --filename <file>',
    '-r, --revision <name>',
    '-s, --set <path=value>',
    '-d, --manifests <folder>',
  );
  refuse(command, '--dry-run', '--force', '-v, --verbose');
}

function inspectionCommands(program: Command, session: Session): void {
  const { io } = session;
  program
    .command('version')
    .description('Prints out build version information')
    .addOption(
      new Option('-s, --short [boolean]', 'Use --short=false to generate full version information')
        .argParser(flag)
        .preset('true')
        .default(true),
    )
    .addOption(
      new Option('--remote [boolean]', 'Use --remote=false to suppress control plane check')
        .argParser(flag)
        .preset('true')
        .default(true),
    )
    .option('-o, --output <format>', "One of 'yaml' or 'json'.")
    .allowExcessArguments(false)
    .action(async (options: { short: boolean; remote: boolean; output?: string }) => {
      const { istioNamespace } = session.global();
      session.exitCode = await version(session.connect, io, { ...options, istioNamespace });
    });

  program
    .command('proxy-status')
    .alias('ps')
    .description('Retrieves the synchronization status of each Envoy in the mesh')
    .argument('[proxy]')
    .option('-o, --output <format>', 'Output format: table')
    .action(async (proxy: string | undefined, options: { output?: string }) => {
      if (proxy) throw notPart('proxy-status for one proxy, which compares its Envoy configuration,');
      const { istioNamespace, namespace } = session.global();
      session.exitCode = await proxyStatus(await session.connect(), io, { ...options, istioNamespace, namespace });
    });

  const command = program
    .command('analyze')
    .description('Analyze Istio configuration and print validation messages')
    .argument('[files...]')
    .option('-A, --all-namespaces', 'Analyze all namespaces', false)
    .action(async (files: string[], options: { allNamespaces: boolean }) => {
      if (files.length) throw notPart('analyze of files');
      const cluster = await session.connect();
      const namespace = options.allNamespaces ? undefined : (session.global().namespace ?? cluster.namespace);
      session.exitCode = await analyze(cluster, io, namespace);
    });
  refuse(
    command,
    '-k, --use-kube <boolean>',
    '-o, --output <format>',
    '-S, --suppress <message>',
    '-L, --list-analyzers',
  );
}

function dashboardCommands(program: Command, session: Session): void {
  const parent = program
    .command('dashboard')
    .aliases(['dash', 'd'])
    .description('Access to Istio web UIs')
    .argument('[name]')
    .action((name?: string) => {
      if (name && ['zipkin', 'skywalking', 'envoy', 'proxy', 'controlz', 'istiod-debug'].includes(name))
        throw notPart(`dashboard ${name}`);
      if (name) throw new CommandError(`unknown dashboard "${name}"`);
      session.io.stdout(parent.helpInformation());
    });
  for (const [name, chosen] of Object.entries(DASHBOARDS)) {
    parent
      .command(name)
      .description(`Open ${chosen.title} web UI`)
      .option('-p, --port <port>', 'Local port to listen to', port, 0)
      .option('--address <address>', 'Address to listen on', 'localhost')
      .option('--ui-port <port>', 'The component dashboard UI port.', port, chosen.port)
      .addOption(
        new Option('--browser [boolean]', 'Whether to open a browser').argParser(flag).preset('true').default(true),
      )
      .allowExcessArguments(false)
      .action(async (options: { port: number; address: string; uiPort: number; browser: boolean }) => {
        const cluster = await session.connect();
        const { istioNamespace, namespace } = session.global();
        session.exitCode = await dashboard(cluster, session.io, chosen, {
          ...options,
          istioNamespace,
          namespace: namespace ?? cluster.namespace,
          env: session.env,
        });
      });
  }
}

function build(session: Session, program: Command): Command {
  program
    .name('istioctl')
    .description("Malha's istioctl: installs and inspects the simulated Istio of the embedded cluster.")
    .option('-c, --kubeconfig <file>', 'Kubernetes configuration file')
    .option('--context <name>', 'Kubernetes configuration context')
    .option('-n, --namespace <name>', 'Kubernetes namespace')
    .option('-i, --istioNamespace <name>', 'Istio system namespace', 'istio-system')
    .helpCommand(true)
    .exitOverride()
    .configureOutput({
      writeOut: session.io.stdout,
      // What commander says of an error is said again below, in the real one's words.
      writeErr: () => {},
    });
  installCommands(program, session);
  inspectionCommands(program, session);
  dashboardCommands(program, session);
  for (const name of OTHER_COMMANDS) {
    const aliases = Object.keys(OTHER_ALIASES).filter((alias) => OTHER_ALIASES[alias] === name);
    program
      .command(name, { hidden: true })
      .aliases(aliases)
      .allowUnknownOption()
      .allowExcessArguments()
      .helpOption(false)
      .action(() => {
        throw notPart(name);
      });
  }
  return program;
}

/** Go's wording for what commander found wrong. */
function usageMessage(error: CommanderError): string {
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption':
      return named.startsWith('--')
        ? `unknown flag: ${named.replace(/=.*/, '')}`
        : `unknown shorthand flag: '${named[1] ?? ''}' in ${named}`;
    case 'commander.unknownCommand':
      return `unknown command "${named}" for "istioctl"`;
    case 'commander.optionMissingArgument':
      return `flag needs an argument: ${named.split(/[ ,]+/).find((part) => part.startsWith('--')) ?? named}`;
    default:
      return error.message.replace(/^error: /, '');
  }
}

/** `argv` without the program's name. Resolves with the exit code and never rejects; errors go to `io.stderr`. */
export async function runIstioctl(argv: string[], env: NodeJS.ProcessEnv, io: Io): Promise<number> {
  const program = new Command();
  const session: Session = {
    io,
    env,
    exitCode: 0,
    global: () => program.opts<Global>(),
    connect: () => connect(program.opts<Global>(), env),
  };
  build(session, program);
  if (argv.length === 0) {
    io.stdout(program.helpInformation());
    return 0;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      io.stderr(`Error: ${usageMessage(error)}\n`);
      if (error.code === 'commander.unknownCommand') io.stderr("Run 'istioctl --help' for usage.\n");
      return WRONG_USAGE;
    }
    if (error instanceof CommandError) {
      io.stderr(`Error: ${error.message}\n`);
      return error.code;
    }
    if (error instanceof ApiError) {
      io.stderr(`Error: the Kubernetes API answered ${error.code}: ${error.message}\n`);
      return 1;
    }
    io.stderr(`Error: ${(error as Error).message}\n`);
    return 1;
  }
}
