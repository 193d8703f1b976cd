/** The resources that the API server serves, as controllers that work on all of them need to know them. */
import type { GroupVersionResource } from '../client.ts';

export interface ServedResource extends GroupVersionResource {
  kind: string;
  namespaced: boolean;
  /** Where they are given, only what can be listed, watched and deleted is looked at: not `tokenreviews`. */
  verbs?: string[];
}

const NEEDED = ['list', 'watch', 'delete'];

/** One entry per group and resource (the first version given), without events, which nobody owns or waits for. */
export function distinct(resources: ServedResource[]): ServedResource[] {
  const seen = new Map<string, ServedResource>();
  for (const resource of resources) {
    const { verbs = NEEDED } = resource;
    if (resource.resource === 'events' || !NEEDED.every((verb) => verbs.includes(verb))) continue;
    const key = `${resource.group}/${resource.resource}`;
    if (!seen.has(key)) seen.set(key, resource);
  }
  return [...seen.values()];
}

/** The group of an apiVersion: `apps/v1` → `apps`, `v1` → ``. */
export const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : '');
