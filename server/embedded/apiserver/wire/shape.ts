/**
 * How values merge in server-side apply: which maps and lists are taken as a whole, and what tells a list's items
 * apart. For built-in kinds from schema/kinds.json and the exceptions below, for custom resources from their schema.
 */
import type { ResourceInfo } from '../resource.ts';
import { objectMeta } from './schemas.ts';
import { type Field, jsonFields } from './types.ts';

export type Shape =
  | { kind: 'scalar' }
  /** Decided by the value: an object merges by key, a list is taken as a whole. */
  | { kind: 'any' }
  | {
      kind: 'object';
      atomic: boolean;
      /** A declared field, or undefined. */
      field: (name: string) => Shape | undefined;
      /** What other keys hold. */
      element: Shape;
    }
  | {
      kind: 'list';
      atomic: boolean;
      /** The fields that identify an item; without them an item identifies itself. */
      keys?: string[];
      /** What a key field is where an item leaves it out. */
      defaults?: Record<string, unknown>;
      item: Shape;
    };

const scalar: Shape = { kind: 'scalar' };
const any: Shape = { kind: 'any' };

/** Types that Kubernetes marks with x-kubernetes-map-type: atomic. */
const atomicTypes = new Set([
  'admissionregistration.v1.MatchResources',
  'admissionregistration.v1.NamedRuleWithOperations',
  'admissionregistration.v1.ParamKind',
  'admissionregistration.v1.ParamRef',
  'admissionregistration.v1.Variable',
  'autoscaling.v1.CrossVersionObjectReference',
  'core.v1.ConfigMapKeySelector',
  'core.v1.EndpointAddress',
  'core.v1.EndpointPort',
  'core.v1.FileKeySelector',
  'core.v1.LocalObjectReference',
  'core.v1.NodeSelector',
  'core.v1.NodeSelectorTerm',
  'core.v1.ObjectFieldSelector',
  'core.v1.ObjectReference',
  'core.v1.ResourceFieldSelector',
  'core.v1.ScopeSelector',
  'core.v1.SecretKeySelector',
  'core.v1.SecretReference',
  'core.v1.TopologySelectorTerm',
  'core.v1.TypedLocalObjectReference',
  'discovery.v1.EndpointPort',
  'meta.v1.LabelSelector',
  'meta.v1.OwnerReference',
  'networking.v1.ServiceBackendPort',
  'rbac.v1.RoleRef',
  'rbac.v1.Subject',
]);

/** Maps of scalars that are atomic. */
const atomicMaps = new Set([
  'core.v1.PodSpec.nodeSelector',
  'core.v1.ReplicationControllerSpec.selector',
  'core.v1.ServiceSpec.selector',
  'node.v1.Scheduling.nodeSelector',
]);

/** Lists whose list type is not what their strategic-merge key says: their keys, a set, or atomic. */
const lists: Record<string, string[] | 'set' | 'atomic'> = {
  'admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec.validationActions': 'set',
  'admissionregistration.v1.ValidatingAdmissionPolicyStatus.conditions': ['type'],
  'apiextensions.v1.CustomResourceDefinitionStatus.conditions': ['type'],
  'batch.v1.JobStatus.conditions': 'atomic',
  'batch.v1.PodFailurePolicyOnExitCodesRequirement.values': 'set',
  'batch.v1.UncountedTerminatedPods.failed': 'set',
  'batch.v1.UncountedTerminatedPods.succeeded': 'set',
  'certificates.v1.CertificateSigningRequestStatus.conditions': ['type'],
  'core.v1.Container.ports': ['containerPort', 'protocol'],
  'core.v1.ContainerRestartRuleOnExitCodes.values': 'set',
  'core.v1.EphemeralContainer.ports': ['containerPort', 'protocol'],
  'core.v1.PodSpec.topologySpreadConstraints': ['topologyKey', 'whenUnsatisfiable'],
  'core.v1.PodStatus.hostIPs': 'atomic',
  'core.v1.ResourceRequirements.claims': ['name'],
  'core.v1.ResourceStatus.resources': ['resourceID'],
  'core.v1.ServiceSpec.ports': ['port', 'protocol'],
  'discovery.v1.Endpoint.addresses': 'set',
  'storage.v1.CSIDriverSpec.volumeLifecycleModes': 'set',
};

