/** Sets of fields, as managedFields records them (FieldsV1), with the few operations that ownership needs. */

/**
 * A field's path: its elements joined by NUL. An element is `f:NAME`, `k:{"key":"value"}` for a list item by its keys, or
 * `v:VALUE` for an item of a set, as in FieldsV1.
 */
export type Path = string;
export type FieldSet = ReadonlySet<Path>;

const separator = '\0';

export const child = (parent: Path, element: string): Path => (parent ? parent + separator + element : element);

export const elements = (path: Path): string[] => path.split(separator);

export const union = (a: FieldSet, b: FieldSet): FieldSet => new Set([...a, ...b]);
export const difference = (a: FieldSet, b: FieldSet): FieldSet => new Set([...a].filter((path) => !b.has(path)));
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => new Set([...a].filter((path) => b.has(path)));

/** Without the paths given and all below them. */
export const without = (set: FieldSet, roots: Path[]): FieldSet =>
  new Set([...set].filter((path) => !roots.some((root) => path === root || path.startsWith(root + separator))));

/** A set level by level, for walking a value along it. */
export interface FieldTree {
  member: boolean;
  below: Map<string, FieldTree>;
}

export const treeOf = (set: FieldSet): FieldTree => {
  const root: FieldTree = { member: false, below: new Map() };
  for (const path of set) {
    let node = root;
    for (const element of elements(path)) {
      const next = node.below.get(element) ?? { member: false, below: new Map() };
      node.below.set(element, next);
      node = next;
    }
    node.member = true;
  }
  return root;
};

export interface FieldsV1 {
  [element: string]: FieldsV1;
}

const read = (fields: FieldsV1, parent: Path, into: Set<Path>): void => {
  for (const [element, below] of Object.entries(fields)) {
    if (element === '.') into.add(parent);
    else {
      const path = child(parent, element);
      if (Object.keys(below).length === 0) into.add(path);
      else read(below, path, into);
    }
  }
};

export const fromFieldsV1 = (fields: FieldsV1): FieldSet => {
  const set = new Set<Path>();
  read(fields, '', set);
  return set;
};

const write = ({ member, below }: FieldTree): FieldsV1 => {
  const fields = [...below.keys()].sort().map((element) => [element, write(below.get(element)!)] as const);
  // A field that is a member and has fields below says so with a dot.
  return Object.fromEntries(member && fields.length ? [['.', {}], ...fields] : fields);
};

export const toFieldsV1 = (set: FieldSet): FieldsV1 => write(treeOf(set));

const printElement = (element: string): string => {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
};

/** As conflicts name it: `.spec.template.spec.containers[name="web"].image`. */
export const printPath = (path: Path): string => elements(path).map(printElement).join('');
