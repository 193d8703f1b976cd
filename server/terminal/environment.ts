/** The environment of a terminal: what a shell needs, and nothing that could be a secret. */

import path from 'node:path';

/** Passed on as they are. A list of what is kept, since nobody can list every name that a secret may have. */
const KEPT = new Set([
  ...['HOME', 'USER', 'LOGNAME', 'SHELL', 'PATH', 'TMPDIR', 'TZ', 'LANG', 'LANGUAGE', 'HOSTNAME'],
  ...['EDITOR', 'VISUAL', 'PAGER', 'LESS', 'LS_COLORS', 'MANPATH', 'INFOPATH', 'ZDOTDIR'],
  ...['DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'SYSTEMROOT'],
  ...['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'NVM_DIR', 'HOMEBREW_PREFIX', 'PYENV_ROOT', 'ASDF_DIR'],
  ...['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'],
]);
const KEPT_PREFIXES = ['LC_', 'XDG_'];

/** npm puts these first on PATH for a script; a learner's shell has no use for them. */
const isNpmFolder = (folder: string) => /[\\/](node_modules[\\/]\.bin|node-gyp-bin)[\\/]?$/.test(folder);

export interface LabEnvironment {
  /** Comes first on PATH. */
  bin: string;
  kubeconfig: string;
  /** Folder for what helm and kubectl keep, so that the learner's own stays as it is. */
  toolState: string;
}

/** `source` is the server's own environment. */
export function terminalEnvironment(source: NodeJS.ProcessEnv, lab: LabEnvironment): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value === undefined) continue;
    if (KEPT.has(name) || KEPT_PREFIXES.some((prefix) => name.startsWith(prefix))) env[name] = value;
  }
  const folders = (source.PATH ?? '/usr/local/bin:/usr/bin:/bin')
    .split(path.delimiter)
    .filter((folder) => folder !== '' && !isNpmFolder(folder) && folder !== lab.bin);
  return {
    ...env,
    PATH: [lab.bin, ...folders].join(path.delimiter),
    LANG: env.LANG ?? 'C.UTF-8',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    TERM_PROGRAM: 'malha',
    KUBECONFIG: lab.kubeconfig,
    KUBECACHEDIR: path.join(lab.toolState, 'kube-cache'),
    KUBECTL_KUBERC: 'false',
    HELM_CACHE_HOME: path.join(lab.toolState, 'helm', 'cache'),
    HELM_CONFIG_HOME: path.join(lab.toolState, 'helm', 'config'),
    HELM_DATA_HOME: path.join(lab.toolState, 'helm', 'data'),
    MALHA_LAB: '1',
  };
}
