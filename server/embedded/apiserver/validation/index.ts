/** Whether an object may be stored: its names, then what its kind asks for. Answers with causes; the caller throws 422. */
import type { KubeObject } from '../../client.ts';
import { validateAgainstSchema } from '../custom/schema.ts';
import type { Cause } from '../errors.ts';
import type { UserInfo } from '../request.ts';
import type { ResourceInfo } from '../resource.ts';
import { IMMUTABLE, KINDS } from './kinds.ts';
import { validateMetadata } from './metadata.ts';

const keyOf = (resource: ResourceInfo) => `${resource.group}/${resource.kind}`;

function validateObject(resource: ResourceInfo, object: KubeObject): Cause[] {
  const causes = validateMetadata(resource, object);
  if (resource.definition)
    return resource.schema ? [...causes, ...validateAgainstSchema(resource.schema, object)] : causes;
  return [...causes, ...(KINDS[keyOf(resource)]?.(object) ?? [])];
}

export const validateCreate = (resource: ResourceInfo, object: KubeObject): Cause[] => validateObject(resource, object);

export function validateUpdate(
  resource: ResourceInfo,
  object: KubeObject,
  current: KubeObject,
  user: UserInfo,
  subresource?: string,
): Cause[] {
  // What a status says is its controller's business.
  if (subresource === 'status' && !resource.definition) return [];
  return [
    ...validateObject(resource, object),
    ...(IMMUTABLE[keyOf(resource)]?.(object, current, user, subresource) ?? []),
  ];
}
