import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../client.ts';
import type { ResourceInfo } from '../resource.ts';
import { builtinResources } from './builtin.ts';
import { typeErrors, unknownFields } from './strict.ts';

const deployments = builtinResources.find((r) => r.resource === 'deployments')!;
const deployment = (spec: object, metadata: object = {}) =>
  ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...metadata }, spec }) as KubeObject;
const pods = (spec: object) => deployment({ template: { spec } });

describe('unknownFields', () => {
  it('names the fields that a built-in kind does not have, with list indexes', () => {
    const object = pods({ containers: [{ name: 'a' }, { name: 'b', imag: 'x', ports: [{ containerPort: 1, x: 1 }] }] });
    expect(unknownFields(deployments, { ...object, extra: 1 })).toEqual([
      'unknown field "spec.template.spec.containers[1].imag"',
      'unknown field "spec.template.spec.containers[1].ports[0].x"',
      'unknown field "extra"',
    ]);
    expect(unknownFields(deployments, deployment({ replcas: 1 }, { lables: {} }))).toEqual([
      'unknown field "metadata.lables"',
      'unknown field "spec.replcas"',
    ]);
  });

  it('knows embedded structs, maps and free-form fields', () => {
    const object = pods({
      volumes: [{ name: 'v', configMap: { name: 'm', items: [] } }],
      nodeSelector: { 'any.key/at-all': 'x' },
      containers: [{ name: 'a', livenessProbe: { httpGet: { port: 80 }, periodSeconds: 1 }, env: [] }],
    });
    expect(unknownFields(deployments, object)).toEqual([]);
    const managed = deployment({}, { managedFields: [{ manager: 'm', fieldsV1: { 'f:spec': {} } }] });
    expect(unknownFields(deployments, managed)).toEqual([]);
  });

  it('follows the schema of a custom resource', () => {
    const custom: ResourceInfo = {
      ...deployments,
      type: undefined,
      schema: {
        type: 'object',
        properties: {
          spec: {
            type: 'object',
            properties: {
              hosts: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
              labels: { type: 'object', additionalProperties: { type: 'string' } },
              free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              template: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: {} },
            },
          },
        },
      },
    };
    const object = deployment(
      {
        hosts: [{ name: 'a', nmae: 'b' }],
        labels: { a: 'b' },
        free: { any: 1 },
        template: { kind: 'X', metadata: { name: 'y' }, spec: {} },
        typo: 1,
      },
      { lables: {} },
    );
    expect(unknownFields(custom, object)).toEqual([
      'unknown field "metadata.lables"',
      'unknown field "spec.hosts[0].nmae"',
      'unknown field "spec.template.spec"',
      'unknown field "spec.typo"',
    ]);
    expect(unknownFields({ ...custom, schema: undefined }, object)).toEqual(['unknown field "metadata.lables"']);
  });
});

describe('typeErrors', () => {
  const cannot = (type: string, field: string, go: string) =>
    `json: cannot unmarshal ${type} into Go struct field ${field} of type ${go}`;

  it('says it as the API server does', () => {
    expect(typeErrors(deployments, deployment({ replicas: '3' }))).toEqual([
      cannot('string', 'DeploymentSpec.spec.replicas', 'int32'),
    ]);
    expect(typeErrors(deployments, pods({ containers: { name: 'a' } }))).toEqual([
      cannot('object', 'PodSpec.spec.template.spec.containers', '[]v1.Container'),
    ]);
    expect(typeErrors(deployments, deployment({ replicas: 1.5, paused: 'yes' }, { labels: { a: 1 } }))).toEqual([
      cannot('number', 'ObjectMeta.metadata.labels', 'string'),
      cannot('number 1.5', 'DeploymentSpec.spec.replicas', 'int32'),
      cannot('string', 'DeploymentSpec.spec.paused', 'bool'),
    ]);
    expect(typeErrors(deployments, deployment([]))).toEqual([cannot('array', 'Deployment.spec', 'v1.DeploymentSpec')]);
  });

  it('accepts null, quantities as numbers, and ports by name', () => {
    const object = pods({
      containers: [
        {
          name: 'a',
          resources: { limits: { cpu: 1, memory: '1.5Gi' }, requests: { cpu: '250m', memory: '1e3' } },
          readinessProbe: { httpGet: { port: 'http' } },
          args: null,
        },
      ],
    });
    expect(typeErrors(deployments, object)).toEqual([]);
  });

  it('refuses what only looks like a quantity or a time', () => {
    const limits = pods({ containers: [{ name: 'a', resources: { limits: { cpu: 'lots' } } }] });
    expect(typeErrors(deployments, limits)[0]).toContain('quantities must match the regular expression');
    expect(typeErrors(deployments, deployment({}, { creationTimestamp: 'today' }))[0]).toContain(
      'parsing time "today"',
    );
  });

  it('says where a secret is no base64', () => {
    const secrets = builtinResources.find((r) => r.resource === 'secrets')!;
    const secret = (password: string) => ({ ...deployment({}), spec: undefined, data: { password } }) as KubeObject;
    expect(typeErrors(secrets, secret('cGFzcw=='))).toEqual([]);
    expect(typeErrors(secrets, secret('plain text'))).toEqual(['illegal base64 data at input byte 5']);
    expect(typeErrors(secrets, secret('admin'))).toEqual(['illegal base64 data at input byte 4']);
  });

  it('looks at the metadata of a custom resource', () => {
    const custom = { ...deployments, type: undefined };
    expect(typeErrors(custom, deployment({ replicas: 'x' }, { labels: [] }))).toEqual([
      cannot('array', 'ObjectMeta.metadata.labels', 'map[string]string'),
    ]);
  });
});
