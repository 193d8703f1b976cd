/** From a request's body to an object of the resource: kind checked, types checked, unknown fields reported and dropped. */
import type { KubeObject } from '../client.ts';
import { prune } from './custom/schema.ts';
import { badRequest } from './errors.ts';
import { cloneJson, isObject, type Json } from './json.ts';
import { normalize, normalizeMetadata } from './normalize.ts';
import type { RequestOptions } from './request.ts';
import { apiVersionOf, type ResourceInfo } from './resource.ts';
import { typeErrors, unknownFields } from './wire/strict.ts';

/**
 * A new object that the caller may change. Throws 400 in the words of a Kubernetes API server for another kind, a value
 * of the wrong type, and, where validation is Strict, an unknown field.
 */
export function decode(resource: ResourceInfo, body: unknown, options: RequestOptions): KubeObject {
  if (!isObject(body)) throw badRequest("couldn't get version/kind; json parse error: the body is not a JSON object");
  const apiVersion = apiVersionOf(resource);
  const given = { apiVersion: body.apiVersion ?? apiVersion, kind: body.kind ?? resource.kind };
  if (given.apiVersion !== apiVersion || given.kind !== resource.kind) {
    throw badRequest(
      `the API version in the data (${given.apiVersion}, Kind=${given.kind}) does not match the expected API version (${apiVersion}, Kind=${resource.kind})`,
    );
  }
  const refuse = (why: string) =>
    badRequest(`${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${why}`);
  const object = { ...body, ...given, metadata: body.metadata ?? {} } as unknown as KubeObject;
  if (!isObject(object.metadata)) {
    throw refuse('json: cannot unmarshal value into Go struct field .metadata of type v1.ObjectMeta');
  }
  const wrong = typeErrors(resource, object);
  if (wrong.length > 0) throw refuse(wrong[0]!);
  if (options.fieldValidation === 'Strict' || options.fieldValidation === 'Warn') {
    const unknown = unknownFields(resource, object);
    if (unknown.length > 0 && options.fieldValidation === 'Strict') {
      throw refuse(`strict decoding error: ${unknown.join(', ')}`);
    }
    for (const message of unknown) options.warn?.(message);
  }
  return tidy(resource, object);
}

/** A copy of an object in the form it is stored in; for objects that have been changed since they were decoded. */
export function tidy(resource: ResourceInfo, object: KubeObject): KubeObject {
  if (resource.type) return normalize(object, resource.type);
  const copy = cloneJson(object);
  copy.metadata = normalizeMetadata(object.metadata);
  if (resource.schema) prune(resource.schema, copy as unknown as Json);
  return copy;
}
