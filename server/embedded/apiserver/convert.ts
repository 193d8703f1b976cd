/**
 * Kinds that are served in two versions of different shape: Events (core and events.k8s.io) and
 * HorizontalPodAutoscalers (autoscaling/v2 and v1). They are stored in the first of the two.
 */
import type { KubeObject } from '../client.ts';
import { asList, asObject, type Json } from './json.ts';
import { apiVersionOf, type ResourceInfo } from './resource.ts';

/** The store's place for a resource: all versions of a kind share one. */
export const storageKey = ({ group, resource }: { group: string; resource: string }): string =>
  group === 'events.k8s.io' ? `/${resource}` : `${group}/${resource}`;

const STORED: Record<string, string> = { 'events.k8s.io/v1': 'v1', 'autoscaling/v1': 'autoscaling/v2' };

const withoutUndefined = (object: Json): Json =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

function renamed(object: KubeObject, apiVersion: string, names: Record<string, string>): KubeObject {
  const out: Json = { ...object, apiVersion };
  for (const [from, to] of Object.entries(names)) {
    out[to] = object[from];
    if (from !== to) delete out[from];
  }
  return withoutUndefined(out) as unknown as KubeObject;
}

const EVENT_NAMES = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
  reportingComponent: 'reportingController',
};
const CORE_EVENT_NAMES = Object.fromEntries(Object.entries(EVENT_NAMES).map(([core, own]) => [own, core]));

/** CPU utilization is all that autoscaling/v1 can express; other metrics show in v2 alone. */
function autoscalerV1(object: KubeObject): KubeObject {
  const { metrics, behavior: _behavior, ...spec } = asObject(object.spec);
  const { currentMetrics, conditions: _conditions, ...status } = asObject(object.status);
  const cpu = (list: unknown) => asObject(asList(list).find((m) => asObject(m.resource).name === 'cpu')?.resource);
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    spec: withoutUndefined({
      ...spec,
      targetCPUUtilizationPercentage: asObject(cpu(metrics).target).averageUtilization,
    }),
    status: withoutUndefined({
      ...status,
      currentCPUUtilizationPercentage: asObject(cpu(currentMetrics).current).averageUtilization,
    }),
  };
}

function autoscalerV2(object: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: target, ...spec } = asObject(object.spec);
  const { currentCPUUtilizationPercentage: _current, ...status } = asObject(object.status);
  const cpu = { type: 'Utilization', averageUtilization: target };
  const metrics =
    target === undefined ? {} : { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: cpu } }] };
  return { ...object, apiVersion: 'autoscaling/v2', spec: { ...spec, ...metrics }, status };
}

/** A stored object as this version of its resource shows it; custom resources' versions differ in nothing else. */
export function present(resource: ResourceInfo, object: KubeObject): KubeObject {
  const apiVersion = apiVersionOf(resource);
  if (object.apiVersion === apiVersion) return object;
  if (apiVersion === 'events.k8s.io/v1') return renamed(object, apiVersion, EVENT_NAMES);
  return apiVersion === 'autoscaling/v1' ? autoscalerV1(object) : { ...object, apiVersion };
}

/** The object in the version that it is stored in. */
export function toStored(object: KubeObject): KubeObject {
  const stored = STORED[object.apiVersion];
  if (stored === undefined) return object;
  return stored === 'v1' ? renamed(object, stored, CORE_EVENT_NAMES) : autoscalerV2(object);
}
