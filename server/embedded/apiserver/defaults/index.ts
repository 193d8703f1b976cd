/** Fills in what the author of an object left out, as the real API server does when it decodes one. */
import type { KubeObject } from '../../client.ts';
import { applySchemaDefaults } from '../custom/schema.ts';
import { isObject, type Json } from '../json.ts';
import type { ResourceInfo } from '../resource.ts';
import { DEFAULTS, SPECLESS } from './kinds.ts';

/** Changes `object`. */
export function applyDefaults(resource: ResourceInfo, object: KubeObject): void {
  if (resource.schema) {
    applySchemaDefaults(resource.schema, object as unknown as Json);
    return;
  }
  const key = `${resource.group}/${resource.kind}`;
  const rule = DEFAULTS[key];
  if (!rule) return;
  if (!SPECLESS.has(key) && !isObject(object.spec)) object.spec = {};
  rule(object, (object.spec ?? {}) as Json);
}
