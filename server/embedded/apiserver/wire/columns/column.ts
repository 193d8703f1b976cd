/** What a printer column is, and the small readers that the tables of columns are written with. */
import type { KubeObject } from '../../../client.ts';
import { since } from '../duration.ts';

export type Cell = string | number | boolean | null;

export interface Column {
  /** As the API gives it: `Ready`; kubectl prints it in capitals. */
  name: string;
  type: 'string' | 'integer' | 'boolean' | 'date' | 'number';
  format?: string;
  /** 0 is always shown, 1 only with `-o wide`. */
  priority?: number;
  description?: string;
  cell: (object: KubeObject) => Cell;
}

type Plain = Record<string, unknown>;

/** The value at a dotted path, or undefined. */
export const at = (object: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Plain | null | undefined)?.[key], object);

export const text = (object: unknown, path: string, otherwise = ''): string => {
  const value = at(object, path);
  return value === undefined || value === null || value === '' ? otherwise : String(value);
};

export const number = (object: unknown, path: string, otherwise = 0): number => {
  const value = at(object, path);
  return typeof value === 'number' ? value : otherwise;
};

/** The list at a path; empty where there is none. `T` is what the caller knows of Kubernetes' type for it. */
export const list = <T = Plain>(object: unknown, path: string): T[] => {
  const value = at(object, path);
  return Array.isArray(value) ? (value as T[]) : [];
};

export const map = <T = unknown>(object: unknown, path: string): Record<string, T> =>
  (at(object, path) as Record<string, T> | null | undefined) ?? {};

/** A column whose cell is the text at a path. */
export const field = (name: string, path: string, otherwise = '', priority = 0): Column => ({
  name,
  type: 'string',
  priority,
  cell: (object) => text(object, path, otherwise),
});

/** A column whose cell is the number at a path. */
export const count = (name: string, path: string, otherwise = 0): Column => ({
  name,
  type: 'integer',
  cell: (object) => number(object, path, otherwise),
});

export const computed = (
  name: string,
  cell: Column['cell'],
  { type = 'string', priority = 0 }: Partial<Pick<Column, 'type' | 'priority'>> = {},
): Column => ({ name, type, priority, cell });

export const name: Column = { ...field('Name', 'metadata.name'), format: 'name' };

export const age: Column = computed('Age', (object) => since(object.metadata.creationTimestamp));

export interface Condition {
  type: string;
  status: string;
  reason?: string;
}

export const condition = (object: unknown, type: string): Condition | undefined =>
  list<Condition>(object, 'status.conditions').find((c) => c.type === type);

/** `app=web,version=v1`; `<none>` without labels. */
export const formatLabels = (labels: Record<string, string>): string =>
  Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`)
    .join(',') || '<none>';

interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** A label selector in kubectl's own syntax, sorted by key; `<none>` where it selects nothing or everything. */
export const formatSelector = (selector: unknown): string => {
  const { matchLabels = {}, matchExpressions = [] } = (selector as LabelSelector | null | undefined) ?? {};
  const requirements = Object.entries(matchLabels).map(([key, value]) => ({ key, form: `${key}=${value}` }));
  for (const { key, operator, values = [] } of matchExpressions) {
    const set = `(${[...values].sort().join(',')})`;
    const form: Record<string, string> = {
      In: `${key} in ${set}`,
      NotIn: `${key} notin ${set}`,
      Exists: key,
      DoesNotExist: `!${key}`,
    };
    requirements.push({ key, form: form[operator] ?? '<error>' });
  }
  requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return requirements.map((r) => r.form).join(',') || '<none>';
};

/** The first three, and how many more: `10.244.0.5:9090,10.244.0.6:9090 + 2 more...`. */
export const firstThree = (items: string[], total = items.length): string => {
  const shown = items.slice(0, 3).join(',');
  return items.length > 3 ? `${shown} + ${total - 3} more...` : shown;
};

/** Containers, Images: shown with `-o wide` for everything that holds a pod template. */
export const containers = (template: string): Column[] =>
  [
    { name: 'Containers', key: 'name' },
    { name: 'Images', key: 'image' },
  ].map((column) =>
    computed(
      column.name,
      (object) =>
        list(object, `${template}.spec.containers`)
          .map((container) => text(container, column.key))
          .join(','),
      { priority: 1 },
    ),
  );

export const selector = (path = 'spec.selector'): Column =>
  computed('Selector', (object) => formatSelector(at(object, path)), { priority: 1 });
