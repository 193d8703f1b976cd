import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { StatusError } from '../../status.ts';
import { decodeProtobuf, isProtobuf } from './protobuf.ts';

/** Bodies that kubectl 1.35.2 sent, by the command that sent them. */
const sent: [command: string, body: string, object: unknown][] = [
  [
    'create namespace ucontas-app',
    'azhzAAoPCgJ2MRIJTmFtZXNwYWNlEiMKGwoLdWNvbnRhcy1hcHASABoAIgAqADIAOABCABIAGgIKABoAIgA=',
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ucontas-app' } },
  ],
  [
    'create deployment web --image=nginx:1 --replicas=2 --port=80',
    'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50EroBCh8KA3dlYhIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEogBCAISDAoKCgNhcHASA3dlYhpuChwKABIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEk4SMAoFbmdpbngSB25naW54OjEqADIKCgAQABhQIgAqAEIAagByAIABAIgBAJABAKIBABoAMgBCAEoAUgBYAGAAaACCAQCKAQCaAQDCAQAiAgoAKAA4ABoMCAAQABgAIAAoADgAGgAiAA==',
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'nginx', image: 'nginx:1', ports: [{ containerPort: 80 }] }] },
        },
      },
    },
  ],
  [
    'create configmap conf --from-literal=a=1 --from-literal=b=2',
    'azhzAAoPCgJ2MRIJQ29uZmlnTWFwEiYKFAoEY29uZhIAGgAiACoAMgA4AEIAEgYKAWESATESBgoBYhIBMhoAIgA=',
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf' }, data: { a: '1', b: '2' } },
  ],
  [
    'create secret generic s --from-literal=password=x',
    'azhzAAoMCgJ2MRIGU2VjcmV0EiQKEQoBcxIAGgAiACoAMgA4AEIAEg0KCHBhc3N3b3JkEgF4GgAaACIA',
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { password: 'eA==' } },
  ],
  [
    'create token robot --duration=10m',
    'azhzAAooChhhdXRoZW50aWNhdGlvbi5rOHMuaW8vdjESDFRva2VuUmVxdWVzdBIdChAKABIAGgAiACoAMgA4AEIAEgMg2AQaBAoAEgAaACIA',
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 600 },
      status: { token: '' },
    },
  ],
  [
    'create service clusterip web --tcp=80:9090',
    'azhzAAoNCgJ2MRIHU2VydmljZRJpCh8KA3dlYhIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEkIKGwoHODAtOTA5MBIDVENQGFAiBwgAEIJHGgAoABIKCgNhcHASA3dlYhoAIglDbHVzdGVySVA6AEIAUgBaAGAAaAAaAgoAGgAiAA==',
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        ports: [{ name: '80-9090', protocol: 'TCP', port: 80, targetPort: 9090 }],
        selector: { app: 'web' },
        type: 'ClusterIP',
      },
    },
  ],
  [
    'create quota q --hard=cpu=1,pods=2',
    'azhzAAoTCgJ2MRINUmVzb3VyY2VRdW90YRIwChEKAXESABoAIgAqADIAOABCABIZCgoKA2NwdRIDCgExCgsKBHBvZHMSAwoBMhoAGgAiAA==',
    { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { cpu: '1', pods: '2' } } },
  ],
  [
    'create ingress i --rule=a.b/*=web:80,tls=x',
    'azhzAAofChRuZXR3b3JraW5nLms4cy5pby92MRIHSW5ncmVzcxJKChEKAWkSABoAIgAqADIAOABCABIxEggKA2EuYhIBeBolCgNhLmISHgocChoKAS8SDSILCgN3ZWISBAoAEFAaBlByZWZpeBoCCgAaACIA',
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'i' },
      spec: {
        tls: [{ hosts: ['a.b'], secretName: 'x' }],
        rules: [
          {
            host: 'a.b',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
            },
          },
        ],
      },
    },
  ],
  [
    'create pdb p --selector=app=web --min-available=50%',
    'azhzAAogCglwb2xpY3kvdjESE1BvZERpc3J1cHRpb25CdWRnZXQSOgoRCgFwEgAaACIAKgAyADgAQgASGQoJCAEQABoDNTAlEgwKCgoDYXBwEgN3ZWIaCggAGAAgACgAMAAaACIA',
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'p' },
      spec: { minAvailable: '50%', selector: { matchLabels: { app: 'web' } } },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    },
  ],
];

