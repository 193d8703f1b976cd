/**
 * An object as a Kubernetes API server's own types hold it: structs that are always there, no empty optional fields.
 * managedFields are reckoned on that, so that it, too, must be seen before two objects are compared.
 */
import { type Field, jsonFields } from './types.ts';

type Plain = Record<string, unknown>;

const isPlain = (value: unknown): value is Plain =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** What Go's `omitempty` leaves out. */
const isZero = (value: unknown, { p, l, m }: Field): boolean => {
  if (value === undefined || value === null) return true;
  if (l || m) return Object.keys(value).length === 0;
  return !p && (value === '' || value === 0 || value === false);
};

const isKept = (value: unknown, field: Field): boolean => {
  const struct = !field.l && !field.m && !field.p && jsonFields(field.t) !== undefined;
  if (struct) return true;
  if (field.o) return !isZero(value, field);
  return field.l || field.m || field.p || value !== undefined;
};

const typedField = (value: unknown, field: Field): unknown => {
  if (field.l) return Array.isArray(value) ? value.map((item) => typedView(item, field.t)) : (value ?? null);
  if (field.m || !jsonFields(field.t)) return value ?? null;
  return value === undefined || value === null ? (field.p ? null : typedView({}, field.t)) : typedView(value, field.t);
};

/** `value` as the Go type of that name in schema/kinds.json has it. Scalars that may not be left out stay as they are. */
export function typedView(value: unknown, type: string): unknown {
  const fields = jsonFields(type);
  if (!fields || !isPlain(value)) return value;
  const view: Plain = {};
  for (const [name, inner] of Object.entries(value)) if (!fields.has(name)) view[name] = inner;
  for (const [name, field] of fields) {
    if (isKept(value[name], field)) view[name] = typedField(value[name], field);
  }
  return view;
}
