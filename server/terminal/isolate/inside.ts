/** What runs within an isolated shell's namespaces before the shell: the near end of the relay. */

/**
 * Takes a port of 127.0.0.1 and a socket file; says `ready` once it listens, then pipes each connection to the file.
 * It ends with its namespace.
 */
export const RELAY_SCRIPT = `// Written by Malha at each start; changes here are lost.
const net = require('node:net');
const [port, file] = process.argv.slice(2);
const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (from) => {
  const to = net.connect({ path: file, allowHalfOpen: true });
  for (const [one, other] of [[from, to], [to, from]]) {
    one.pipe(other);
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroySoon());
  }
});
server.listen(Number(port), '127.0.0.1', () => {
  process.stdout.on('error', () => {});
  process.stdout.write('ready\\n');
});
`;

/**
 * `sh -c` with node, the script, the port, the socket file and then the shell's command line as arguments. The relay is
 * started by a subshell that ends at once, so that it is no job of the shell's and belongs to the namespace's first
 * process; it must listen before the first command, and a shell without it is still a shell.
 */
export const LAUNCH = [
  '( UV_THREADPOOL_SIZE=1 "$1" --v8-pool-size=0 --max-old-space-size=64 "$2" "$3" "$4" </dev/null 2>/dev/null & ) |',
  '  IFS= read -r ready || echo "The relay to the cluster could not be started: commands cannot reach it." >&2',
  'shift 4',
  'exec "$@"',
].join('\n');