const portDefaults = { protocol: 'TCP' };

const listShape = (owner: string, field: Field): Shape => {
  const item = valueShape(field.t);
  const merges = field.s?.split(',').includes('merge');
  const type = lists[`${owner}.${field.n}`] ?? (merges ? (field.k ? [field.k] : 'set') : 'atomic');
  if (!Array.isArray(type)) return { kind: 'list', atomic: type === 'atomic', item };
  return {
    kind: 'list',
    atomic: false,
    keys: type,
    item,
    ...(type.includes('protocol') && { defaults: portDefaults }),
  };
};

const fieldShape = (owner: string, field: Field): Shape => {
  if (field.l) return listShape(owner, field);
  if (field.m) {
    const atomic = atomicMaps.has(`${owner}.${field.n}`);
    return { kind: 'object', atomic, field: () => undefined, element: valueShape(field.t) };
  }
  return valueShape(field.t);
};

const known = new Map<string, Shape>();

/** The shape of a type of schema/kinds.json. Made once; fields are looked at when they are asked for, as types recur. */
const valueShape = (type: string): Shape => {
  const cached = known.get(type);
  if (cached) return cached;
  const fields = jsonFields(type);
  let shape: Shape = ['raw', 'json', 'fieldsV1'].includes(type) ? any : scalar;
  if (type === 'stringList') shape = { kind: 'list', atomic: true, item: scalar };
  if (fields) {
    const shapes = new Map<string, Shape>();
    shape = {
      kind: 'object',
      atomic: atomicTypes.has(type),
      element: any,
      field: (name) => {
        const field = fields.get(name);
        const made = shapes.get(name) ?? (field && fieldShape(type, field));
        if (made) shapes.set(name, made);
        return made;
      },
    };
  }
  known.set(type, shape);
  return shape;
};

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  default?: unknown;
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: 'atomic' | 'granular';
  'x-kubernetes-embedded-resource'?: boolean;
}

const schemaShape = (schema: Schema, isResource = schema['x-kubernetes-embedded-resource'] === true): Shape => {
  if (schema.type === 'array') {
    const items = schema.items ?? {};
    const listType = schema['x-kubernetes-list-type'] ?? 'atomic';
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    const defaults = Object.fromEntries(
      keys.map((key) => [key, items.properties?.[key]?.default]).filter(([, value]) => value !== undefined),
    );
    const item = schemaShape(items);
    return { kind: 'list', atomic: listType === 'atomic', ...(listType === 'map' && { keys, defaults }), item };
  }
  if (schema.type !== 'object') return schema.type ? scalar : any;
  const shapes = new Map<string, Shape>(isResource ? [['metadata', valueShape(objectMeta)]] : []);
  return {
    kind: 'object',
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    element: typeof schema.additionalProperties === 'object' ? schemaShape(schema.additionalProperties) : any,
    field: (name) => {
      if (isResource && (name === 'apiVersion' || name === 'kind')) return scalar;
      const declared = schema.properties?.[name];
      const made = shapes.get(name) ?? (declared && schemaShape(declared));
      if (made) shapes.set(name, made);
      return made;
    },
  };
};

const resources = new WeakMap<ResourceInfo, Shape>();

/** The shape of a resource's objects. A custom resource without a schema merges by what its values are. */
export const shapeOf = (resource: ResourceInfo): Shape => {
  if (resource.type) return valueShape(resource.type);
  const made =
    resources.get(resource) ?? schemaShape((resource.schema as Schema | undefined) ?? { type: 'object' }, true);
  resources.set(resource, made);
  return made;
};
