import { describe, expect, it } from 'vitest';
import type { Pod } from '../../types.ts';
import type { InjectionConfig } from './config.ts';
import { decideInjection } from './decision.ts';

interface Case {
  what: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  hostNetwork?: boolean;
  namespace?: string;
  config?: Partial<InjectionConfig>;
  inject: boolean;
}

const INJECT = 'sidecar.istio.io/inject';
const selectors = {
  neverInjectSelector: [{ matchLabels: { job: 'batch' } }],
  alwaysInjectSelector: [{ matchExpressions: [{ key: 'mesh', operator: 'Exists' as const }] }],
};

const cases: Case[] = [
  { what: 'nothing said, policy enabled', inject: true },
  { what: 'nothing said, policy disabled', config: { policy: 'disabled' }, inject: false },
  { what: 'label true', labels: { [INJECT]: 'true' }, config: { policy: 'disabled' }, inject: true },
  { what: 'label false', labels: { [INJECT]: 'false' }, inject: false },
  { what: 'annotation false', annotations: { [INJECT]: 'false' }, inject: false },
  { what: 'annotation true', annotations: { [INJECT]: 'true' }, config: { policy: 'disabled' }, inject: true },
  {
    what: 'label over annotation',
    labels: { [INJECT]: 'true' },
    annotations: { [INJECT]: 'false' },
    inject: true,
  },
  { what: 'an unknown value falls back to the policy', labels: { [INJECT]: 'yes' }, inject: true },
  {
    what: 'an unknown value falls back to a disabled policy',
    labels: { [INJECT]: 'yes' },
    config: { policy: 'disabled' },
    inject: false,
  },
  { what: 'host network', hostNetwork: true, labels: { [INJECT]: 'true' }, inject: false },
  { what: 'kube-system', namespace: 'kube-system', labels: { [INJECT]: 'true' }, inject: false },
  { what: 'kube-public', namespace: 'kube-public', inject: false },
  { what: 'neverInjectSelector', labels: { job: 'batch' }, config: selectors, inject: false },
  {
    what: 'neverInjectSelector before alwaysInjectSelector',
    labels: { job: 'batch', mesh: '1' },
    config: selectors,
    inject: false,
  },
  {
    what: 'alwaysInjectSelector against a disabled policy',
    labels: { mesh: '1' },
    config: { ...selectors, policy: 'disabled' },
    inject: true,
  },
  {
    what: 'the pod label before neverInjectSelector',
    labels: { job: 'batch', [INJECT]: 'true' },
    config: selectors,
    inject: true,
  },
  { what: 'an empty selector matches nothing', config: { neverInjectSelector: [{}] }, inject: true },
  { what: 'an illegal policy', labels: { [INJECT]: 'true' }, config: { policy: 'on' }, inject: false },
];

describe('decideInjection', () => {
  it.each(cases)('$what', ({ labels, annotations, hostNetwork, namespace, config, inject }) => {
    const pod = {
      metadata: { name: 'web', labels, annotations },
      spec: { containers: [], hostNetwork },
    } as Pick<Pod, 'metadata' | 'spec'>;
    const settings = { policy: 'enabled', neverInjectSelector: [], alwaysInjectSelector: [], ...config };
    expect(decideInjection(pod, namespace ?? 'shop', settings).inject).toBe(inject);
  });
});
