/**
 * Structured merge: the fields that an object sets, what changed between two, the merge of a configuration into an
 * object, and the removal of fields. Follows the rules of Kubernetes' structured-merge-diff, so that managedFields come
 * out the same.
 */
import { isDeepStrictEqual } from 'node:util';
import { StatusError } from '../../status.ts';
import { child, type FieldSet, type FieldTree, type Path, treeOf } from './fieldset.ts';
import type { Shape } from './shape.ts';

type Plain = Record<string, unknown>;
type ObjectShape = Extract<Shape, { kind: 'object' }>;
type ListShape = Extract<Shape, { kind: 'list' }>;

const isPlain = (value: unknown): value is Plain =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const any: Shape = { kind: 'any' };
const granularMap: Shape = { kind: 'object', atomic: false, field: () => undefined, element: any };
const atomicList: Shape = { kind: 'list', atomic: true, item: any };
const scalar: Shape = { kind: 'scalar' };

/** The shape that fits the value: the declared one, or what the value looks like where that says nothing or else. */
const resolve = (shape: Shape, ...values: unknown[]): Shape => {
  const value = values.find((v) => v !== undefined && v !== null);
  if (value === undefined) return shape;
  if (Array.isArray(value)) return shape.kind === 'list' ? shape : atomicList;
  if (isPlain(value)) return shape.kind === 'object' ? shape : granularMap;
  return scalar;
};

const invalid = (message: string) => new StatusError(500, 'InternalError', message);

/** The path element of an item in a list that merges by item. */
const itemElement = (shape: ListShape, item: unknown): string => {
  if (!shape.keys) return `v:${JSON.stringify(item)}`;
  if (!isPlain(item)) throw invalid('associative list with keys may not have non-map elements');
  const found = [...shape.keys]
    .sort()
    .map((key) => [key, item[key] ?? shape.defaults?.[key]] as const)
    .filter(([, value]) => value !== undefined);
  if (!found.length)
    throw invalid(`associative list with keys has an element that omits all key fields ${JSON.stringify(shape.keys)}`);
  return `k:${JSON.stringify(Object.fromEntries(found))}`;
};

const fieldShape = (shape: ObjectShape, name: string): Shape => shape.field(name) ?? shape.element;

/** A list's items by path element, those that occur twice marked: they are taken as one. */
const indexed = (shape: ListShape, list: unknown[]): Map<string, unknown[]> => {
  const items = new Map<string, unknown[]>();
  for (const item of list) {
    const element = itemElement(shape, item);
    const same = items.get(element);
    if (same) same.push(item);
    else items.set(element, [item]);
  }
  return items;
};

const collect = (value: unknown, declared: Shape, path: Path, into: Set<Path>): void => {
  const shape = resolve(declared, value);
  if (shape.kind === 'object') {
    if (shape.atomic) into.add(path);
    else if (isPlain(value))
      for (const [name, inner] of Object.entries(value)) {
        const below = child(path, `f:${name}`);
        collect(inner, fieldShape(shape, name), below, into);
        const empty = inner === null || (isPlain(inner) && Object.keys(inner).length === 0);
        if (empty || !shape.field(name)) into.add(below);
      }
  } else if (shape.kind === 'list') {
    if (shape.atomic) into.add(path);
    else if (Array.isArray(value))
      for (const [element, items] of indexed(shape, value)) {
        const below = child(path, element);
        if (items.length === 1) collect(items[0], shape.item, below, into);
        into.add(below);
      }
  } else into.add(path);
};

/** The fields that a configuration sets. */
export const fieldsOf = (value: unknown, shape: Shape): FieldSet => {
  const set = new Set<Path>();
  collect(value, shape, '', set);
  set.delete('');
  return set;
};

export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

const isEmpty = (value: unknown) =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);

const walk = (
  before: unknown,
  after: unknown,
  declared: Shape,
  path: Path,
  out: Record<keyof Comparison, Set<Path>>,
): void => {
  const shape = resolve(declared, after, before);
  const leaf = shape.kind === 'scalar' || shape.kind === 'any' || shape.atomic || (isEmpty(before) && isEmpty(after));
  if (before === undefined) out.added.add(path);
  else if (after === undefined) out.removed.add(path);
  else if (leaf && !isDeepStrictEqual(before, after)) out.modified.add(path);
  if (leaf) return;
  if (shape.kind === 'object') {
    const [old, young] = [isPlain(before) ? before : {}, isPlain(after) ? after : {}];
    for (const name of new Set([...Object.keys(old), ...Object.keys(young)])) {
      const below = fieldShape(shape, name);
      walk(old[name], young[name], below, child(path, `f:${name}`), out);
    }
  } else if (shape.kind === 'list') {
    const old = indexed(shape, Array.isArray(before) ? before : []);
    const young = indexed(shape, Array.isArray(after) ? after : []);
    for (const element of new Set([...old.keys(), ...young.keys()])) {
      const [a = [], b = []] = [old.get(element), young.get(element)];
      const below = child(path, element);
      if (a.length <= 1 && b.length <= 1) walk(a[0], b[0], shape.item, below, out);
      else if (!isDeepStrictEqual(a, b)) (b.length === 0 ? out.removed : out.modified).add(below);
    }
  }
};

