/**
 * Strategic merge patch: like a merge patch, but lists that have a merge key are merged item by item. Follows
 * Kubernetes' sig-api-machinery/strategic-merge-patch.md and preserve-order-in-strategic-merge-patch.md.
 */
import { StatusError } from '../../status.ts';
import { type Field, jsonFields } from './types.ts';

export type Plain = Record<string, unknown>;

const deletePrefix = '$deleteFromPrimitiveList/';
const orderPrefix = '$setElementOrder/';

export const isPlain = (value: unknown): value is Plain =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const badRequest = (message: string) => new StatusError(400, 'BadRequest', message);

/** How a field merges. Unknown fields merge as maps and replace as lists: validation speaks of them later. */
interface Strategy {
  /** The type of the field's value or of its items, for what lies below. */
  type?: string;
  merge: boolean;
  replace: boolean;
  key?: string;
}

const strategyOf = (type: string | undefined, name: string): Strategy => {
  const field: Field | undefined = type ? jsonFields(type)?.get(name) : undefined;
  const strategies = field?.s?.split(',') ?? [];
  return {
    type: field?.t,
    merge: strategies.includes('merge'),
    replace: strategies.includes('replace'),
    key: field?.k,
  };
};

/** What a new value leaves behind: no directives, no items that only delete, no nulls. */
const withoutDirectives = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter((item) => !isPlain(item) || !('$patch' in item)).map(withoutDirectives);
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => inner !== null && !name.startsWith('$') && !(isPlain(inner) && '$patch' in inner))
      .map(([name, inner]) => [name, withoutDirectives(inner)]),
  );
};

const keyOf = (item: unknown, key: string): unknown => {
  if (!isPlain(item)) throw badRequest(`list element types are not identical: ${JSON.stringify(item)}`);
  if (!(key in item)) throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
  return item[key];
};

/** An item's identity in its list: its merge key's value, or the item itself in a list of scalars. */
const identity = (item: unknown, key: string | undefined): unknown => (key ? keyOf(item, key) : item);

/**
 * Orders a merged list: items of the patch as `order` has them, the server's own items where they stood before, as far
 * as both can be kept.
 */
const inOrder = (merged: unknown[], order: unknown[], before: unknown[], key: string | undefined): unknown[] => {
  const place = (list: unknown[]) => new Map(list.map((item, index) => [identity(item, key), index] as const));
  const [orderPlace, beforePlace] = [place(order), place(before)];
  const at = (item: unknown, places: Map<unknown, number>) => places.get(identity(item, key));
  const byPlace = (places: Map<unknown, number>) => (a: unknown, b: unknown) =>
    (at(a, places) ?? Number.MAX_SAFE_INTEGER) - (at(b, places) ?? Number.MAX_SAFE_INTEGER);
  const patched = merged.filter((item) => at(item, orderPlace) !== undefined).sort(byPlace(orderPlace));
  const own = merged.filter((item) => at(item, orderPlace) === undefined).sort(byPlace(beforePlace));
  const result: unknown[] = [];
  while (patched.length && own.length) {
    const [p, o] = [at(patched[0], beforePlace), at(own[0], beforePlace)];
    result.push(p !== undefined && o !== undefined && o < p ? own.shift() : patched.shift());
  }
  return [...result, ...patched, ...own];
};

const mergeObjects = (current: unknown[], patch: unknown[], key: string, type: string | undefined): unknown[] => {
  const changes: Plain[] = [];
  let kept = current;
  let replace = false;
  for (const item of patch) {
    const directive = isPlain(item) ? item.$patch : undefined;
    if (directive === 'replace') replace = true;
    else if (directive === 'delete') kept = kept.filter((other) => keyOf(other, key) !== keyOf(item, key));
    else if (directive !== undefined) throw unknownDirective(directive);
    else changes.push(item as Plain);
  }
  if (replace) return changes.map(withoutDirectives);
  const merged = [...kept];
  for (const change of changes) {
    const value = keyOf(change, key);
    const index = merged.findIndex((item) => isPlain(item) && item[key] === value);
    if (index < 0) merged.push(withoutDirectives(change));
    else merged[index] = mergeObject(merged[index] as Plain, change, type);
  }
  return merged;
};

