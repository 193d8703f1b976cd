/** The subresources that are not just a part of the object: scale, eviction, binding, token. */
import type { KubeObject, PatchType } from '../client.ts';
import { timestamp } from '../time.ts';
import { decode } from './decode.ts';
import { conflict, noSuchResource, notImplemented } from './errors.ts';
import { asList, asObject, cloneJson, type Json, objectAt } from './json.ts';
import type { Place, Registry } from './registry.ts';
import type { RequestOptions } from './request.ts';
import type { ResourceInfo } from './resource.ts';
import { applyPatch } from './wire/patch.ts';

const SCALE = { group: 'autoscaling', version: 'v1' };

const scaleInfo: ResourceInfo = {
  ...SCALE,
  resource: 'scales',
  singular: 'scale',
  kind: 'Scale',
  listKind: 'ScaleList',
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: [],
  subresources: [],
  type: 'autoscaling.v1.Scale',
};

interface ScalePaths {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
}

/** Where a resource keeps its replicas: a custom one says so in its definition. */
function scalePaths(resource: ResourceInfo): ScalePaths {
  if (!resource.definition) return { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
  const version = asList(asObject(resource.definition.spec).versions).find((v) => v.name === resource.version);
  return asObject(asObject(version).subresources).scale as unknown as ScalePaths;
}

const read = (object: unknown, path: string | undefined): unknown =>
  path === undefined
    ? undefined
    : path
        .split('.')
        .filter(Boolean)
        .reduce((value, key) => asObject(value)[key], object);

function write(object: Json, path: string, value: unknown): void {
  const keys = path.split('.').filter(Boolean);
  const last = keys.pop()!;
  keys.reduce(objectAt, object)[last] = value;
}

/** A LabelSelector as the string that a Scale carries. */
function selectorString(selector: unknown): string {
  if (typeof selector === 'string') return selector;
  const { matchLabels, matchExpressions } = asObject(selector);
  const source = matchLabels ?? (matchExpressions ? {} : asObject(selector));
  const words: Record<string, string> = { In: 'in', NotIn: 'notin' };
  return [
    ...Object.entries(asObject(source)).map(([key, value]) => `${key}=${value}`),
    ...asList(matchExpressions).map((e) => {
      if (e.operator === 'Exists') return `${e.key}`;
      if (e.operator === 'DoesNotExist') return `!${e.key}`;
      return `${e.key} ${words[String(e.operator)]} (${(e.values as string[]).join(',')})`;
    }),
  ].join(',');
}

export function getScale(registry: Registry, resource: ResourceInfo, place: Place): KubeObject {
  const object = registry.get(resource, place);
  const paths = scalePaths(resource);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = read(object, paths.specReplicasPath);
  const selector = resource.definition ? read(object, paths.labelSelectorPath) : asObject(object.spec).selector;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { ...(replicas === undefined ? {} : { replicas }) },
    status: {
      replicas: read(object, paths.statusReplicasPath) ?? 0,
      ...(selector ? { selector: selectorString(selector) } : {}),
    },
  };
}

export async function updateScale(
  registry: Registry,
  resource: ResourceInfo,
  place: Place,
  body: unknown,
  options: RequestOptions,
): Promise<KubeObject> {
  const scale = decode(scaleInfo, body, options);
  const current = registry.get(resource, place);
  const { resourceVersion, uid } = scale.metadata;
  if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) throw conflict(resource, place.name);
  if (uid && uid !== current.metadata.uid) throw conflict(resource, place.name, 'uid mismatch');
  const object = cloneJson(current);
  write(object as unknown as Json, scalePaths(resource).specReplicasPath, asObject(scale.spec).replicas ?? 0);
  if (!resourceVersion) delete (object.metadata as Partial<KubeObject['metadata']>).resourceVersion;
  await registry.update(resource, place, object, options);
  return getScale(registry, resource, place);
}

export async function patchScale(
  registry: Registry,
  resource: ResourceInfo,
  place: Place,
  type: PatchType,
  body: unknown,
  options: RequestOptions,
): Promise<KubeObject> {
  if (type === 'apply') throw notImplemented('server-side apply to the scale subresource');
  const current = getScale(registry, resource, place);
  return updateScale(registry, resource, place, applyPatch(type, scaleInfo, current, body), options);
}

/** A PUT on an object or one of its subresources. */
export function updateSubresource(
  registry: Registry,
  resource: ResourceInfo,
  place: Place,
  body: unknown,
  options: RequestOptions,
  subresource?: string,
): Promise<KubeObject> {
  if (subresource && !resource.subresources.includes(subresource)) throw noSuchResource();
  if (subresource === 'scale') return updateScale(registry, resource, place, body, options);
  return registry.update(resource, place, body, options, subresource);
}

const success = (code: number) => ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code });

/** POST pods/binding: what a scheduler says of a pod. */
export async function bindPod(
  registry: Registry,
  resource: ResourceInfo,
  place: Place,
  body: unknown,
  options: RequestOptions,
): Promise<object> {
  const target = asObject(asObject(body).target).name;
  const current = registry.get(resource, place);
  const { nodeName } = asObject(current.spec);
  if (nodeName) throw conflict(resource, place.name, `pod ${place.name} is already assigned to node "${nodeName}"`);
  const conditions = asList(asObject(current.status).conditions).filter((c) => c.type !== 'PodScheduled');
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp() };
  await registry.patch(resource, place, 'merge', { spec: { nodeName: target } }, options, 'binding');
  const body2 = { status: { conditions: [...conditions, scheduled] } };
  await registry.patch(resource, place, 'merge', body2, options, 'status');
  return success(201);
}

/** POST pods/eviction: a deletion that budgets may forbid; this cluster has no budget controller, so none does. */
export async function evictPod(
  registry: Registry,
  resource: ResourceInfo,
  place: Place,
  body: unknown,
  options: RequestOptions,
): Promise<object> {
  const { dryRun, ...deleteOptions } = asObject(asObject(body).deleteOptions);
  const isDry = Array.isArray(dryRun) && dryRun.includes('All');
  await registry.delete(resource, place, deleteOptions, { ...options, dryRun: options.dryRun || isDry });
  return success(201);
}
