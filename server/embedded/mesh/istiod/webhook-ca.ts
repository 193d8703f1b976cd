/**
 * Writes the CA's certificate into `caBundle` of the injector's webhook configurations, so that the API server can
 * verify istiod; again whenever somebody applies them without it.
 */
import type { Client, KubeObject } from '../../client.ts';
import { Informer } from '../../informer.ts';
import { isConflict, isNotFound } from '../../status.ts';
import type { Logger } from '../log.ts';

export const MUTATING_WEBHOOKS = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  resource: 'mutatingwebhookconfigurations',
} as const;

interface WebhookConfiguration extends KubeObject {
  webhooks?: { name: string; clientConfig: { caBundle?: string } }[];
}

/** Resolves when the configurations of this revision that are there carry the certificate. */
export async function patchWebhooks(client: Client, revision: string, root: string, log: Logger): Promise<() => void> {
  const caBundle = Buffer.from(root).toString('base64');
  const configurations = new Informer<WebhookConfiguration>(client, MUTATING_WEBHOOKS, {
    labelSelector: `istio.io/rev=${revision}`,
  });

  async function reconcile(configuration: WebhookConfiguration): Promise<void> {
    const { name } = configuration.metadata;
    const missing = (configuration.webhooks ?? [])
      .map((webhook, index) => ({ webhook, index }))
      .filter(({ webhook }) => webhook.name.endsWith('sidecar-injector.istio.io'))
      .filter(({ webhook }) => webhook.clientConfig.caBundle !== caBundle);
    if (missing.length === 0) return;
    const patch = missing.flatMap(({ webhook, index }) => [
      { op: 'test', path: `/webhooks/${index}/name`, value: webhook.name },
      { op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value: caBundle },
    ]);
    try {
      configurations.observe(await client.patch(MUTATING_WEBHOOKS, { name }, 'json', patch));
      log.info(`Patched webhook ${name} with the CA certificate`);
    } catch (error) {
      // Changed or deleted at the same moment: the watch brings what it is now.
      if (isNotFound(error) || isConflict(error)) return;
      log.error(`Patch webhook ${name} failed: ${(error as Error).message}`);
    }
  }

  await configurations.start();
  await Promise.all(configurations.list().map(reconcile));
  configurations.handle({
    added: (configuration) => void reconcile(configuration),
    updated: (_old, configuration) => void reconcile(configuration),
  });
  return () => configurations.stop();
}
