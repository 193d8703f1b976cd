/**
 * A custom resource's structural schema at work: unknown fields pruned, defaults set, values validated (kubernetes.io
 * docs, "Extend the Kubernetes API with CustomResourceDefinitions"). Validation is ajv's; its errors are reworded.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { type Cause, field } from '../errors.ts';
import { asObject, cloneJson, isObject, type Json } from '../json.ts';

const PRESERVE = 'x-kubernetes-preserve-unknown-fields';
const ROOT_FIELDS = new Set(['apiVersion', 'kind', 'metadata']);

/** Removes fields that the schema does not name. Changes `value`. */
export function prune(schema: Json, value: unknown, isRoot = true): void {
  if (Array.isArray(value)) {
    if (isObject(schema.items)) for (const item of value) prune(schema.items, item, false);
    return;
  }
  if (!isObject(value)) return;
  const properties = asObject(schema.properties);
  const rest = schema.additionalProperties;
  for (const key of Object.keys(value)) {
    if (isRoot && ROOT_FIELDS.has(key)) continue;
    const known = properties[key];
    if (isObject(known)) prune(known, value[key], known['x-kubernetes-embedded-resource'] === true);
    else if (isObject(rest)) prune(rest, value[key], false);
    else if (rest !== true && schema[PRESERVE] !== true) delete value[key];
  }
}

/** Sets the schema's defaults where a field is missing. Changes `value`. */
export function applySchemaDefaults(schema: Json, value: unknown): void {
  if (Array.isArray(value)) {
    if (isObject(schema.items)) for (const item of value) applySchemaDefaults(schema.items, item);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, known] of Object.entries(asObject(schema.properties))) {
    if (!isObject(known)) continue;
    if (value[key] === undefined && known.default !== undefined) value[key] = cloneJson(known.default);
    if (value[key] !== undefined) applySchemaDefaults(known, value[key]);
  }
  const rest = schema.additionalProperties;
  if (isObject(rest)) for (const item of Object.values(value)) applySchemaDefaults(rest, item);
}

/** OpenAPI's `nullable` and `int-or-string` in JSON Schema's words; CEL rules (x-kubernetes-validations) are not evaluated. */
function toJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toJsonSchema);
  if (!isObject(schema)) return schema;
  const { nullable, default: _default, ...rest } = schema;
  const out: Json = {};
  for (const [key, value] of Object.entries(rest)) {
    if (key.startsWith('x-kubernetes-') || key === 'example' || key === 'externalDocs') continue;
    out[key] = key === 'enum' || key === 'required' ? value : toJsonSchema(value);
  }
  if (schema['x-kubernetes-int-or-string'] === true) out.type = ['integer', 'string'];
  if (nullable === true && typeof out.type === 'string') out.type = [out.type, 'null'];
  return out;
}

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false, verbose: true });
const validators = new WeakMap<Json, ValidateFunction>();

function validatorOf(schema: Json): ValidateFunction {
  let validator = validators.get(schema);
  if (!validator) {
    validator = ajv.compile(toJsonSchema(schema) as Json);
    validators.set(schema, validator);
  }
  return validator;
}

const pathOf = (error: ErrorObject) =>
  error.instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part.replaceAll('~1', '/').replaceAll('~0', '~')}`))
    .join('')
    .replace(/^\./, '');

function causeOf(error: ErrorObject): Cause {
  const path = pathOf(error);
  const { params } = error;
  switch (error.keyword) {
    case 'required':
      return field.required(path ? `${path}.${params.missingProperty}` : params.missingProperty);
    case 'enum':
      return field.unsupported(path, error.data, params.allowedValues.map(String));
    case 'type':
      return field.invalid(
        path,
        Array.isArray(error.data) ? 'array' : typeof error.data,
        `${path} in body must be of type ${[params.type].flat()[0]}: ${JSON.stringify(error.data)}`,
      );
    default:
      return field.invalid(path, error.data, `${path} in body ${error.message}`);
  }
}

/** What is wrong with a custom object, in Kubernetes' words; empty where nothing is. */
export function validateAgainstSchema(schema: Json, object: unknown): Cause[] {
  const validator = validatorOf(schema);
  return validator(object) ? [] : (validator.errors ?? []).map(causeOf);
}
