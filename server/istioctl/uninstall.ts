/** `istioctl uninstall --purge`: deletes whatever carries the installer's component label, custom resources included. */
import { type Cluster, refuseRealCluster } from './cluster.ts';
import { CommandError, type Io, WRONG_USAGE } from './io.ts';
import { COMPONENT_LABEL, type Manifest } from './manifests/object.ts';
import { Progress } from './progress.ts';
import { goName, KINDS, list, remove } from './resources.ts';

export interface UninstallOptions {
  purge: boolean;
  skipConfirmation: boolean;
}

export async function uninstall(cluster: Cluster, io: Io, options: UninstallOptions): Promise<number> {
  if (!options.purge) {
    throw new CommandError(
      "at least one of the --revision (or --set revision=<revision>), --filename or --purge flags must be set; Malha's istioctl supports --purge",
      WRONG_USAGE,
    );
  }
  await refuseRealCluster(cluster);
  const warning = 'All Istio resources will be pruned from the cluster\n';
  if (options.skipConfirmation) io.stdout(`${warning}\n`);
  else {
    const answer = (await io.ask(`${warning}Proceed? (y/N) `))?.trim().toUpperCase();
    if (answer !== 'Y' && answer !== 'YES') {
      io.stdout('Cancelled.\n');
      return 1;
    }
  }
  for (const kind of KINDS) {
    const objects: Manifest[] = await list(cluster, kind, COMPONENT_LABEL);
    for (const object of objects) {
      const name = goName(object);
      if (await remove(cluster, object)) io.stdout(`  Removed ${name}.\n`);
      else io.stdout(`object: ${name} is not being deleted because it no longer exists\n`);
    }
  }
  new Progress(io).done('Uninstall complete');
  return 0;
}
