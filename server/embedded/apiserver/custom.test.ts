/** CustomResourceDefinitions through the real kubectl: served at once, checked by their schema, gone with their objects. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const { code, stderr } = await server.kubectl(['create', '-f', '-'], JSON.stringify(definition));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
afterAll(() => server.stop());

const ok = async (args: string, input?: unknown): Promise<string> => {
  const { code, stdout, stderr } = await server.kubectl(
    args.split(' '),
    input === undefined ? undefined : JSON.stringify(input),
  );
  expect({ code, stderr }, args).toEqual({ code: 0, stderr: '' });
  return stdout;
};
const fails = async (args: string, input?: unknown): Promise<string> => {
  const { code, stderr } = await server.kubectl(
    args.split(' '),
    input === undefined ? undefined : JSON.stringify(input),
  );
  expect(code, args).not.toBe(0);
  return stderr.trim();
};

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'robots.factory.example.com' },
  spec: {
    group: 'factory.example.com',
    scope: 'Namespaced',
    names: { plural: 'robots', kind: 'Robot', shortNames: ['rb'], categories: ['machines'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.arms', statusReplicasPath: '.status.arms' },
        },
        additionalPrinterColumns: [{ name: 'Arms', type: 'integer', jsonPath: '.spec.arms' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['model'],
                properties: {
                  model: { type: 'string', enum: ['mini', 'maxi'] },
                  arms: { type: 'integer', default: 2, maximum: 8 },
                  port: { 'x-kubernetes-int-or-string': true },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
              status: { type: 'object', properties: { arms: { type: 'integer' }, phase: { type: 'string' } } },
            },
          },
        },
      },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

const robot = (name: string, spec: object, more: object = {}) => ({
  apiVersion: 'factory.example.com/v1',
  kind: 'Robot',
  metadata: { name },
  spec,
  ...more,
});

describe('a custom resource', () => {
  it('is established and served at once', async () => {
    expect(await ok('wait --for=condition=Established crd/robots.factory.example.com --timeout=5s')).toContain('met');
    expect(await ok('api-resources --api-group=factory.example.com -o wide')).toMatch(/robots +rb +factory/);
    expect(await ok('explain robot.spec.arms')).toContain('FIELD: arms <integer>');
  });

  it('gets its defaults, columns and scale', async () => {
    await ok('apply -f -', robot('one', { model: 'mini', free: { any: { thing: 1 } }, port: 'http' }));
    expect(await ok('get rb')).toMatch(/NAME +ARMS\none +2/);
    expect(await ok('get machines -o name')).toBe('robot.factory.example.com/one\n');
    expect(await ok('get rb one -o jsonpath={.spec.free}')).toBe('{"any":{"thing":1}}');
    expect(await ok('scale rb one --replicas=4')).toContain('scaled');
    expect(await ok('get rb one -o jsonpath={.spec.arms}/{.metadata.generation}')).toBe('4/2');
    await ok('apply -f -', robot('one', { model: 'maxi' }));
    expect(await ok('get rb one -o jsonpath={.spec.model}')).toBe('maxi');
    expect(await ok('get robots.v1beta1.factory.example.com one -o jsonpath={.apiVersion}')).toBe(
      'factory.example.com/v1beta1',
    );
  });

  it('keeps its status apart from its spec', async () => {
    await ok('create -f -', robot('two', { model: 'mini' }, { status: { phase: 'Lost' } }));
    expect(await ok('get rb two -o jsonpath={.status}')).toBe('');
    await ok('patch rb two --type=merge --subresource=status -p {"status":{"phase":"On"},"spec":{"arms":7}}');
    expect(await ok('get rb two -o jsonpath={.status.phase}/{.spec.arms}/{.metadata.generation}')).toBe('On/2/1');
  });

  it('is held to its schema', async () => {
    expect(await fails('create -f -', robot('bad', { model: 'huge', arms: 'many' }))).toContain(
      'spec.model: Unsupported value: "huge": supported values: "mini", "maxi"',
    );
    const type = await fails('create -f -', robot('bad', { model: 'mini', arms: 'many' }));
    expect(type).toContain('spec.arms: Invalid value: "string": spec.arms in body must be of type integer: "string"');
    expect(await fails('create -f -', robot('bad', {}))).toContain('spec.model: Required value');
    expect(await fails('create -f -', robot('bad', { model: 'mini', arms: 9 }))).toContain(
      'spec.arms: Invalid value: 9: spec.arms in body should be less than or equal to 8',
    );
    expect(await fails('create -f -', robot('bad', { model: 'mini', legs: 2 }))).toContain(
      'strict decoding error: unknown field "spec.legs"',
    );
  });

  it('is applied by the server', async () => {
    expect(await ok('apply --server-side -f -', robot('three', { model: 'mini' }))).toContain('serverside-applied');
    expect(await ok('apply --server-side -f -', robot('three', { model: 'mini' }))).toContain('serverside-applied');
  });

  it('goes with its definition', async () => {
    expect(await ok('delete crd robots.factory.example.com --timeout=10s')).toContain('deleted');
    expect(await fails('get robots')).toContain('the server could not find the requested resource');
    await ok('create -f -', definition);
    expect(await server.kubectl(['get', 'robots'])).toMatchObject({
      stderr: 'No resources found in default namespace.\n',
    });
  });
});
