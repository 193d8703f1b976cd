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

/** The words of go-openapi/validate, which Kubernetes passes on. */
const RULES: Record<string, (params: ErrorObject['params']) => string> = {
  maximum: ({ limit }) => `should be less than or equal to ${limit}`,
  minimum: ({ limit }) => `should be greater than or equal to ${limit}`,
  exclusiveMaximum: ({ limit }) => `should be less than ${limit}`,
  exclusiveMinimum: ({ limit }) => `should be greater than ${limit}`,
  maxLength: ({ limit }) => `should be at most ${limit} chars long`,
  minLength: ({ limit }) => `should be at least ${limit} chars long`,
  maxItems: ({ limit }) => `should have at most ${limit} items`,
  minItems: ({ limit }) => `should have at least ${limit} items`,
  maxProperties: ({ limit }) => `should have at most ${limit} properties`,
  minProperties: ({ limit }) => `should have at least ${limit} properties`,
  pattern: ({ pattern }) => `should match '${pattern}'`,
  multipleOf: ({ multipleOf }) => `should be a multiple of ${multipleOf}`,
  uniqueItems: () => "shouldn't contain duplicates",
  oneOf: ({ passingSchemas }) =>
    `must validate one and only one schema (oneOf). Found ${passingSchemas ? '2 valid alternatives' : 'none valid'}`,
  anyOf: () => 'must validate at least one schema (anyOf)',
  not: () => 'must not validate the schema (not)',
};

function causeOf(error: ErrorObject): Cause {
  const path = pathOf(error);
  const { params } = error;
  const rule = RULES[error.keyword]?.(params) ?? error.message;
  switch (error.keyword) {
    case 'required':
      return field.required(path ? `${path}.${params.missingProperty}` : params.missingProperty);
    case 'enum':
      return field.unsupported(path, error.data, params.allowedValues.map(String));
    case 'type': {
      // Kubernetes names what it found by its type, not by its value.
      const found = Array.isArray(error.data) ? 'array' : error.data === null ? 'null' : typeof error.data;
      const wanted = [params.type].flat()[0];
      return field.invalid(path, found, `${path} in body must be of type ${wanted}: "${found}"`);
    }
    case 'oneOf':
    case 'anyOf':
    case 'not':
      return field.invalid(path, '', `"${path}" ${rule}`);
    default:
      return field.invalid(path, error.data, `${path} in body ${rule}`);
  }
}

/** What is wrong with a custom object, in Kubernetes' words; empty where nothing is. */
export function validateAgainstSchema(schema: Json, object: unknown): Cause[] {
  const validator = validatorOf(schema);
  if (validator(object)) return [];
  const errors = validator.errors ?? [];
  // Where no alternative fits, that is the error; why each of them does not fit would bury it.
  const outermost = errors.filter(({ schemaPath }) => !/\/(?:oneOf|anyOf|not)\//.test(schemaPath));
  return (outermost.length > 0 ? outermost : errors).map(causeOf);
}
