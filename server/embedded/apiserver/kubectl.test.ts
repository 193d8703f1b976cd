/** The API server as learners meet it: through the real kubectl. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const ok = async (args: string, input?: string): Promise<string> => {
  const { code, stdout, stderr } = await server.kubectl(args.split(' '), input);
  expect({ code, stderr }, args).toEqual({ code: 0, stderr: '' });
  return stdout;
};
const fails = async (args: string, input?: string): Promise<string> => {
  const { code, stderr } = await server.kubectl(args.split(' '), input);
  expect(code, args).not.toBe(0);
  return stderr.trim();
};

const deployment = (name: string, { image = 'web:1', more = '', label = name } = {}) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  ${more}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${label}}}
    spec:
      containers:
      - {name: web, image: "${image}", ports: [{containerPort: 80}]}
`;

describe('objects', () => {
  it('are there from the start', async () => {
    expect((await ok('get ns -o name')).trim().split('\n')).toEqual(
      ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((ns) => `namespace/${ns}`),
    );
    expect(await ok('get svc kubernetes')).toMatch(/kubernetes +ClusterIP +10\.96\.0\.1 +<none> +443\/TCP/);
  });

  it('are created, labelled, annotated, changed and deleted', async () => {
    expect(await ok('create ns bank')).toBe('namespace/bank created\n');
    expect(await fails('create ns bank')).toBe('Error from server (AlreadyExists): namespaces "bank" already exists');
    expect(await ok('create cm settings -n bank --from-literal=a=1')).toContain('created');
    expect(await ok('label ns bank istio-injection=enabled')).toBe('namespace/bank labeled\n');
    expect(await ok('get ns bank --show-labels')).toContain('istio-injection=enabled,kubernetes.io/metadata.name=bank');
    expect(await ok('annotate cm settings -n bank note=x')).toBe('configmap/settings annotated\n');
    expect(await ok('patch cm settings -n bank -p {"data":{"b":"2"}}')).toContain('patched');
    expect(await ok('patch cm settings -n bank --type=json -p [{"op":"remove","path":"/data/a"}]')).toContain(
      'patched',
    );
    expect(await ok('get cm settings -n bank -o jsonpath={.data}{.metadata.annotations}')).toBe(
      '{"b":"2"}{"note":"x"}',
    );
    expect(await ok('delete cm settings -n bank')).toContain('configmap "settings" deleted');
    expect(await fails('get cm settings -n bank')).toBe(
      'Error from server (NotFound): configmaps "settings" not found',
    );
  });

  it('get their defaults', async () => {
    await ok('apply -f -', deployment('defaults', { image: 'web' }));
    const { spec, metadata } = JSON.parse(await ok('get deploy defaults -o json'));
    expect(metadata.generation).toBe(1);
    expect(spec).toMatchObject({
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: {
        spec: {
          restartPolicy: 'Always',
          dnsPolicy: 'ClusterFirst',
          terminationGracePeriodSeconds: 30,
          containers: [{ imagePullPolicy: 'Always', ports: [{ containerPort: 80, protocol: 'TCP' }], resources: {} }],
        },
      },
    });
    await ok('create service nodeport front --tcp=80:9090');
    const service = JSON.parse(await ok('get svc front -o json')).spec;
    expect(service).toMatchObject({ sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'] });
    expect(service.clusterIP).toMatch(/^10\.96\.\d+\.\d+$/);
    expect(service.clusterIPs).toEqual([service.clusterIP]);
    expect(service.ports[0].nodePort).toBeGreaterThanOrEqual(30000);
    await ok('create secret generic keys --from-literal=p=q');
    expect(await ok('get secret keys -o jsonpath={.type}/{.data.p}')).toBe('Opaque/cQ==');
  });

  it('are applied, changed by applying again, and count their generations', async () => {
    expect(await ok('apply -f -', deployment('applied'))).toBe('deployment.apps/applied created\n');
    expect(await ok('apply -f -', deployment('applied'))).toBe('deployment.apps/applied unchanged\n');
    expect(await ok('apply -f -', deployment('applied', { image: 'web:2' }))).toBe(
      'deployment.apps/applied configured\n',
    );
    const shown = '{.spec.template.spec.containers[*].image} {.metadata.generation}';
    expect(await server.kubectl(['get', 'deploy', 'applied', '-o', `jsonpath=${shown}`])).toMatchObject({
      stdout: 'web:2 2',
    });
    expect(await ok('scale deploy applied --replicas=3')).toBe('deployment.apps/applied scaled\n');
    expect(await ok('set image deploy/applied web=web:3')).toContain('image updated');
    expect(await ok('rollout restart deploy/applied')).toContain('restarted');
    expect(await server.kubectl(['get', 'deploy', 'applied', '-o', `jsonpath=${shown}`])).toMatchObject({
      stdout: 'web:3 5',
    });
    expect(await ok('get deploy applied -o jsonpath={.spec.replicas}')).toBe('3');
  });

  it('are applied by the server, with conflicts between managers', async () => {
    await ok('apply --server-side -f -', deployment('shared'));
    const owned = await ok('get deploy shared -o jsonpath={.metadata.managedFields[0].fieldsV1} --show-managed-fields');
    expect(owned).toContain('f:image');
    // Owned is what was said, not what Go's types or the defaults add to it.
    expect(owned).not.toMatch(/f:strategy|f:resources/);
    const other = await fails(
      'apply --server-side --field-manager=other -f -',
      deployment('shared', { image: 'web:9' }),
    );
    expect(other).toContain('Apply failed with 1 conflict: conflict with "kubectl"');
    expect(other).toContain('.spec.template.spec.containers[name="web"].image');
    await ok(
      'apply --server-side --field-manager=other --force-conflicts -f -',
      deployment('shared', { image: 'web:9' }),
    );
    expect(await ok('get deploy shared -o jsonpath={.spec.template.spec.containers[0].image}')).toBe('web:9');
    expect(await ok('get deploy shared -o yaml --show-managed-fields')).toContain('manager: other');
  });

  it('are explained, waited for, compared and tried out', async () => {
    expect(await ok('explain deployment.spec.replicas')).toContain('FIELD: replicas <integer>');
    expect(await ok('create cm dry --from-literal=a=1 --dry-run=server')).toBe(
      'configmap/dry created (server dry run)\n',
    );
    expect(await fails('get cm dry')).toContain('not found');
    expect(await ok('wait --for=jsonpath={.status.phase}=Active ns/default --timeout=10s')).toContain('condition met');
    expect(await ok('auth can-i delete pods')).toBe('yes\n');
    expect(await ok('create sa robot')).toContain('created');
    expect((await ok('create token robot')).split('.')).toHaveLength(3);
  });

  it('are selected by labels and fields', async () => {
    await ok('create cm one');
    await ok('create cm two');
    await ok('label cm one side=left');
    expect(await ok('get cm -l side=left -o name')).toBe('configmap/one\n');
    expect(await ok('get cm -l side!=left,!nothing -o name')).toContain('configmap/two');
    expect(await ok('get cm --field-selector=metadata.name=two -o name')).toBe('configmap/two\n');
    expect(await fails('get cm --field-selector=data=two')).toContain('field label not supported: data');
    expect(await ok('delete cm -l side=left')).toContain('configmap "one" deleted');
  });
});

describe('what is wrong', () => {
  it('is refused: unknown fields, wrong types', async () => {
    expect(await fails('apply -f -', deployment('odd', { more: 'replcas: 2' }))).toContain(
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replcas"',
    );
    expect(await fails('create -f - --validate=false', deployment('odd', { more: 'replicas: many' }))).toContain(
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    );
    const warned = await server.kubectl(
      'create -f - --validate=warn'.split(' '),
      deployment('warned', { more: 'replcas: 2' }),
    );
    expect(warned).toMatchObject({ code: 0, stderr: 'Warning: unknown field "spec.replcas"\n' });
    expect(await ok('get deploy warned -o yaml')).not.toContain('replcas');
  });

  it('is refused: values that cannot be', async () => {
    expect(await fails('apply -f -', deployment('mismatch', { label: 'other' }))).toBe(
      'The Deployment "mismatch" is invalid: spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    );
    expect(await fails('create cm Bad_Name')).toContain('a lowercase RFC 1123 subdomain must consist of');
    expect(await fails('label cm two a=b!')).toContain('a valid label must be an empty string or consist of');
    expect(await fails('create -f -', 'apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {}\n')).toBe(
      'The Service "x" is invalid: spec.ports: Required value',
    );
    expect(await fails('create cm lost -n nowhere')).toBe(
      'error: failed to create configmap: namespaces "nowhere" not found',
    );
    expect(await fails('delete ns default')).toBe(
      'Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted',
    );
    expect(await fails('patch svc kubernetes -p {"spec":{"clusterIP":"10.96.7.7"}}')).toContain(
      'may not change once set',
    );
  });

  it('is refused: a write over a newer version', async () => {
    await ok('create cm raced --from-literal=a=1');
    const old = await ok('get cm raced -o yaml');
    await ok('patch cm raced -p {"data":{"a":"2"}}');
    expect(await fails('replace -f -', old)).toContain(
      'Operation cannot be fulfilled on configmaps "raced": the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  it('is stored with a warning: what has no effect here', async () => {
    const hooked = deployment('hooked').replace(
      'name: web,',
      'name: web, lifecycle: {preStop: {sleep: {seconds: 5}}},',
    );
    const { code, stderr } = await server.kubectl(['apply', '-f', '-'], hooked);
    expect(code).toBe(0);
    expect(stderr).toContain(
      'Warning: the embedded cluster does not run lifecycle hooks (postStart, preStop), which web has',
    );
  });
});

describe('pods', () => {
  it('need their service account, and go at once where no node has them', async () => {
    await ok('create ns shop');
    expect(await fails('run web --image=web -n shop')).toContain('serviceaccount "default" not found');
    await ok('create sa default -n shop');
    expect(await ok('run web --image=web -n shop')).toBe('pod/web created\n');
    const { spec, status } = JSON.parse(await ok('get pod web -n shop -o json'));
    expect(status).toMatchObject({ phase: 'Pending', qosClass: 'BestEffort' });
    expect(spec).toMatchObject({
      serviceAccountName: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
    });
    expect(spec.tolerations).toHaveLength(2);
    expect(spec.containers[0].volumeMounts[0]).toMatchObject({
      name: spec.volumes[0].name,
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
    });
    expect(await fails('patch pod web -n shop -p {"spec":{"dnsPolicy":"Default"}}')).toContain(
      'pod updates may not change fields other than',
    );
    expect(await ok('delete pod web -n shop --timeout=10s')).toContain('deleted');
  });

  it('on a node end when the node says so', async () => {
    await ok('run held --image=web -n shop');
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'held' },
      target: { kind: 'Node', name: 'n1' },
    };
    await ok('create --raw /api/v1/namespaces/shop/pods/held/binding -f -', JSON.stringify(binding));
    expect(await ok('delete pod held -n shop --wait=false')).toContain('deleted');
    const { deletionGracePeriodSeconds } = JSON.parse(await ok('get pod held -n shop -o json')).metadata;
    expect(deletionGracePeriodSeconds).toBe(30);
    expect((await server.kubectl('delete pod held -n shop --grace-period=0 --force'.split(' '))).code).toBe(0);
    expect(await fails('get pod held -n shop')).toContain('not found');
  });
});
