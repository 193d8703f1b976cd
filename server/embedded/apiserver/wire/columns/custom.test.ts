import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ResourceInfo } from '../../resource.ts';
import { builtinResources } from '../builtin.ts';
import { parseJsonPath } from '../jsonpath.ts';
import { ago, row, stopClock } from '../testing.ts';

beforeEach(() => {
  stopClock();
});
afterEach(() => {
  vi.useRealTimers();
});

const metadata = { name: 'web', creationTimestamp: ago(7200) };

describe('custom resources', () => {
  const custom = (printerColumns: ResourceInfo['printerColumns']): ResourceInfo => ({
    ...builtinResources[0]!,
    type: undefined,
    group: 'networking.istio.io',
    resource: 'virtualservices',
    printerColumns,
  });

  it('shows the columns of the definition', () => {
    const info = custom([
      { name: 'Gateways', type: 'string', jsonPath: '.spec.gateways' },
      { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: 'Port', type: 'integer', jsonPath: '.spec.port' },
      { name: 'Missing', type: 'string', jsonPath: '.spec.nothing', priority: 1 },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ]);
    const object = {
      metadata,
      spec: { gateways: ['mesh', 'web'], port: 80 },
      status: {
        conditions: [
          { type: 'Other', status: 'False' },
          { type: 'Ready', status: 'True' },
        ],
      },
    };
    expect(row(info, object, true)).toEqual({
      NAME: 'web',
      GATEWAYS: '["mesh","web"]',
      READY: 'True',
      PORT: 80,
      MISSING: null,
      AGE: '120m',
    });
  });

  it('shows the age where the definition has no columns', () => {
    expect(row(custom(undefined), { metadata })).toEqual({ NAME: 'web', AGE: '120m' });
  });
});

describe('jsonPath', () => {
  it('reads what printer columns use', () => {
    const root = { a: { 'b.c': [{ n: 1 }, { n: 2 }] }, l: ['x', 'y'] };
    const read = (path: string) => parseJsonPath(path)(root);
    expect(read('.a.b\\.c[1].n')).toEqual([2]);
    expect(read(`.a['b.c'][*].n`)).toEqual([1, 2]);
    expect(read('.a.b\\.c[?(@.n>1)].n')).toEqual([2]);
    expect(read('.l[-1]')).toEqual(['y']);
    expect(read('.no.such')).toEqual([]);
    expect(() => read('..n')).toThrow(SyntaxError);
  });
});
