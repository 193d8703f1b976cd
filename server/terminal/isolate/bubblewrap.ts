/**
 * The command line of bubblewrap (bwrap(1)) for one shell: namespaces of its own for files, processes, network, IPC and
 * host name, in which only what a shell of the lab needs can be seen.
 *
 * No `--new-session`: it would take the terminal from the shell, and job control and /dev/tty with it. It is there
 * against programs that type into the terminal of who started them (ioctl TIOCSTI); here every shell has a pty of its
 * own, whose session begins with bwrap itself, so that there is nobody else to type to.
 */

import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** Programs and libraries: readable by everybody on any machine. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store'];

/** Of /etc only what programs look up to run: names of users, certificates, time zone, loader, terminals, shells. */
const ETC = [
  ...['passwd', 'group', 'nsswitch.conf', 'hosts', 'host.conf', 'localtime', 'timezone', 'locale.conf', 'locale.alias'],
  ...['ssl/certs', 'ssl/openssl.cnf', 'pki/tls/certs', 'pki/ca-trust/extracted', 'ca-certificates', 'crypto-policies'],
  ...['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'alternatives', 'terminfo', 'inputrc', 'os-release', 'mime.types'],
  ...['bash.bashrc', 'bashrc', 'zsh', 'zshrc', 'zshenv', 'vim', 'nanorc', 'static', 'profiles', 'shells'],
];

/** Names of the environment that lead to services of the machine, or to files that cannot be seen. */
const DROPPED = [
  ...['TMPDIR', 'DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'SSH_AUTH_SOCK'],
  ...['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY'],
  ...['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'],
];

export interface Sandbox {
  /** The learner's home folder: there, and empty. */
  home: string;
  cwd: string;
  /** Folders that the shell may write. */
  writable: string[];
  /** Folders that are there, empty, and gone with the shell. */
  empty: string[];
  /** Files and folders that can be read, each at its own path; what is missing is left out. */
  readable: string[];
  /** Readable as well, but seen at another path: [source, path]. */
  placed: [string, string][];
  /** Environment that differs from the server's for its terminals. */
  env: Record<string, string>;
}

/** Arguments of bwrap; a program and its own follow them. */
export function bubblewrapArguments(sandbox: Sandbox): string[] {
  const { home, cwd, writable, empty, readable, placed, env } = sandbox;
  return [
    // In a user namespace of its own no capability is left, nor a way to get any by a namespace within.
    ...['--unshare-user', '--disable-userns', '--cap-drop', 'ALL'],
    ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--hostname', 'malha', '--die-with-parent'],
    ...SYSTEM.flatMap(systemFolder),
    ...ETC.flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    // Settings of the kernel belong to root also where it has no capability: a lab that root runs could change them.
    ...['--proc', '/proc', '--ro-bind', '/proc/sys', '/proc/sys', '--dev', '/dev'],
    ...['--perms', '1777', '--tmpfs', '/tmp', '--perms', '1777', '--tmpfs', '/var/tmp', '--dir', '/run'],
    // A home at the top, or one that programs are in, cannot be emptied.
    ...(isSystem(home) || home === '/' ? [] : ['--perms', '0700', '--tmpfs', home]),
    ...empty.flatMap((folder) => ['--perms', '0700', '--tmpfs', folder]),
    ...withoutCovered(readable).flatMap(readOnly),
    ...placed.flatMap(([source, seen]) => ['--ro-bind', source, seen]),
    ...writable.flatMap((folder) => ['--bind', folder, folder]),
    ...DROPPED.flatMap((name) => ['--unsetenv', name]),
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--chdir', cwd],
  ];
}

/** On most systems /bin and its like are links into /usr. */
function systemFolder(folder: string): string[] {
  const status = lstatSync(folder, { throwIfNoEntry: false });
  if (!status) return [];
  if (status.isSymbolicLink()) return ['--symlink', readlinkSync(folder), folder];
  return ['--ro-bind', folder, folder];
}

const isWithin = (file: string, folder: string) => file === folder || file.startsWith(`${folder}/`);

/** It is within what every shell sees. */
const isSystem = (file: string) => SYSTEM.some((folder) => isWithin(file, folder));

/** In the order in which they have to be mounted, without what comes with another or is not there. */
function withoutCovered(files: string[]): string[] {
  const there = [...new Set(files.map((file) => path.resolve(file)))].filter(
    (file) => existsSync(file) && !isSystem(file),
  );
  return there.filter((file) => !there.some((other) => other !== file && isWithin(file, other))).sort();
}

/** A link becomes what it leads to: its own target might be hidden. */
const readOnly = (file: string): string[] => ['--ro-bind', realpathSync(file), file];
