/** What CustomResourceDefinitions and webhook configurations must hold to be of use. */
import type { KubeObject } from '../../client.ts';
import { type Cause, field } from '../errors.ts';
import { asList, asObject } from '../json.ts';
import { dnsLabel1035, dnsSubdomain } from './names.ts';

const SCOPES = ['Cluster', 'Namespaced'];

export function validateDefinition({ metadata, spec: given }: KubeObject): Cause[] {
  const spec = asObject(given);
  const names = asObject(spec.names);
  const versions = asList(spec.versions);
  const causes: Cause[] = [];
  const name = `${names.plural}.${spec.group}`;
  if (!spec.group) causes.push(field.required('spec.group'));
  else causes.push(...dnsSubdomain(String(spec.group)).map((why) => field.invalid('spec.group', spec.group, why)));
  for (const key of ['plural', 'kind']) if (!names[key]) causes.push(field.required(`spec.names.${key}`));
  if (spec.group && names.plural && metadata.name !== name) {
    causes.push(field.invalid('metadata.name', metadata.name, `must be spec.names.plural+"."+spec.group`));
  }
  if (!SCOPES.includes(String(spec.scope))) {
    causes.push(spec.scope ? field.unsupported('spec.scope', spec.scope, SCOPES) : field.required('spec.scope'));
  }
  if (versions.filter((version) => version.storage).length !== 1) {
    causes.push(
      field.invalid(
        'spec.versions',
        versions.map((v) => v.name),
        'must have exactly one version marked as storage version',
      ),
    );
  }
  for (const [i, version] of versions.entries()) {
    const path = `spec.versions[${i}]`;
    causes.push(
      ...dnsLabel1035(String(version.name ?? '')).map((why) => field.invalid(`${path}.name`, version.name, why)),
    );
    const schema = asObject(version.schema).openAPIV3Schema;
    if (!schema) causes.push(field.required(`${path}.schema.openAPIV3Schema`, 'schemas are required'));
    else if (asObject(schema).type !== 'object') {
      causes.push(
        field.invalid(`${path}.schema.openAPIV3Schema.type`, asObject(schema).type, 'must be object at the root'),
      );
    }
  }
  if (asObject(spec.conversion).strategy === 'Webhook') {
    causes.push(
      field.forbidden('spec.conversion.strategy', 'the embedded cluster does not call conversion webhooks: use None'),
    );
  }
  return causes;
}

const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const POLICIES = ['Fail', 'Ignore'];

export function validateWebhooks(object: KubeObject): Cause[] {
  return asList(object.webhooks).flatMap((webhook, i) => {
    const path = `webhooks[${i}]`;
    const causes: Cause[] = [];
    const name = String(webhook.name ?? '');
    if (!webhook.name) causes.push(field.required(`${path}.name`));
    else if (name.split('.').length < 3) {
      causes.push(
        field.invalid(`${path}.name`, name, 'should be a domain with at least three segments separated by dots'),
      );
    }
    if (!SIDE_EFFECTS.includes(String(webhook.sideEffects))) {
      causes.push(
        webhook.sideEffects === undefined
          ? field.required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun')
          : field.unsupported(`${path}.sideEffects`, webhook.sideEffects, SIDE_EFFECTS),
      );
    }
    const versions = (webhook.admissionReviewVersions as string[] | undefined) ?? [];
    if (versions.length === 0) {
      const why = 'must specify one of v1, v1beta1';
      causes.push(field.required(`${path}.admissionReviewVersions`, why));
    } else if (!versions.includes('v1')) {
      const why = 'the embedded cluster sends AdmissionReviews in version v1 only';
      causes.push(field.invalid(`${path}.admissionReviewVersions`, versions, why));
    }
    if (!POLICIES.includes(String(webhook.failurePolicy))) {
      causes.push(field.unsupported(`${path}.failurePolicy`, webhook.failurePolicy, POLICIES));
    }
    const { service, url } = asObject(webhook.clientConfig);
    if (!service === !url) {
      causes.push(field.required(`${path}.clientConfig`, 'exactly one of url or service is required'));
    }
    const seconds = webhook.timeoutSeconds as number;
    if (seconds < 1 || seconds > 30) {
      causes.push(
        field.invalid(`${path}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds'),
      );
    }
    return causes;
  });
}
