/** What the tests of tables share: a fixed clock, resources by name, and a row as kubectl shows it. */
import { vi } from 'vitest';
import type { KubeObject } from '../../client.ts';
import type { ResourceInfo } from '../resource.ts';
import { builtinResources } from './builtin.ts';
import { toTable } from './table.ts';

const now = Date.parse('2026-05-04T12:00:00Z');
export const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString().replace('.000', '');

/** Stops the clock; call vi.useRealTimers() after. */
export const stopClock = () => vi.useFakeTimers({ now, toFake: ['Date'] });

interface Table {
  columnDefinitions: { name: string; priority: number }[];
  rows: { cells: unknown[]; object: unknown; conditions?: unknown }[];
}

export const resource = (name: string, group = ''): ResourceInfo => {
  const found = builtinResources.find((r) => r.resource === name && r.group === group);
  if (!found) throw new Error(`no resource ${name}`);
  return found;
};

/** As the store hands objects out: nothing below may be changed. */
export const frozen = <T>(value: T): T => {
  if (value !== null && typeof value === 'object') for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
};

/** The object's row as kubectl would show it, narrow or wide. */
export const row = (info: ResourceInfo, object: object, wide = false): Record<string, unknown> => {
  const table = toTable(info, [frozen(object) as KubeObject], { includeObject: 'None' }) as Table;
  return Object.fromEntries(
    table.columnDefinitions
      .map((c, i) => [c, table.rows[0]?.cells[i]] as const)
      .filter(([c]) => wide || c.priority === 0)
      .map(([c, cell]) => [c.name.toUpperCase(), cell]),
  );
};
