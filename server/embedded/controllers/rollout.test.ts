import { expect, test } from 'vitest';
import type { Deployment, ReplicaSet } from '../types.ts';
import { CronSchedule } from './cron-schedule.ts';
import { safeEncode, templateHash } from './hash.ts';
import { formatIndexes, parseIndexes } from './job-status.ts';
import { bounds, newSetReplicas, proportional, shrinkOld } from './rollout.ts';

const deployment = (replicas: number, maxSurge: number | string = '25%', maxUnavailable: number | string = '25%') =>
  ({
    metadata: { name: 'd' },
    spec: { replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } },
  }) as unknown as Deployment;

const set = (name: string, replicas: number, available: number, second = 0) =>
  ({
    metadata: { name, creationTimestamp: `2026-01-01T00:00:0${second}Z` },
    spec: { replicas },
    status: { replicas, availableReplicas: available },
  }) as unknown as ReplicaSet;

test('bounds round surge up and unavailability down, and are never both zero', () => {
  expect(bounds(deployment(10))).toEqual({ maxSurge: 3, maxUnavailable: 2 });
  expect(bounds(deployment(1))).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  expect(bounds(deployment(4, 0, 0))).toEqual({ maxSurge: 0, maxUnavailable: 1 });
});

test('the new set grows as far as the surge allows', () => {
  expect(newSetReplicas(deployment(10), [set('old', 10, 10)], 0)).toBe(3);
  expect(newSetReplicas(deployment(10), [set('old', 4, 4), set('new', 8, 8)], 8)).toBe(9);
});

test('old sets shrink by what is unhealthy first, then by what is spare', () => {
  const old = [set('a', 4, 2, 1), set('b', 6, 6, 2)];
  const target = shrinkOld(deployment(10), old, set('new', 3, 0, 3));
  expect(Object.fromEntries(target)).toEqual({ a: 2 });
  const healthy = shrinkOld(deployment(10), [set('a', 10, 10, 1)], set('new', 3, 3, 3));
  expect(Object.fromEntries(healthy)).toEqual({ a: 5 });
});

test('scaling in the middle of a rollout is spread in proportion', () => {
  const target = proportional(deployment(20), [set('old', 8, 8, 1), set('new', 5, 5, 2)]);
  expect([...target.values()].reduce((a, b) => a + b)).toBe(25);
  expect(target.get('old')).toBeGreaterThan(target.get('new')!);
});

test('hashes are written in the safe alphabet and follow the content', () => {
  expect(safeEncode('0123456789')).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{10}$/);
  expect(templateHash({ a: 1, b: { c: 2 } })).toBe(templateHash({ b: { c: 2 }, a: 1, d: {} }));
  expect(templateHash({ a: 1 })).not.toBe(templateHash({ a: 1 }, 1));
});

test('indexes of a Job are written as ranges', () => {
  expect(formatIndexes(new Set([0, 1, 2, 4, 5, 7]))).toBe('0-2,4,5,7');
  expect([...parseIndexes('0-2,4,5,7')]).toEqual([0, 1, 2, 4, 5, 7]);
});

test('cron schedules', () => {
  const at = (text: string) => Date.parse(text);
  expect(new CronSchedule('*/15 9-17 * * mon-fri').next(at('2026-01-02T17:50:00Z'))).toBe(at('2026-01-05T09:00:00Z'));
  expect(new CronSchedule('@daily').next(at('2026-02-28T12:00:00Z'))).toBe(at('2026-03-01T00:00:00Z'));
  expect(new CronSchedule('0 9 * * *', 'America/Sao_Paulo').next(at('2026-01-01T00:00:00Z'))).toBe(
    at('2026-01-01T12:00:00Z'),
  );
  expect(new CronSchedule('0 0 13 * 5').matches(at('2026-01-13T00:00:00Z'))).toBe(true);
  expect(() => new CronSchedule('* * *')).toThrow('expected exactly 5 fields, found 3');
  expect(() => new CronSchedule('61 * * * *')).toThrow('61');
});
