/**
 * What the injector reads: the ConfigMap `istio-sidecar-injector` (policy, selectors, values) and the mesh
 * configuration in the ConfigMap `istio`. Field names and defaults are Istio's.
 */
import { parse } from 'yaml';
import type { LabelSelector, ResourceRequirements } from '../../types.ts';

/** The key `config` of the ConfigMap `istio-sidecar-injector`. */
export interface InjectionConfig {
  policy: string;
  defaultTemplates: string[];
  /** Names of the templates that the ConfigMap defines besides the built-in one. Their text is not interpreted. */
  templateNames: string[];
  neverInjectSelector: LabelSelector[];
  alwaysInjectSelector: LabelSelector[];
  injectedAnnotations: Record<string, string>;
}

export interface ProbeValues {
  enabled?: boolean;
  failureThreshold?: number;
}

/** The part of the key `values` (the installation's Helm values) that the sidecar template uses. */
export interface InjectionValues {
  revision?: string;
  global: {
    hub: string;
    tag: string | number;
    variant?: string;
    istioNamespace: string;
    imagePullPolicy?: string;
    imagePullSecrets?: string[];
    caAddress?: string;
    pilotCertProvider?: string;
    meshID?: string;
    network?: string;
    trustDomain?: string;
    logAsJson?: boolean;
    logging?: { level?: string };
    multiCluster?: { clusterName?: string };
    sds?: { token?: { aud?: string } };
    proxy: {
      image?: string;
      clusterDomain?: string;
      componentLogLevel?: string;
      logLevel?: string;
      privileged?: boolean;
      statusPort?: number;
      holdApplicationUntilProxyStarts?: boolean;
      includeIPRanges?: string;
      excludeIPRanges?: string;
      includeInboundPorts?: string;
      excludeInboundPorts?: string;
      includeOutboundPorts?: string;
      excludeOutboundPorts?: string;
      readinessFailureThreshold?: number;
      readinessInitialDelaySeconds?: number;
      readinessPeriodSeconds?: number;
      startupProbe?: ProbeValues;
      resources?: ResourceRequirements;
    };
    proxy_init?: { image?: string; forceApplyIptables?: boolean };
  };
  pilot?: { cni?: { enabled?: boolean } };
  sidecarInjectorWebhook?: { rewriteAppHTTPProbe?: boolean };
}

/** `defaultConfig` of the mesh, or what the annotation `proxy.istio.io/config` adds to it. */
export interface ProxyConfig {
  discoveryAddress?: string;
  interceptionMode?: string;
  statusPort?: number;
  holdApplicationUntilProxyStarts?: boolean;
  proxyMetadata?: Record<string, string>;
  image?: { imageType?: string };
  [field: string]: unknown;
}

/** The key `mesh` of the ConfigMap `istio`. */
export interface MeshConfig {
  trustDomain?: string;
  rootNamespace?: string;
  enablePrometheusMerge?: boolean;
  accessLogFile?: string;
  defaultConfig?: ProxyConfig;
  [field: string]: unknown;
}

export interface InjectorSettings {
  config: InjectionConfig;
  values: InjectionValues;
  mesh: MeshConfig;
  revision: string;
}

/** The only template whose result the simulated istiod can build. */
export const BUILT_IN_TEMPLATES = ['sidecar'];

const text = (data: Record<string, string> | undefined, key: string, configMap: string): string => {
  const found = data?.[key];
  if (found === undefined) throw new Error(`ConfigMap ${configMap} has no key "${key}"`);
  return found;
};

/** Rejects (throws) with a sentence that names the ConfigMap and key which cannot be read. */
export function readInjectorSettings(
  injector: Record<string, string> | undefined,
  mesh: Record<string, string> | undefined,
  revision: string,
): InjectorSettings {
  const raw = (parse(text(injector, 'config', 'istio-sidecar-injector')) ?? {}) as Partial<InjectionConfig> & {
    templates?: Record<string, string>;
  };
  const values = JSON.parse(text(injector, 'values', 'istio-sidecar-injector')) as InjectionValues;
  if (!values.global?.proxy) throw new Error('ConfigMap istio-sidecar-injector: values have no global.proxy');
  return {
    config: {
      policy: raw.policy ?? '',
      defaultTemplates: raw.defaultTemplates?.length ? raw.defaultTemplates : BUILT_IN_TEMPLATES,
      templateNames: Object.keys(raw.templates ?? {}),
      neverInjectSelector: raw.neverInjectSelector ?? [],
      alwaysInjectSelector: raw.alwaysInjectSelector ?? [],
      injectedAnnotations: raw.injectedAnnotations ?? {},
    },
    values,
    mesh: (parse(text(mesh, 'mesh', 'istio')) ?? {}) as MeshConfig,
    revision,
  };
}
