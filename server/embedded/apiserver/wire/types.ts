/** Reads schema/kinds.json: the fields of Kubernetes' built-in types as they look in JSON, with Go's embedded structs flattened. */
import schema from '../schema/kinds.json';

/** One field of a type, as scripts/kubernetes-schema writes it. */
export interface Field {
  /** JSON name. */
  n: string;
  /** Protobuf number. */
  i: number;
  /** A scalar, a special (time, microtime, quantity, intOrString, raw, fieldsV1, json, bytes, stringList), or a type's name. */
  t: string;
  l?: boolean;
  m?: boolean;
  inline?: boolean;
  /** Strategic-merge patch strategy: merge, replace, retainKeys, or two of them with a comma. */
  s?: string;
  /** Strategic-merge key of a list of objects. */
  k?: string;
  p?: boolean;
  o?: boolean;
}

export interface Kind {
  group: string;
  version: string;
  kind: string;
  type: string;
}

// The file's inferred type is a union of hundreds of literal shapes; this is the one that its generator promises.
const { kinds, types } = schema as unknown as { kinds: Kind[]; types: Record<string, Field[]> };

const kindTypes = new Map(kinds.map((k) => [`${k.group}/${k.version}/${k.kind}`, k.type]));

export const builtinKinds: readonly Kind[] = kinds;

/** The type of a built-in kind, or undefined. */
export const typeOfKind = (group: string, version: string, kind: string): string | undefined =>
  kindTypes.get(`${group}/${version}/${kind}`);

/** The type's fields as its Go struct (and so its protobuf message) has them: embedded structs are fields of their own. */
export const messageFields = (type: string): readonly Field[] | undefined => types[type];

const flat = new Map<string, ReadonlyMap<string, Field>>();

/** The type's fields by JSON name, embedded structs flattened; undefined for a scalar or a special. */
export const jsonFields = (type: string): ReadonlyMap<string, Field> | undefined => {
  const known = flat.get(type);
  if (known || !types[type]) return known;
  const fields = new Map<string, Field>();
  for (const field of types[type]) {
    if (field.inline) for (const [name, inner] of jsonFields(field.t) ?? []) fields.set(name, inner);
    else fields.set(field.n, field);
  }
  flat.set(type, fields);
  return fields;
};
