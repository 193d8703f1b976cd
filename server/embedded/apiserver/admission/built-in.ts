/** The admission plug-ins that every cluster runs: ServiceAccount, Priority and DefaultTolerationSeconds. */
import type { KubeObject } from '../../client.ts';
import { forbidden } from '../errors.ts';
import { asList, asObject, type Json } from '../json.ts';
import type { Registry } from '../registry.ts';
import type { Admission, Attributes } from '../request.ts';
import { qualifiedName } from '../resource.ts';
import { generateName } from '../strategy.ts';

const TOKEN_MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What a container finds under TOKEN_MOUNT; the token is renewed before it ends. */
const tokenVolume = (name: string): Json => ({
  name,
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
});

function mountToken(spec: Json): void {
  const volumes = asList(spec.volumes);
  const existing = volumes.find((volume) => String(volume.name).startsWith('kube-api-access-'));
  const name = existing ? String(existing.name) : generateName('kube-api-access-');
  let mounted = false;
  for (const container of [...asList(spec.initContainers), ...asList(spec.containers)]) {
    const mounts = asList(container.volumeMounts);
    if (mounts.some((mount) => mount.mountPath === TOKEN_MOUNT)) continue;
    container.volumeMounts = [...mounts, { name, readOnly: true, mountPath: TOKEN_MOUNT }];
    mounted = true;
  }
  if (mounted && !existing) spec.volumes = [...volumes, tokenVolume(name)];
}

const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
/** Seconds that a pod stays on a node that is not ready. */
const PATIENCE = 300;

function tolerateForAWhile(spec: Json): void {
  const tolerations = asList(spec.tolerations);
  for (const key of TAINTS) {
    const tolerated = tolerations.some((t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect));
    if (!tolerated) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: PATIENCE });
  }
  spec.tolerations = tolerations;
}

/** Kubernetes' own classes, which exist without being objects here. */
const SYSTEM_CLASSES: Record<string, number> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

function priorityOf(registry: Registry, attributes: Attributes, spec: Json): void {
  const name = spec.priorityClassName as string | undefined;
  const classes = registry.store.list('scheduling.k8s.io/priorityclasses');
  const found = classes.find((c) => (name ? c.metadata.name === name : c.globalDefault === true));
  const value = found?.value ?? (name === undefined ? 0 : SYSTEM_CLASSES[name]);
  if (value === undefined) {
    throw forbidden(attributes.resource, attributes.name, `no PriorityClass with name ${name} was found`);
  }
  if (found) spec.priorityClassName = found.metadata.name;
  spec.priority = value;
  spec.preemptionPolicy ??= found?.preemptionPolicy ?? 'PreemptLowerPriority';
}

function serviceAccountOf(registry: Registry, attributes: Attributes, object: KubeObject, spec: Json): void {
  spec.serviceAccountName ||= 'default';
  spec.serviceAccount = spec.serviceAccountName;
  // Static pods are the node's own affair.
  if (object.metadata.annotations?.['kubernetes.io/config.mirror']) return;
  const account = registry.store.get('/serviceaccounts', attributes.namespace, String(spec.serviceAccountName));
  if (!account) {
    const { namespace, name } = attributes;
    const missing = `error looking up service account ${namespace}/${spec.serviceAccountName}: serviceaccount "${spec.serviceAccountName}" not found`;
    throw forbidden(attributes.resource, name, missing);
  }
  const wantsToken = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  if (wantsToken) mountToken(spec);
  const secrets = asList(account.imagePullSecrets);
  if (secrets.length > 0 && asList(spec.imagePullSecrets).length === 0) spec.imagePullSecrets = [...secrets];
}

export function builtInAdmission(registry: Registry): Admission {
  return {
    async mutate(attributes) {
      const { resource, operation, subresource, object } = attributes;
      if (qualifiedName(resource) !== 'pods' || operation !== 'CREATE' || subresource || !object) return;
      const spec = asObject(object.spec);
      serviceAccountOf(registry, attributes, object, spec);
      priorityOf(registry, attributes, spec);
      tolerateForAWhile(spec);
    },
    async validate() {},
  };
}
