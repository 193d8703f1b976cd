/** Turns the types of schema/kinds.json into OpenAPI v3 schemas, under the names that Kubernetes gives them. */
import { describe } from './descriptions.ts';
import { builtinKinds, type Field, jsonFields } from './types.ts';

export type Schema = Record<string, unknown>;

const machinery = 'io.k8s.apimachinery.pkg';

/** `core.v1.Pod` → `io.k8s.api.core.v1.Pod`. */
export const schemaName = (type: string): string => {
  if (type.startsWith('meta.')) return `${machinery}.apis.${type}`;
  if (type.startsWith('apiextensions.')) return `io.k8s.apiextensions-apiserver.pkg.apis.${type}`;
  return `io.k8s.api.${type}`;
};

export const objectMeta = 'meta.v1.ObjectMeta';

/** Types that are not objects of fields: their schema's name, and what they look like in JSON. */
const specials: Record<string, { name: string; schema: Schema }> = {
  time: { name: `${machinery}.apis.meta.v1.Time`, schema: { type: 'string', format: 'date-time' } },
  microtime: { name: `${machinery}.apis.meta.v1.MicroTime`, schema: { type: 'string', format: 'date-time' } },
  quantity: {
    name: `${machinery}.api.resource.Quantity`,
    schema: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  intOrString: {
    name: `${machinery}.util.intstr.IntOrString`,
    schema: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  raw: { name: `${machinery}.runtime.RawExtension`, schema: { type: 'object' } },
  fieldsV1: { name: `${machinery}.apis.meta.v1.FieldsV1`, schema: { type: 'object' } },
  json: {
    name: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps',
    schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};

const scalars: Record<string, Schema> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  float64: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
  stringList: { type: 'array', items: { type: 'string' } },
};

export const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const valueSchema = (type: string): Schema => scalars[type] ?? reference(specials[type]?.name ?? schemaName(type));

const fieldSchema = (field: Field, description: string | undefined): Schema => {
  const value = valueSchema(field.t);
  const patch = {
    ...(field.s && { 'x-kubernetes-patch-strategy': field.s }),
    ...(field.k && { 'x-kubernetes-patch-merge-key': field.k }),
  };
  const shared = { ...(description && { description }), ...patch };
  if (field.m) return { ...shared, type: 'object', additionalProperties: value };
  if (field.l) return { ...shared, type: 'array', items: value };
  // What stands beside a $ref does not count in OpenAPI 3.0, so a reference goes into allOf.
  return '$ref' in value ? { ...shared, allOf: [value] } : { ...shared, ...value };
};

const kindsOfType = new Map<string, Schema[]>();
for (const { group, version, kind, type } of builtinKinds)
  kindsOfType.set(type, [...(kindsOfType.get(type) ?? []), { group, kind, version }]);

/** apiVersion and kind, which the types of schema/kinds.json leave out. */
export const typeMeta: Record<string, Schema> = {
  apiVersion: {
    type: 'string',
    description: 'The group and version of this object, such as apps/v1; v1 alone for the core group.',
  },
  kind: { type: 'string', description: 'What this object is, in CamelCase. It cannot be changed.' },
};

/**
 * A kind says what it is; any other type says so where it is used, as kubectl explain prints a field's description and
 * then that of its type.
 */
const typeSchema = (type: string): Schema => {
  const description = describe(type);
  const fields = [...(jsonFields(type) ?? [])];
  const kinds = kindsOfType.get(type);
  const required = fields.filter(([, field]) => !field.o).map(([name]) => name);
  return {
    ...(kinds && description.type && { description: description.type }),
    type: 'object',
    ...(required.length && { required }),
    properties: {
      ...(kinds && typeMeta),
      ...Object.fromEntries(
        fields.map(([name, field]) => [
          name,
          fieldSchema(field, description.fields.get(name) ?? describe(field.t).type),
        ]),
      ),
    },
    ...(kinds && { 'x-kubernetes-group-version-kind': kinds }),
  };
};

/** The schemas of these types and of all that they are made of, by name. */
export const schemasOf = (types: Iterable<string>): Record<string, Schema> => {
  const schemas: Record<string, Schema> = {};
  const waiting = [...types];
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    if (scalars[type]) continue;
    const special = specials[type];
    const name = special?.name ?? schemaName(type);
    if (schemas[name]) continue;
    schemas[name] = special?.schema ?? typeSchema(type);
    if (!special) for (const field of jsonFields(type)?.values() ?? []) waiting.push(field.t);
  }
  return schemas;
};
