/**
 * Turns a pod under admission into its injected form and the JSON Patch between the two: the template's containers and
 * volumes, then what Istio does after the template (overrides, Prometheus merge, probe rewriting, metadata, order).
 */

import { createPatch, type Operation } from 'rfc6902';
import { parse } from 'yaml';
import type { Container, Pod } from '../../types.ts';
import { BUILT_IN_TEMPLATES, type InjectorSettings, type ProxyConfig } from './config.ts';
import { overlayContainer } from './overlay.ts';
import { rewriteProbes } from './probes.ts';
import { mergePrometheus } from './prometheus.ts';
import { type Injected, renderSidecar, type TemplateInput, templateInput } from './template.ts';

const PROXY = 'istio-proxy';

/** The mesh's defaultConfig, then the annotation `proxy.istio.io/config`; proxyMetadata is merged key by key. */
function proxyConfigFor(pod: Pod, { mesh }: InjectorSettings): ProxyConfig {
  const base = mesh.defaultConfig ?? {};
  const text = pod.metadata.annotations?.['proxy.istio.io/config'];
  if (text === undefined) return { ...base };
  const own: unknown = parse(text);
  if (own === null || typeof own !== 'object' || Array.isArray(own))
    throw new Error(`invalid value '${text}' for annotation 'proxy.istio.io/config': not an object`);
  const config = own as ProxyConfig;
  const proxyMetadata = { ...base.proxyMetadata, ...config.proxyMetadata };
  return { ...base, ...config, ...(Object.keys(proxyMetadata).length ? { proxyMetadata } : {}) };
}

function checkTemplates(pod: Pod, { config }: InjectorSettings): void {
  const asked = pod.metadata.annotations?.['inject.istio.io/templates']?.split(',').map((name) => name.trim());
  for (const name of asked ?? config.defaultTemplates) {
    if (BUILT_IN_TEMPLATES.includes(name)) continue;
    if (config.templateNames.includes(name))
      throw new Error(
        `template "${name}" is not supported: the embedded istiod builds only "sidecar", in its own code`,
      );
    throw new Error(`requested template "${name}" not found; have ${BUILT_IN_TEMPLATES.join(', ')}`);
  }
}

const trimEdges = (text: string): string => text.slice(0, 63).replace(/^[-_.]+|[-_.]+$/g, '');

function applyMetadata(pod: Pod, input: TemplateInput, injected: Injected): void {
  const labels = { ...pod.metadata.labels };
  const pick = (...values: (string | undefined)[]): string => values.find((found) => found) ?? '';
  labels['security.istio.io/tlsMode'] = pick(labels['security.istio.io/tlsMode'], 'istio');
  labels['service.istio.io/canonical-name'] = trimEdges(
    pick(labels['service.istio.io/canonical-name'], labels['app.kubernetes.io/name'], labels.app, input.workload.name),
  );
  labels['service.istio.io/canonical-revision'] = pick(
    labels['service.istio.io/canonical-revision'],
    labels['app.kubernetes.io/version'],
    labels.version,
    'latest',
  );
  const { revision } = input.settings;
  const first = input.appContainers[0]?.name;
  const annotations = { ...pod.metadata.annotations };
  annotations['istio.io/rev'] = revision;
  if (first) {
    annotations['kubectl.kubernetes.io/default-container'] ??= first;
    annotations['kubectl.kubernetes.io/default-logs-container'] ??= first;
  }
  const names = (list: { name: string }[]): string[] | null => (list.length ? list.map(({ name }) => name) : null);
  annotations['sidecar.istio.io/status'] = JSON.stringify({
    initContainers: names(injected.initContainers),
    containers: names(injected.containers),
    volumes: names(injected.volumes),
    imagePullSecrets: names(injected.imagePullSecrets),
    revision,
  });
  Object.assign(annotations, input.settings.config.injectedAnnotations);
  pod.metadata = { ...pod.metadata, labels, annotations };
}

/** A pod's own `istio-proxy` container customises the injected one; `image: auto` asks for the injected image. */
function withOverrides(injected: Container[], own: Container[]): Container[] {
  return injected.map((container) => {
    const override = own.find((candidate) => candidate.name === container.name);
    return override ? overlayContainer(container, override) : container;
  });
}

/** Istio's order: istio-init, istio-proxy, the pod's own; a proxy that is no init container comes last, or first if held. */
function arrange(pod: Pod, input: TemplateInput, injected: Injected): void {
  const own = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const names = new Set([...injected.initContainers, ...injected.containers].map(({ name }) => name));
  const rest = (list: Container[] | undefined): Container[] => (list ?? []).filter(({ name }) => !names.has(name));
  const init = withOverrides(injected.initContainers, own);
  const containers = withOverrides(injected.containers, own);
  const ownInit = rest(pod.spec.initContainers);
  pod.spec.initContainers = input.nativeSidecar ? [...init, ...ownInit] : [...ownInit, ...init];
  const hold =
    input.proxyConfig.holdApplicationUntilProxyStarts ??
    input.settings.values.global.proxy.holdApplicationUntilProxyStarts;
  const app = rest(pod.spec.containers);
  pod.spec.containers = hold ? [...containers, ...app] : [...app, ...containers];
  if (pod.spec.initContainers.length === 0) delete pod.spec.initContainers;
}

function addVolumes(pod: Pod, injected: Injected): void {
  const added = new Set(injected.volumes.map(({ name }) => name));
  pod.spec.volumes = [...injected.volumes, ...(pod.spec.volumes ?? []).filter(({ name }) => !added.has(name))];
  if (injected.imagePullSecrets.length === 0) return;
  const secrets = (pod.spec.imagePullSecrets ?? []) as { name: string }[];
  const missing = injected.imagePullSecrets.filter(({ name }) => !secrets.some((secret) => secret.name === name));
  pod.spec.imagePullSecrets = [...secrets, ...missing];
}

const shouldRewrite = (input: TemplateInput): boolean => {
  const own = input.pod.metadata.annotations?.['sidecar.istio.io/rewriteAppHTTPProbers'];
  if (own === 'true' || own === 'false') return own === 'true';
  return input.settings.values.sidecarInjectorWebhook?.rewriteAppHTTPProbe ?? true;
};

/** The injected pod. `pod` itself is not changed. Throws what istiod answers when it cannot inject. */
export function injectedPod(pod: Pod, namespace: string, settings: InjectorSettings): Pod {
  if (settings.values.pilot?.cni?.enabled)
    throw new Error('pilot.cni.enabled is not supported by the embedded istiod: it injects istio-init instead');
  checkTemplates(pod, settings);
  const input = templateInput(pod, namespace, settings, proxyConfigFor(pod, settings));
  const injected = renderSidecar(input);
  const result = structuredClone(pod);
  arrange(result, input, injected);
  addVolumes(result, injected);

  const all = [...(result.spec.initContainers ?? []), ...result.spec.containers];
  const proxy = all.find(({ name }) => name === PROXY)!;
  mergePrometheus(result, proxy, settings.mesh, input.statusPort);
  if (shouldRewrite(input) && input.statusPort !== 0) {
    const probers = rewriteProbes(all, input.statusPort);
    if (Object.keys(probers).length)
      proxy.env = [...(proxy.env ?? []), { name: 'ISTIO_KUBE_APP_PROBERS', value: JSON.stringify(probers) }];
  }
  applyMetadata(result, input, injected);
  return result;
}

export const injectionPatch = (pod: Pod, namespace: string, settings: InjectorSettings): Operation[] =>
  createPatch(pod, injectedPod(pod, namespace, settings));