const mergeList = (current: unknown[], patch: unknown[], strategy: Strategy): unknown[] => {
  if (strategy.key) return mergeObjects(current, patch, strategy.key, strategy.type);
  if ([...current, ...patch].some((item) => isPlain(item)))
    throw badRequest('cannot merge lists without merge key for a list of objects');
  return [...new Set([...current, ...patch])];
};

const mergeField = (current: unknown, patch: unknown, strategy: Strategy): unknown => {
  if (isPlain(patch) && isPlain(current))
    return strategy.replace ? withoutDirectives(patch) : mergeObject(current, patch, strategy.type);
  if (Array.isArray(patch) && Array.isArray(current) && strategy.merge && (current.length || patch.length)) {
    const merged = mergeList(current, patch, strategy);
    const order = patch.filter((item) => !isPlain(item) || !('$patch' in item));
    return inOrder(merged, order, current, strategy.key);
  }
  return withoutDirectives(patch);
};

const unknownDirective = (directive: unknown) => badRequest(`unknown patch type found: ${JSON.stringify(directive)}`);

const list = (value: unknown, directive: string): unknown[] => {
  if (!Array.isArray(value)) throw badRequest(`invalid patch format of ${directive}: a list is expected`);
  return value;
};

/** Keeps only the fields that `$retainKeys` names: how a union, such as a volume's source, changes its member. */
const retainKeys = (current: Plain, patch: Plain): Plain => {
  if (!('$retainKeys' in patch)) return current;
  const keep = list(patch.$retainKeys, 'retainKeys');
  const outside = Object.keys(patch).find(
    (name) => patch[name] !== null && !name.startsWith('$') && !keep.includes(name),
  );
  if (outside !== undefined) throw badRequest(`invalid patch format of retainKeys: "${outside}" is not in it`);
  return Object.fromEntries(Object.entries(current).filter(([name]) => keep.includes(name)));
};

const orderList = (result: Plain, patch: Plain, name: string, before: unknown, strategy: Strategy): void => {
  const order = list(patch[orderPrefix + name], 'setElementOrder list');
  const merged = result[name];
  if (!Array.isArray(merged)) return;
  const known = new Set(order.map((item) => identity(item, strategy.key)));
  for (const item of Array.isArray(patch[name]) ? (patch[name] as unknown[]) : [])
    if (!(isPlain(item) && '$patch' in item) && !known.has(identity(item, strategy.key)))
      throw badRequest(
        `The order in patch list:\n${JSON.stringify(patch[name])}\n doesn't match $setElementOrder list:\n${JSON.stringify(order)}\n`,
      );
  result[name] = inOrder(merged, order, Array.isArray(before) ? before : [], strategy.key);
};

/** `patch` merged into `current`, an object of the type of that name in schema/kinds.json. Neither is changed. */
export const mergeObject = (current: Plain, patch: Plain, type: string | undefined): Plain => {
  if (patch.$patch === 'delete') return {};
  if (patch.$patch === 'replace') return withoutDirectives({ ...patch, $patch: null }) as Plain;
  if (patch.$patch !== undefined && patch.$patch !== 'merge') throw unknownDirective(patch.$patch);

  const result: Plain = { ...retainKeys(current, patch) };
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(deletePrefix)) {
      const target = name.slice(deletePrefix.length);
      const removed = list(value, 'primitive list');
      if (Array.isArray(result[target]))
        result[target] = (result[target] as unknown[]).filter((item) => !removed.includes(item));
    } else if (!name.startsWith('$')) {
      if (value === null) delete result[name];
      else if (isPlain(value) && '$patch' in value && !(name in result)) continue;
      else result[name] = mergeField(result[name], value, strategyOf(type, name));
    }
  }
  for (const directive of Object.keys(patch).filter((name) => name.startsWith(orderPrefix))) {
    const name = directive.slice(orderPrefix.length);
    orderList(result, patch, name, current[name], strategyOf(type, name));
  }
  return result;
};
