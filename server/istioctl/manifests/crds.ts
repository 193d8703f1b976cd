/**
 * Istio's custom resource definitions: names, groups, versions, short names, categories and printer columns of Istio
 * 1.31. Their schemas are open: the API server keeps every field of `spec` and checks none.
 */
import type { Manifest } from './object.ts';

interface Column {
  name: string;
  jsonPath: string;
  type: string;
  description?: string;
}

interface Kind {
  kind: string;
  plural: string;
  singular?: string;
  shortNames?: string[];
  /** Served versions; the first is the stored one. */
  versions: string[];
  columns?: Column[];
}

const age: Column = { name: 'Age', jsonPath: '.metadata.creationTimestamp', type: 'date' };
const text = (name: string, jsonPath: string): Column => ({ name, jsonPath, type: 'string' });
const STABLE = ['v1', 'v1beta1', 'v1alpha3'];
const SECURITY = ['v1', 'v1beta1'];

const GROUPS: Record<string, Kind[]> = {
  'extensions.istio.io': [
    { kind: 'TrafficExtension', plural: 'trafficextensions', versions: ['v1alpha1'], columns: [age] },
    { kind: 'WasmPlugin', plural: 'wasmplugins', versions: ['v1alpha1'], columns: [age] },
  ],
  'networking.istio.io': [
    {
      kind: 'DestinationRule',
      plural: 'destinationrules',
      shortNames: ['dr'],
      versions: STABLE,
      columns: [text('Host', '.spec.host'), age],
    },
    { kind: 'EnvoyFilter', plural: 'envoyfilters', versions: ['v1alpha3'] },
    { kind: 'Gateway', plural: 'gateways', shortNames: ['gw'], versions: STABLE },
    { kind: 'ProxyConfig', plural: 'proxyconfigs', versions: ['v1beta1'] },
    {
      kind: 'ServiceEntry',
      plural: 'serviceentries',
      shortNames: ['se'],
      versions: STABLE,
      columns: [
        text('Hosts', '.spec.hosts'),
        text('Location', '.spec.location'),
        text('Resolution', '.spec.resolution'),
        age,
      ],
    },
    { kind: 'Sidecar', plural: 'sidecars', versions: STABLE },
    {
      kind: 'VirtualService',
      plural: 'virtualservices',
      shortNames: ['vs'],
      versions: STABLE,
      columns: [text('Gateways', '.spec.gateways'), text('Hosts', '.spec.hosts'), age],
    },
    {
      kind: 'WorkloadEntry',
      plural: 'workloadentries',
      shortNames: ['we'],
      versions: STABLE,
      columns: [age, text('Address', '.spec.address')],
    },
    { kind: 'WorkloadGroup', plural: 'workloadgroups', shortNames: ['wg'], versions: STABLE, columns: [age] },
  ],
  'security.istio.io': [
    {
      kind: 'AuthorizationPolicy',
      plural: 'authorizationpolicies',
      shortNames: ['ap'],
      versions: SECURITY,
      columns: [text('Action', '.spec.action'), age],
    },
    {
      kind: 'PeerAuthentication',
      plural: 'peerauthentications',
      shortNames: ['pa'],
      versions: SECURITY,
      columns: [text('Mode', '.spec.mtls.mode'), age],
    },
    { kind: 'RequestAuthentication', plural: 'requestauthentications', shortNames: ['ra'], versions: SECURITY },
  ],
  'telemetry.istio.io': [
    {
      kind: 'Telemetry',
      plural: 'telemetries',
      singular: 'telemetry',
      shortNames: ['telemetry'],
      // v1 is served too, but 1.31 still stores v1alpha1.
      versions: ['v1alpha1', 'v1'],
      columns: [age],
    },
  ],
};

const SCHEMA = {
  openAPIV3Schema: {
    type: 'object',
    properties: {
      spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  },
};

function definition(group: string, kind: Kind): Manifest {
  const area = group.split('.')[0]!;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${kind.plural}.${group}`,
      annotations: { 'helm.sh/resource-policy': 'keep' },
      labels: {
        app: 'istio-pilot',
        chart: 'istio',
        heritage: 'Tiller',
        release: 'istio',
        ...(area === 'security' || area === 'telemetry' ? { istio: area } : {}),
      },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.singular ?? kind.kind.toLowerCase(),
        ...(kind.shortNames ? { shortNames: kind.shortNames } : {}),
        categories: ['istio-io', `${area}-istio-io`],
      },
      versions: kind.versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        subresources: { status: {} },
        ...(kind.columns ? { additionalPrinterColumns: kind.columns } : {}),
        schema: SCHEMA,
      })),
    },
  };
}

export const crds = (): Manifest[] =>
  Object.entries(GROUPS).flatMap(([group, kinds]) => kinds.map((kind) => definition(group, kind)));

/** Kind, group and stored version of each, for `analyze` and `uninstall`. */
export const ISTIO_GROUPS: readonly string[] = Object.keys(GROUPS);