/** What became different from `before` to `after`. */
export const compare = (before: unknown, after: unknown, shape: Shape): Comparison => {
  const out = { added: new Set<Path>(), modified: new Set<Path>(), removed: new Set<Path>() };
  walk(before, after, shape, '', out);
  for (const set of Object.values(out)) set.delete('');
  return out;
};

/** Items of both, in the configuration's order; the object's own items stay where they are, relative to the shared ones. */
const mergeLists = (live: unknown[], config: unknown[], shape: ListShape): unknown[] => {
  const wanted = indexed(shape, config);
  for (const [element, items] of wanted) if (items.length > 1) throw invalid(`duplicate entries for key ${element}`);
  const liveItems = live.map((item) => [itemElement(shape, item), item] as const);
  const own = new Map(liveItems);
  const shared = [...wanted.keys()].filter((element) => own.has(element));
  const order = [...wanted.keys()];
  const merged = new Set<string>();
  const out: unknown[] = [];
  const take = (element: string) => {
    merged.add(element);
    out.push(mergeValues(own.get(element), wanted.get(element)![0], shape.item));
    if (shared[0] === element) shared.shift();
  };
  let [l, r] = [0, 0];
  while (l < liveItems.length || r < order.length) {
    const [element, item] = liveItems[l] ?? [];
    if (element !== undefined && r < order.length) {
      if (element === order[r]) {
        take(element);
        l++;
        r++;
        continue;
      }
      if (wanted.has(element) && shared.length && shared[0] !== element) {
        l++;
        continue;
      }
    }
    if (element !== undefined) {
      if (!wanted.has(element)) {
        out.push(item);
        l++;
        continue;
      }
      if (merged.has(element)) l++;
    }
    if (r < order.length) take(order[r++]!);
  }
  return out;
};

/** `config` merged into `live`; a null in the configuration takes the field away. Neither is changed. */
export const mergeValues = (live: unknown, config: unknown, declared: Shape): unknown => {
  if (config === undefined) return live;
  const shape = resolve(declared, config);
  if (shape.kind === 'object' && !shape.atomic && isPlain(config)) {
    const out: Plain = isPlain(live) ? { ...live } : {};
    for (const [name, value] of Object.entries(config)) {
      if (value === null) delete out[name];
      else out[name] = mergeValues(out[name], value, fieldShape(shape, name));
    }
    return out;
  }
  if (shape.kind === 'list' && !shape.atomic && Array.isArray(config) && (config.length || !isEmpty(live)))
    return mergeLists(Array.isArray(live) ? live : [], config, shape);
  return structuredClone(config);
};

const removeAlong = (value: unknown, tree: FieldTree, declared: Shape): unknown => {
  const shape = resolve(declared, value);
  if (shape.kind === 'object' && !shape.atomic && isPlain(value)) {
    const out: Plain = {};
    for (const [name, inner] of Object.entries(value)) {
      const node = tree.below.get(`f:${name}`);
      if (!node?.member) out[name] = node ? removeAlong(inner, node, fieldShape(shape, name)) : inner;
    }
    return Object.keys(out).length || !Object.keys(value).length ? out : null;
  }
  if (shape.kind === 'list' && !shape.atomic && Array.isArray(value)) {
    const out: unknown[] = [];
    for (const item of value) {
      const node = tree.below.get(itemElement(shape, item));
      if (!node?.member) out.push(node ? removeAlong(item, node, shape.item) : item);
    }
    return out.length || !value.length ? out : null;
  }
  return value;
};

/**
 * `value` without the fields of the set. What becomes empty by it but is not of the set itself becomes null: its owners
 * keep it, though it holds nothing. See withoutHoles.
 */
export const removeFields = (value: unknown, set: FieldSet, shape: Shape): unknown =>
  removeAlong(value, treeOf(set), shape);

/** `after` without the nulls that `before` did not have. */
export const withoutHoles = (after: unknown, before: unknown): unknown => {
  if (Array.isArray(after)) {
    const items = after.filter((item) => item !== null);
    return items.map((item) => (isPlain(item) ? withoutHoles(item, undefined) : item));
  }
  if (!isPlain(after)) return after;
  const old: Plain = isPlain(before) ? before : {};
  return Object.fromEntries(
    Object.entries(after)
      .filter(([name, value]) => value !== null || old[name] === null)
      .map(([name, value]) => [name, withoutHoles(value, old[name])]),
  );
};

/** Adds the declared fields that the set's paths lead through: a struct is owned where something in it is. */
export const withNamedFields = (set: FieldSet, root: Shape): FieldSet => {
  const out = new Set(set);
  for (const path of set) {
    let shape: Shape = root;
    let here = '';
    for (const element of path.split('\0').slice(0, -1)) {
      here = child(here, element);
      const name = element.startsWith('f:') ? element.slice(2) : undefined;
      if (name !== undefined) {
        const declared: Shape | undefined = shape.kind === 'object' ? shape.field(name) : undefined;
        if (declared) out.add(here);
        shape = declared ?? (shape.kind === 'object' ? shape.element : any);
      } else shape = shape.kind === 'list' ? shape.item : any;
    }
  }
  return out;
};
