/** istiod's configuration as its two ConfigMaps say it now. */
import type { Client, KubeObject } from '../../client.ts';
import { Informer } from '../../informer.ts';
import { RESOURCES } from '../../types.ts';
import { type InjectorSettings, readInjectorSettings } from '../injection/config.ts';
import type { Logger } from '../log.ts';

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

export interface SettingsWatch {
  /** Throws a sentence where there is no valid configuration. */
  current(): InjectorSettings;
  stop(): void;
}

/** Reads the ConfigMaps of `revision` in `namespace` and follows their changes; a broken change leaves the last good one. */
export async function watchSettings(
  client: Client,
  namespace: string,
  revision: string,
  log: Logger,
): Promise<SettingsWatch> {
  const suffix = revision === 'default' ? '' : `-${revision}`;
  const names = [`istio-sidecar-injector${suffix}`, `istio${suffix}`];
  const maps = new Informer<ConfigMap>(client, RESOURCES.configmaps, { namespace });
  let settings: InjectorSettings | undefined;
  let problem = 'not read yet';

  function read(): void {
    const [injector, mesh] = names.map((name) => maps.get(`${namespace}/${name}`));
    try {
      settings = readInjectorSettings(injector?.data, mesh?.data, revision);
    } catch (error) {
      problem = (error as Error).message;
      log.error(`Failed to load the injection configuration: ${problem}`);
    }
  }

  await maps.start();
  read();
  const changed = (map: ConfigMap): void => {
    if (names.includes(map.metadata.name)) read();
  };
  maps.handle({ updated: (_old, map) => changed(map) });
  return {
    current() {
      if (!settings) throw new Error(`injection is not configured: ${problem}`);
      return settings;
    },
    stop: () => maps.stop(),
  };
}
