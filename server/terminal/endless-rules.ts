/** Programs that go on until they are stopped, as a table; and programs that run another one. From their manuals. */

export interface EndlessRule {
  programs: string[];
  /** The first words that are no options, such as `port-forward` or `viz dashboard`: one of these. Any, if left out. */
  subcommands?: string[];
  /** Only with one of these options; `-m=http.server` asks for that value. */
  with?: string[];
  /** Not with any of these. `--help` is never endless. */
  without?: string[];
  /** Options that take a value: the rest of their word, or the next one. Long ones only where they come before words. */
  values?: string[];
  /** Only where one of the words that are no options fits. */
  operand?: RegExp;
}

const KUBECTL = ['kubectl', 'k', 'oc'];
/** Before the subcommand (kubectl options). */
const KUBECTL_VALUES = [
  ...['-n', '--namespace', '-s', '--server', '-v', '--v', '--context', '--cluster', '--user', '--kubeconfig'],
  ...['--token', '--as', '--as-group', '--as-uid', '--cache-dir', '--certificate-authority', '--client-certificate'],
  ...['--client-key', '--request-timeout', '--tls-server-name', '--vmodule', '--profile', '--profile-output'],
];
const CONTAINERS = ['docker', 'podman', 'nerdctl'];
const CONTAINER_VALUES = ['-H', '--host', '-c', '--context', '--config', '-l', '--log-level', '-f', '--file', '-p'];

export const ENDLESS: EndlessRule[] = [
  { programs: KUBECTL, subcommands: ['port-forward', 'proxy', 'attach'], values: KUBECTL_VALUES },
  {
    programs: KUBECTL,
    subcommands: ['get', 'events', 'event'],
    with: ['-w', '--watch', '--watch-only'],
    values: [...KUBECTL_VALUES, '-o', '-l', '-f', '-k', '-L', '--for'],
  },
  {
    programs: KUBECTL,
    subcommands: ['logs', 'log'],
    with: ['-f', '--follow'],
    values: [...KUBECTL_VALUES, '-c', '-l'],
  },
  {
    programs: ['istioctl'],
    subcommands: ['dashboard', 'dash', 'd'],
    values: ['-n', '--namespace', '-i', '--istioNamespace', '-c', '--kubeconfig', '--context'],
  },
  { programs: ['linkerd'], subcommands: ['viz dashboard', 'viz tap', 'viz top', 'jaeger dashboard'] },
  { programs: ['cilium'], subcommands: ['hubble ui', 'hubble port-forward', 'monitor'] },
  { programs: ['hubble'], subcommands: ['observe'], with: ['-f', '--follow'] },
  { programs: ['minikube'], subcommands: ['tunnel', 'dashboard'], values: ['-p', '--profile'] },
  { programs: ['stern'], without: ['--no-follow'] },
  { programs: CONTAINERS, subcommands: ['attach', 'events'], values: ['-H', '--host', '-c', '--context'] },
  { programs: CONTAINERS, subcommands: ['stats'], without: ['--no-stream'] },
  { programs: CONTAINERS, subcommands: ['logs'], with: ['-f', '--follow'], values: ['-n', '--tail', '--since'] },
  { programs: CONTAINERS, subcommands: ['compose up'], without: ['-d', '--detach'], values: CONTAINER_VALUES },
  {
    programs: CONTAINERS,
    subcommands: ['compose logs'],
    with: ['--follow', '-f'],
    values: CONTAINER_VALUES.filter((option) => option !== '-f'),
  },
  {
    programs: ['tail'],
    with: ['-f', '-F', '--follow'],
    without: ['--pid'],
    values: ['-n', '-c', '-s', '--lines', '--bytes'],
    operand: /^(?!-$)/,
  },
  { programs: ['less'], operand: /^\+F/ },
  { programs: ['watch'], without: ['-g', '--chgexit', '-q', '--equexit', '-v', '--version'], values: ['-n', '-q'] },
  { programs: ['top'], without: ['-n', '-l', '-v'], values: ['-d', '-n', '-p', '-u', '-U', '-o', '-w', '-l', '-s'] },
  { programs: ['htop', 'btop', 'iftop', 'iotop', 'nload'] },
  {
    programs: ['ping', 'ping6'],
    without: ['-c', '-w', '-V'],
    values: ['-c', '-i', '-I', '-l', '-m', '-M', '-p', '-Q', '-s', '-S', '-t', '-T', '-w', '-W'],
  },
  { programs: ['sleep'], operand: /^inf(inity)?$/i },
  { programs: ['yes'] },
  {
    programs: ['nc', 'ncat', 'netcat'],
    with: ['-l', '--listen'],
    without: ['-z', '-w', '-q'],
    values: ['-p', '-s', '-w', '-i', '-X', '-x', '-q', '-I', '-O', '-T', '-e', '-c', '-m', '-g', '-G'],
  },
  { programs: ['socat'], operand: /-listen:/i },
  { programs: ['ssh'], with: ['-N'], values: ['-L', '-R', '-D', '-i', '-l', '-o', '-p', '-F', '-J', '-b', '-c', '-W'] },
  {
    programs: ['journalctl'],
    with: ['-f', '--follow'],
    values: ['-u', '-n', '-p', '-t', '-S', '-U', '-o', '-b', '-g'],
  },
  { programs: ['dmesg'], with: ['-w', '-W', '--follow', '--follow-new'] },
  { programs: ['tcpdump'], without: ['-c', '-r', '-D'], values: ['-c', '-i', '-r', '-w', '-s', '-C', '-G', '-W'] },
  { programs: ['inotifywait'], with: ['-m', '--monitor'], values: ['-e', '-t'] },
  { programs: ['python', 'python3'], with: ['-m=http.server', '-m=SimpleHTTPServer'], values: ['-m', '-W', '-X'] },
  { programs: ['fortio'], subcommands: ['server'] },
];

export interface Wrapper {
  /** Options that take a value. */
  values?: string[];
  /** With one of these it runs nothing. */
  asks?: string[];
  /** Words of its own before the program. */
  operands?: number;
}

/** Programs (and words of the shell) whose first words, after their options, are another command. */
export const WRAPPERS: Record<string, Wrapper> = {
  sudo: {
    values: ['-u', '-g', '-h', '-p', '-C', '-r', '-t', '-T', '-U', '-D', '-R', '--user', '--group'],
    asks: ['-l', '-v', '-k', '-K', '-V'],
  },
  doas: { values: ['-u', '-C'] },
  env: { values: ['-u', '-C', '--unset', '--chdir'] },
  nice: { values: ['-n', '--adjustment'] },
  ionice: { values: ['-c', '-n'], asks: ['-p'] },
  nohup: {},
  setsid: {},
  stdbuf: { values: ['-i', '-o', '-e'] },
  unbuffer: {},
  time: { values: ['-f', '-o'] },
  command: { asks: ['-v', '-V'] },
  builtin: {},
  exec: { values: ['-a'] },
  eval: {},
};

/** Shells that take a command line as an argument, after `-c`. */
export const SHELLS = ['sh', 'bash', 'zsh', 'dash', 'ksh', 'ash'];

/** Later in a pipeline, these end by themselves, and with them what writes to them. */
export const CUTS: EndlessRule[] = [
  { programs: ['head'] },
  { programs: ['grep', 'egrep', 'fgrep', 'rg'], with: ['-q', '-m', '--quiet', '--silent', '--max-count', '-l'] },
  { programs: ['sed'], operand: /(?:^|[;}\d/])\s*q\b/ },
];
