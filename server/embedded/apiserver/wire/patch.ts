/** The three kinds of PATCH that are not server-side apply: JSON patch, merge patch and strategic merge patch. */
import { applyPatch as applyJsonPatch, type Operation } from 'rfc6902';
import type { KubeObject, PatchType } from '../../client.ts';
import { StatusError } from '../../status.ts';
import type { ResourceInfo } from '../resource.ts';
import { isPlain, mergeObject, type Plain } from './strategic.ts';

const badRequest = (message: string) => new StatusError(400, 'BadRequest', message);

/** Kubernetes gives the reason to nobody: an operation that does not apply is just an error in the request. */
const doesNotApply = () =>
  new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

const operations = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);
const maximumOperations = 10_000;

const jsonPatch = (current: KubeObject, body: unknown): KubeObject => {
  if (!Array.isArray(body) || !body.every(isPlain))
    throw badRequest('error decoding patch: a JSON patch is a list of operations');
  if (body.length > maximumOperations)
    throw new StatusError(
      413,
      'RequestEntityTooLarge',
      `Request entity is too large: The allowed maximum operations in a JSON patch is ${maximumOperations}, got ${body.length}`,
    );
  for (const { op, path } of body) if (!operations.has(op as string) || typeof path !== 'string') throw doesNotApply();
  const patched = structuredClone(current);
  // The shape was just checked; what an operation lacks beyond it, the library reports.
  const failed = applyJsonPatch(patched, structuredClone(body) as unknown as Operation[]).some((error) => error);
  if (failed) throw doesNotApply();
  return patched;
};

/** RFC 7386. */
const merge = (current: unknown, patch: unknown): unknown => {
  if (!isPlain(patch)) return patch;
  const result: Plain = isPlain(current) ? { ...current } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merge(result[name], value);
  }
  return result;
};

const patchObject = (body: unknown): Plain => {
  if (!isPlain(body)) throw badRequest('error decoding patch: the patch must be a JSON object');
  return structuredClone(body);
};

/**
 * `current` with the patch applied; `current` itself is not changed, nor validated anew. `body` is the parsed JSON.
 * Throws a StatusError: 400 for a malformed patch, 422 for a JSON patch that does not apply (a failed test among them),
 * 415 for a strategic merge patch of a custom resource, whose lists have no merge keys that this patch knows.
 */
export const applyPatch = (type: PatchType, resource: ResourceInfo, current: KubeObject, body: unknown): KubeObject => {
  switch (type) {
    case 'json':
      return jsonPatch(current, body);
    case 'merge':
      return merge(structuredClone(current), patchObject(body)) as KubeObject;
    case 'strategic':
      if (!resource.type)
        throw new StatusError(
          415,
          'UnsupportedMediaType',
          'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
        );
      return mergeObject(
        structuredClone(current) as unknown as Plain,
        patchObject(body),
        resource.type,
      ) as unknown as KubeObject;
    case 'apply':
      throw new Error('applyPatch does not do server-side apply: call serverSideApply');
  }
};
