/** Selectors in the grammar that kubectl sends them in. */
import { expect, it } from 'vitest';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';

const labels = { app: 'web', tier: 'front', weight: '5' };

it.each([
  ['', true],
  ['app=web', true],
  ['app==web,tier=front', true],
  ['app!=web', false],
  ['nothing!=x', true],
  ['app in (web, api)', true],
  ['app notin (web,api)', false],
  ['nothing notin (x)', true],
  ['tier in (back),app=web', false],
  ['app', true],
  ['!app', false],
  ['!nothing', true],
  ['weight>4', true],
  ['weight<5', false],
  ['app=', false],
])('%s: %s', (selector, matches) => expect(parseLabelSelector(selector)(labels)).toBe(matches));

it('refuses what is no selector, and fields that a kind has no index of', () => {
  expect(() => parseLabelSelector('app in web')).toThrow('unable to parse requirement');
  const pods = { group: '', version: 'v1', resource: 'pods' };
  expect(() => parseFieldSelector(pods, 'spec.color=red')).toThrow('field label not supported: spec.color');
  expect(() => parseFieldSelector(pods, 'status.phase')).toThrow('invalid selector');
});

it('selects by fields, where a missing one is empty', () => {
  const pods = { group: '', version: 'v1', resource: 'pods' };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, status: { phase: 'Running' } };
  expect(parseFieldSelector(pods, 'status.phase=Running,spec.nodeName=')(pod)).toBe(true);
  expect(parseFieldSelector(pods, 'status.phase!=Running')(pod)).toBe(false);
});
