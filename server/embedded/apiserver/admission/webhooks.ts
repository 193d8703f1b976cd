/** Admission by webhooks, as MutatingWebhookConfiguration and ValidatingWebhookConfiguration objects ask for it. */
import type { KubeObject } from '../../client.ts';
import type { Network } from '../../network/network.ts';
import { StatusError } from '../../status.ts';
import { storageKey } from '../convert.ts';
import { internalError } from '../errors.ts';
import { cloneJson, equalJson } from '../json.ts';
import type { Admission, Attributes } from '../request.ts';
import type { Store } from '../store.ts';
import { applyPatch } from '../wire/patch.ts';
import { CallError, callWebhook, type Verdict } from './call.ts';
import { isAsked, type Webhook, webhooksOf } from './rules.ts';

const GROUP = 'admissionregistration.k8s.io';
const NAMESPACES = storageKey({ group: '', resource: 'namespaces' });

/** What a webhook said no with, as Kubernetes passes it on. */
function denial(webhook: Webhook, { status }: Verdict): StatusError {
  const message = typeof status.message === 'string' && status.message ? status.message : undefined;
  const reason = typeof status.reason === 'string' && status.reason ? status.reason : undefined;
  const code = typeof status.code === 'number' && status.code >= 400 ? status.code : 403;
  const why = message ?? reason;
  return new StatusError(
    code,
    reason ?? 'Forbidden',
    `admission webhook "${webhook.name}" denied the request${why ? `: ${why}` : ' without explanation'}`,
  );
}

export class WebhookAdmission implements Admission {
  constructor(
    private readonly store: Store,
    private readonly network: Network,
  ) {}

  /** In the order of their configurations' names, as Kubernetes calls mutating webhooks one after the other. */
  #configured(resource: string, attributes: Attributes): Webhook[] {
    const configurations = this.store.list(storageKey({ group: GROUP, resource }));
    if (configurations.length === 0) return [];
    const labels = this.#namespaceLabels(attributes);
    return configurations.flatMap(webhooksOf).filter((webhook) => isAsked(webhook, attributes, labels));
  }

  #namespaceLabels({ resource, namespace, object, oldObject }: Attributes): Record<string, string> | undefined {
    if (resource.group === '' && resource.resource === 'namespaces') {
      return (object ?? oldObject)?.metadata.labels ?? {};
    }
    if (namespace === undefined) return undefined;
    return this.store.get(NAMESPACES, undefined, namespace)?.metadata.labels ?? {};
  }

  async mutate(attributes: Attributes): Promise<void> {
    const webhooks = this.#configured('mutatingwebhookconfigurations', attributes);
    const again: { webhook: Webhook; seen: KubeObject | undefined }[] = [];
    for (const webhook of webhooks) {
      await this.#ask(webhook, attributes);
      if (webhook.reinvocationPolicy === 'IfNeeded') again.push({ webhook, seen: cloneJson(attributes.object) });
    }
    // Once more, for those who want to see what the others changed after them.
    for (const { webhook, seen } of again) {
      if (!equalJson(seen, attributes.object)) await this.#ask(webhook, attributes);
    }
  }

  async validate(attributes: Attributes): Promise<void> {
    const webhooks = this.#configured('validatingwebhookconfigurations', attributes);
    await Promise.all(webhooks.map((webhook) => this.#ask(webhook, attributes)));
  }

  async #ask(webhook: Webhook, attributes: Attributes): Promise<void> {
    const { options, resource } = attributes;
    if (webhook.matchConditions.length > 0) {
      throw internalError(
        `webhook "${webhook.name}" has matchConditions, which are CEL; the embedded cluster does not evaluate them`,
      );
    }
    if (options.dryRun && !['None', 'NoneOnDryRun'].includes(webhook.sideEffects)) {
      throw new StatusError(400, 'BadRequest', `admission webhook "${webhook.name}" does not support dry run`);
    }
    let verdict: Verdict;
    try {
      verdict = await callWebhook(webhook, attributes, this.network);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      if (webhook.failurePolicy === 'Ignore') return;
      throw internalError(error.message);
    }
    for (const warning of verdict.warnings) options.warn?.(warning);
    if (!verdict.allowed) throw denial(webhook, verdict);
    if (!verdict.patch || !webhook.mutating || !attributes.object) return;
    try {
      attributes.object = applyPatch('json', resource, attributes.object, verdict.patch);
    } catch (error) {
      throw internalError(`admission webhook "${webhook.name}": its patch does not apply: ${(error as Error).message}`);
    }
  }
}
