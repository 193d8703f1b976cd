/** `istioctl install` and `upgrade`: applies a profile's objects component by component, and waits for each. */
import { ISTIO } from '../versions.ts';
import { type Cluster, refuseRealCluster } from './cluster.ts';
import { CommandError, type Io } from './io.ts';
import { base } from './manifests/base.ts';
import { egressGateway, ingressGateway } from './manifests/gateways.ts';
import { istiod } from './manifests/istiod.ts';
import { COMPONENT_LABEL, type Component, type Manifest, NAMESPACE } from './manifests/object.ts';
import { OTHER_PROFILES, PROFILES, type Profile } from './manifests/profiles.ts';
import { Progress } from './progress.ts';
import { apply, describe, KINDS, list, remove } from './resources.ts';
import { waitForReady } from './wait.ts';

export interface InstallOptions {
  /** Values of --set, each `path=value`. */
  set: string[];
  skipConfirmation: boolean;
  /** Milliseconds for each component. */
  readinessTimeout: number;
  /** Only the wording of the question differs. */
  upgrade: boolean;
}

const BANNER = `
        /|
       / |
      /  |\\
     /   | \\
    /____|__\\
   \\_________/
`;

const supported = `profile=<${Object.keys(PROFILES).join('|')}>`;

/** The profile that the --set options ask for; the last one wins, as in the real command. */
export function profileFrom(set: readonly string[]): Profile {
  let name = 'default';
  for (const option of set) {
    const equals = option.indexOf('=');
    if (equals < 0) throw new CommandError(`failed to set overlay: could not parse "${option}": expected path=value`);
    const path = option.slice(0, equals);
    if (path !== 'profile') {
      throw new CommandError(
        `--set ${path}=… is not supported by Malha's istioctl. It supports --set ${supported}; the rest keeps the profile's defaults.`,
      );
    }
    name = option.slice(equals + 1);
  }
  const profile = PROFILES[name];
  if (profile) return profile;
  throw new CommandError(
    OTHER_PROFILES.includes(name)
      ? `profile "${name}" is not supported by Malha's istioctl: the embedded cluster has no simulation of it. It supports ${Object.keys(PROFILES).join(', ')}.`
      : `unknown profile "${name}". Malha's istioctl supports ${Object.keys(PROFILES).join(', ')}.`,
  );
}

/** In the order in which they are installed; those in one step do not wait for one another. */
function stepsOf(profile: Profile): { component: Component; manifests: Manifest[] }[][] {
  if (!profile.istiod) return [];
  return [
    [{ component: 'Base' as const, manifests: base() }],
    [{ component: 'Pilot' as const, manifests: istiod(profile) }],
    [
      ...(profile.egressGateway ? [{ component: 'EgressGateways' as const, manifests: egressGateway(profile) }] : []),
      ...(profile.ingressGateway
        ? [{ component: 'IngressGateways' as const, manifests: ingressGateway(profile) }]
        : []),
    ],
  ];
}

async function confirm(io: Io, question: string): Promise<boolean> {
  for (;;) {
    const answer = (await io.ask(`${question} `))?.trim().toUpperCase();
    if (answer === undefined || answer === '' || answer === 'N' || answer === 'NO') return false;
    if (answer === 'Y' || answer === 'YES') return true;
  }
}

/** Removes what an earlier installation had and this profile does not. Custom resource definitions stay, with their objects. */
async function prune(cluster: Cluster, keep: Manifest[]): Promise<void> {
  const wanted = new Set(keep.map(describe));
  const selector = `${COMPONENT_LABEL},install.operator.istio.io/owning-resource=installed-state`;
  for (const kind of KINDS) {
    if (kind.kind === 'CustomResourceDefinition' || kind.kind === 'Pod') continue;
    for (const object of await list(cluster, kind, selector)) {
      if (!wanted.has(describe(object))) await remove(cluster, object);
    }
  }
}

export async function install(cluster: Cluster, io: Io, options: InstallOptions): Promise<number> {
  io.stderr(`${BANNER}\n`);
  const profile = profileFrom(options.set);
  await refuseRealCluster(cluster);
  io.stderr(
    `This is Malha's istioctl (${ISTIO}-embedded). On this embedded cluster istiod, the proxies and the gateways are simulated.\n\n`,
  );
  if (!options.skipConfirmation) {
    const action = options.upgrade ? 'upgrade Istio to' : 'install the Istio';
    const question = options.upgrade
      ? `This will ${action} ${ISTIO} with profile "${profile.name}". Proceed? (y/N)`
      : `This will ${action} ${ISTIO} profile "${profile.name}" into the cluster. Proceed? (y/N)`;
    if (!(await confirm(io, question))) {
      io.stderr('Cancelled.\n');
      return 1;
    }
  }

  const progress = new Progress(io);
  await apply(cluster, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const steps = stepsOf(profile);
  for (const step of steps) {
    const open = new Map(step.map(({ component }) => [component, [] as string[]]));
    const show = (): void => progress.working([...open.keys()], [...open.values()].flat());
    if (step.length) show();
    const results = step.map(async ({ component, manifests }) => {
      for (const manifest of manifests) await apply(cluster, manifest);
      await waitForReady(cluster, manifests, options.readinessTimeout, (names) => {
        open.set(component, names);
        show();
      });
    });
    // All end before one failure is reported, and they are reported in their order.
    const settled = await Promise.allSettled(results);
    for (const [index, { component }] of step.entries()) {
      const result = settled[index]!;
      open.delete(component);
      if (result.status === 'rejected') {
        progress.failed(component, (result.reason as Error).message);
        throw new CommandError(`failed to install manifests: ${(result.reason as Error).message}`);
      }
      progress.installed(component);
    }
  }
  progress.pruning();
  await prune(
    cluster,
    steps.flat().flatMap(({ manifests }) => manifests),
  );
  progress.done('Installation complete');
  return 0;
}
