/** Every error the API server answers with, in Kubernetes' wording (k8s.io/apimachinery/pkg/api/errors). */
import { StatusError } from '../status.ts';
import { qualifiedName } from './resource.ts';

interface Named {
  group: string;
  resource: string;
}

const detailsOf = (r: Named, name: string) => ({ name, ...(r.group ? { group: r.group } : {}), kind: r.resource });

export const notFound = (r: Named, name: string) =>
  new StatusError(404, 'NotFound', `${qualifiedName(r)} "${name}" not found`, detailsOf(r, name));

/** A path or resource that this server does not serve. */
export const noSuchResource = () =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (r: Named, name: string) =>
  new StatusError(409, 'AlreadyExists', `${qualifiedName(r)} "${name}" already exists`, detailsOf(r, name));

export const conflict = (
  r: Named,
  name: string,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
) =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedName(r)} "${name}": ${why}`,
    detailsOf(r, name),
  );

export const forbidden = (r: Named, name: string, why: string, causes?: { reason: string; message: string }[]) =>
  new StatusError(403, 'Forbidden', `${qualifiedName(r)} "${name}" is forbidden: ${why}`, {
    ...detailsOf(r, name),
    ...(causes ? { causes } : {}),
  });

export const badRequest = (message: string) => new StatusError(400, 'BadRequest', message);

export const methodNotAllowed = (verb: string) =>
  new StatusError(405, 'MethodNotAllowed', `the server does not allow this method on the requested resource (${verb})`);

export const unsupportedMediaType = (given: string, accepted: string[]) =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format (${given}) - accepted media types include: ${accepted.join(', ')}`,
  );

export const unauthorized = () => new StatusError(401, 'Unauthorized', 'Unauthorized');

export const expired = (message = 'The resourceVersion for the provided watch is too old.') =>
  new StatusError(410, 'Expired', message);

export const internalError = (why: string) =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${why}`, { causes: [{ message: why }] });

/** What this server leaves out on purpose: said aloud rather than answered wrongly. */
export const notImplemented = (what: string) =>
  new StatusError(501, 'NotImplemented', `${what} is not supported by the embedded cluster`);

export type CauseReason =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate'
  | 'FieldValueNotFound'
  | 'FieldValueTooLong';

export interface Cause {
  reason: CauseReason;
  field: string;
  /** Without the field: `Required value: must specify a volume type`. */
  message: string;
}

const shown = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value ?? null);

const more = (detail?: string) => (detail ? `: ${detail}` : '');

/** Field errors as k8s.io/apimachinery/pkg/util/validation/field words them. */
export const field = {
  required: (path: string, detail = ''): Cause => ({
    reason: 'FieldValueRequired',
    field: path,
    message: `Required value${more(detail)}`,
  }),
  invalid: (path: string, value: unknown, detail: string): Cause => ({
    reason: 'FieldValueInvalid',
    field: path,
    message: `Invalid value: ${shown(value)}${more(detail)}`,
  }),
  unsupported: (path: string, value: unknown, supported: readonly string[]): Cause => ({
    reason: 'FieldValueNotSupported',
    field: path,
    message: `Unsupported value: ${shown(value)}: supported values: ${supported.map((s) => JSON.stringify(s)).join(', ')}`,
  }),
  forbidden: (path: string, detail: string): Cause => ({
    reason: 'FieldValueForbidden',
    field: path,
    message: `Forbidden${more(detail)}`,
  }),
  duplicate: (path: string, value: unknown): Cause => ({
    reason: 'FieldValueDuplicate',
    field: path,
    message: `Duplicate value: ${shown(value)}`,
  }),
  notFound: (path: string, value: unknown): Cause => ({
    reason: 'FieldValueNotFound',
    field: path,
    message: `Not found: ${shown(value)}`,
  }),
  tooLong: (path: string, max: number): Cause => ({
    reason: 'FieldValueTooLong',
    field: path,
    message: `Too long: may not be more than ${max} bytes`,
  }),
};

/** 422 with every cause, as kubectl prints it. */
export function invalid(r: { group: string; kind: string }, name: string, causes: Cause[]): StatusError {
  const lines = causes.map((c) => `${c.field}: ${c.message}`);
  const text = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  const kind = r.group ? `${r.kind}.${r.group}` : r.kind;
  return new StatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${text}`, {
    name,
    ...(r.group ? { group: r.group } : {}),
    kind: r.kind,
    causes: causes.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}