type Write = (writer: protobuf.Writer) => protobuf.Writer;
const message = (write: Write) => write(protobuf.Writer.create()).finish();

/** A body as a Go client would write it. */
const body = (apiVersion: string, kind: string, write: Write): Uint8Array => {
  const meta = message((w) => w.uint32(10).string(apiVersion).uint32(18).string(kind));
  const unknown = message((w) => w.uint32(10).bytes(meta).uint32(18).bytes(message(write)));
  return Buffer.concat([Buffer.from('k8s\0', 'latin1'), unknown]);
};

const failure = (bytes: Uint8Array): StatusError => {
  try {
    decodeProtobuf(bytes);
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error('did not fail');
};

describe('decodeProtobuf', () => {
  it.each(sent)('reads kubectl %s', (_command, base64, object) => {
    const bytes = Buffer.from(base64, 'base64');
    expect(isProtobuf(bytes)).toBe(true);
    expect(decodeProtobuf(bytes)).toEqual(object);
  });

  it('reads delete options, whatever group they are sent to', () => {
    const bytes = body('apps/v1', 'DeleteOptions', (w) => w.uint32(8).int64(0).uint32(34).string('Background'));
    expect(decodeProtobuf(bytes)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
      propagationPolicy: 'Background',
    });
  });

  it('reads times, to the second and to the microsecond', () => {
    const time = message((w) => w.uint32(8).int64(1_700_000_000).uint32(16).int32(123_456_789));
    const spec = message((w) => w.uint32(10).string('me').uint32(26).bytes(time));
    const metadata = message((w) => w.uint32(10).string('lock').uint32(74).bytes(time));
    expect(
      decodeProtobuf(
        body('coordination.k8s.io/v1', 'Lease', (w) => w.uint32(10).bytes(metadata).uint32(18).bytes(spec)),
      ),
    ).toMatchObject({
      metadata: { name: 'lock', deletionTimestamp: '2023-11-14T22:13:20Z' },
      spec: { holderIdentity: 'me', acquireTime: '2023-11-14T22:13:20.123456Z' },
    });
  });

  it('reads packed numbers as it reads others, and skips fields that it does not know', () => {
    const packed = message((w) => w.uint32(1).uint32(300));
    const context = message((w) => w.uint32(34).bytes(packed).uint32(32).int64(7).uint32(7994).string('later'));
    const spec = message((w) => w.uint32(114).bytes(context));
    expect(decodeProtobuf(body('v1', 'Pod', (w) => w.uint32(18).bytes(spec)))).toMatchObject({
      spec: { securityContext: { supplementalGroups: [1, 300, 7] } },
    });
  });

  it('keeps a map key named __proto__ a key', () => {
    const entry = message((w) => w.uint32(10).string('__proto__').uint32(18).string('x'));
    const decoded = decodeProtobuf(body('v1', 'ConfigMap', (w) => w.uint32(18).bytes(entry)));
    expect(Object.keys(decoded.data as object)).toEqual(['__proto__']);
  });

  it('answers 400 to what it cannot read', () => {
    expect(failure(Buffer.from('{}')).code).toBe(400);
    expect(failure(body('example.com/v1', 'Thing', (w) => w)).message).toContain('no kind "Thing"');
    const cut = Buffer.from(sent[1]![1], 'base64').subarray(0, 60);
    expect(failure(cut).message).toContain('unable to decode');
  });

  it('answers 415 to a schema of a custom resource', () => {
    const validation = message((w) => w.uint32(10).bytes(new Uint8Array()));
    const version = message((w) => w.uint32(34).bytes(validation));
    const spec = message((w) => w.uint32(58).bytes(version));
    const crd = body('apiextensions.k8s.io/v1', 'CustomResourceDefinition', (w) => w.uint32(18).bytes(spec));
    expect(failure(crd).code).toBe(415);
  });
});
