/** Writes answers: objects and lists as JSON, as a Table or as their metadata alone, as the client's Accept header asks. */
import type { KubeObject } from '../../client.ts';
import { StatusError } from '../../status.ts';
import { internalError } from '../errors.ts';
import { asObject } from '../json.ts';
import { apiVersionOf, type ResourceInfo } from '../resource.ts';
import { type TableOptions, toTable } from '../wire/table.ts';
import type { Request, Response } from './streams.ts';

export type Form = 'object' | 'table' | 'metadata';

/** The form that the Accept header names first among those there are. */
export function wantedForm(request: Request): Form {
  for (const clause of (request.headers.accept ?? '').split(',')) {
    const as = /;\s*as=(\w+)/.exec(clause)?.[1];
    if (!clause.includes('json')) continue;
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
    if (as === undefined) return 'object';
  }
  return 'object';
}

export function includeObjectOf(query: URLSearchParams): TableOptions['includeObject'] {
  const value = query.get('includeObject');
  return value === 'None' || value === 'Object' ? value : 'Metadata';
}

const texts = new WeakMap<object, string>();

/** Objects of the store never change, so the text of one serves all its readers. */
export function jsonOf(value: object): string {
  if (!Object.isFrozen(value)) return JSON.stringify(value);
  let text = texts.get(value);
  if (text === undefined) {
    text = JSON.stringify(value);
    texts.set(value, text);
  }
  return text;
}

const partial = (object: KubeObject) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
});

/** One object in the wanted form, as JSON text. */
export function objectText(
  resource: ResourceInfo,
  object: KubeObject,
  form: Form,
  includeObject: TableOptions['includeObject'],
): string {
  if (form === 'object') return jsonOf(object);
  if (form === 'metadata') return JSON.stringify(partial(object));
  const { resourceVersion } = object.metadata;
  return JSON.stringify(toTable(resource, [object], { includeObject, listMetadata: { resourceVersion } }));
}

/** A list in the wanted form, as JSON text. */
export function listText(
  resource: ResourceInfo,
  objects: KubeObject[],
  form: Form,
  metadata: Record<string, unknown>,
  includeObject: TableOptions['includeObject'],
): string {
  if (form === 'table') return JSON.stringify(toTable(resource, objects, { includeObject, listMetadata: metadata }));
  const head =
    form === 'metadata'
      ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' }
      : { kind: resource.listKind, apiVersion: apiVersionOf(resource) };
  const items = objects.map((object) => (form === 'metadata' ? JSON.stringify(partial(object)) : jsonOf(object)));
  return `${JSON.stringify({ ...head, metadata }).slice(0, -1)},"items":[${items.join(',')}]}`;
}

export function sendText(response: Response, code: number, text: string, contentType = 'application/json'): void {
  response.statusCode = code;
  response.setHeader('Content-Type', contentType);
  response.setHeader('Cache-Control', 'no-cache, private');
  response.end(text);
}

export const sendJson = (response: Response, code: number, value: object): void =>
  sendText(response, code, jsonOf(value));

/** A header's value may hold no line breaks, and quotes only escaped. */
const quoted = (text: string) => `"${text.replace(/[\r\n]+/g, ' ').replace(/(["\\])/g, '\\$1')}"`;

/** RFC 7234 warnings, which kubectl prints. */
export function setWarnings(response: Response, warnings: string[]): void {
  // Beyond latin1 a header cannot carry a character.
  const lines = warnings.map((w) => `299 - ${quoted(w.replace(/[^\x20-\x7e]/g, '?'))}`);
  if (lines.length > 0) response.setHeader('Warning', lines);
}

/** Any error as a Status; one that is not a StatusError is this server's own fault. */
export function statusOf(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  return internalError(error instanceof Error ? error.message : String(error));
}

export function sendError(response: Response, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = statusOf(error);
  const retry = status.details?.retryAfterSeconds;
  if (retry !== undefined) response.setHeader('Retry-After', String(retry));
  sendJson(response, status.code, status.toStatus());
}

/** What a delete answers with where the object is gone. */
export function deletedStatus(resource: ResourceInfo, object: KubeObject): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: object.metadata.name,
      ...(resource.group ? { group: resource.group } : {}),
      kind: resource.resource,
      uid: asObject(object.metadata).uid,
    },
  };
}
