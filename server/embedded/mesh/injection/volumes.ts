/** The volumes that the sidecar template adds to a pod, and where istio-proxy mounts them. */
import type { Volume, VolumeMount } from '../../types.ts';
import type { TemplateInput } from './template.ts';

/** Reads a JSON object of volumes or mounts from an annotation; throws, as the template does, where it is not one. */
function fromAnnotation<T extends object>(input: TemplateInput, name: string): (T & { name: string })[] {
  const text = input.pod.metadata.annotations?.[name];
  if (text === undefined) return [];
  let parsed: Record<string, T>;
  try {
    parsed = JSON.parse(text) as Record<string, T>;
  } catch (error) {
    throw new Error(`invalid value '${text}' for annotation '${name}': ${(error as Error).message}`);
  }
  return Object.entries(parsed).map(([key, rest]) => ({ name: key, ...rest }));
}

export const proxyVolumeMounts = (input: TemplateInput): VolumeMount[] => [
  { name: 'workload-socket', mountPath: '/var/run/secrets/workload-spiffe-uds' },
  { name: 'credential-socket', mountPath: '/var/run/secrets/credential-uds' },
  { name: 'workload-certs', mountPath: '/var/run/secrets/workload-spiffe-credentials' },
  { name: 'istiod-ca-cert', mountPath: '/var/run/secrets/istio' },
  { name: 'istio-ca-crl', mountPath: '/var/run/secrets/istio/crl' },
  { name: 'istio-data', mountPath: '/var/lib/istio/data' },
  { name: 'istio-envoy', mountPath: '/etc/istio/proxy' },
  { name: 'istio-token', mountPath: '/var/run/secrets/tokens' },
  { name: 'istio-podinfo', mountPath: '/etc/istio/pod' },
  ...fromAnnotation<{ mountPath: string }>(input, 'sidecar.istio.io/userVolumeMount'),
];

export const proxyVolumes = (input: TemplateInput): Volume[] => [
  { name: 'workload-socket', emptyDir: {} },
  { name: 'credential-socket', emptyDir: {} },
  { name: 'workload-certs', emptyDir: {} },
  { name: 'istio-envoy', emptyDir: { medium: 'Memory' } },
  { name: 'istio-data', emptyDir: {} },
  {
    name: 'istio-podinfo',
    downwardAPI: {
      items: [
        { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
        { path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } },
      ],
    },
  },
  {
    name: 'istio-token',
    projected: {
      sources: [
        {
          serviceAccountToken: {
            path: 'istio-token',
            expirationSeconds: 43200,
            audience: input.settings.values.global.sds?.token?.aud ?? 'istio-ca',
          },
        },
      ],
    },
  },
  { name: 'istiod-ca-cert', configMap: { name: 'istio-ca-root-cert' } },
  { name: 'istio-ca-crl', configMap: { name: 'istio-ca-crl', optional: true } },
  ...fromAnnotation<Omit<Volume, 'name'>>(input, 'sidecar.istio.io/userVolume'),
];
