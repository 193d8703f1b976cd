/** Kubernetes' discovery documents: what groups, versions and resources there are, in the legacy and the aggregated form. */
import type { ResourceInfo } from '../resource.ts';
import { compareVersions } from './versions.ts';

export interface Document {
  /** Goes into the answer's Content-Type. */
  contentType: string;
  body: unknown;
}

/** A document for a path, or undefined where there is none (404). `accept` is the request's Accept header. */
export type Routes = (path: string, accept: string) => Document | undefined;

interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

const readWrite = ['get', 'patch', 'update'];
const connect = ['create', 'get'];
const proxy = ['create', 'delete', 'get', 'patch', 'update'];
const core = (kind: string): GroupVersionKind => ({ group: '', version: 'v1', kind });

/** What a subresource takes or gives where that is not the resource's own kind, and its verbs where not get, patch, update. */
const subresources: Record<string, { kind?: (r: ResourceInfo) => GroupVersionKind; verbs: string[] }> = {
  scale: { kind: () => ({ group: 'autoscaling', version: 'v1', kind: 'Scale' }), verbs: readWrite },
  log: { verbs: ['get'] },
  exec: { kind: () => core('PodExecOptions'), verbs: connect },
  attach: { kind: () => core('PodAttachOptions'), verbs: connect },
  portforward: { kind: () => core('PodPortForwardOptions'), verbs: connect },
  proxy: { kind: (r) => core(`${r.kind}ProxyOptions`), verbs: proxy },
  eviction: { kind: () => ({ group: 'policy', version: 'v1', kind: 'Eviction' }), verbs: ['create'] },
  binding: { kind: () => core('Binding'), verbs: ['create'] },
  token: { kind: () => ({ group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }), verbs: ['create'] },
  finalize: { verbs: ['update'] },
};

const subresourceOf = (r: ResourceInfo, subresource: string) => {
  const known = subresources[subresource];
  const kind = known?.kind?.(r) ?? { group: r.group, version: r.version, kind: r.kind };
  return { kind, verbs: known?.verbs ?? readWrite };
};

const byName = (a: ResourceInfo, b: ResourceInfo) => (a.resource < b.resource ? -1 : a.resource > b.resource ? 1 : 0);

/** Groups in the order of the list; versions by Kubernetes' version priority; resources by name. */
const grouped = (resources: ResourceInfo[]): Map<string, Map<string, ResourceInfo[]>> => {
  const groups = new Map<string, Map<string, ResourceInfo[]>>();
  for (const r of resources) {
    const versions = groups.get(r.group) ?? new Map<string, ResourceInfo[]>();
    groups.set(r.group, versions);
    versions.set(r.version, [...(versions.get(r.version) ?? []), r]);
  }
  return new Map(
    [...groups].map(([group, versions]) => [
      group,
      new Map(
        [...versions].sort(([a], [b]) => compareVersions(a, b)).map(([version, list]) => [version, list.sort(byName)]),
      ),
    ]),
  );
};

const unlessEmpty = <K extends string>(key: K, list: string[]) => (list.length ? { [key]: list } : {});

const aggregatedResource = (r: ResourceInfo) => ({
  resource: r.resource,
  responseKind: { group: r.group, version: r.version, kind: r.kind },
  scope: r.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: r.singular,
  verbs: r.verbs,
  ...unlessEmpty('shortNames', r.shortNames),
  ...unlessEmpty('categories', r.categories),
  ...(r.subresources.length && {
    subresources: [...r.subresources].sort().map((name) => {
      const { kind, verbs } = subresourceOf(r, name);
      return { subresource: name, responseKind: kind, verbs };
    }),
  }),
});

const aggregated = (groups: Map<string, Map<string, ResourceInfo[]>>, version: string) => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: `apidiscovery.k8s.io/${version}`,
  metadata: {},
  items: [...groups].map(([group, versions]) => ({
    metadata: { ...(group && { name: group }), creationTimestamp: null },
    versions: [...versions].map(([name, list]) => ({
      version: name,
      resources: list.map(aggregatedResource),
      freshness: 'Current',
    })),
  })),
});

const groupDocument = (group: string, versions: Map<string, ResourceInfo[]>) => {
  const list = [...versions.keys()].map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: list, preferredVersion: list[0] };
};

const resourceList = (groupVersion: string, list: ResourceInfo[]) => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion,
  resources: list.flatMap((r) => [
    {
      name: r.resource,
      singularName: r.singular,
      namespaced: r.namespaced,
      kind: r.kind,
      verbs: r.verbs,
      ...unlessEmpty('shortNames', r.shortNames),
      ...unlessEmpty('categories', r.categories),
    },
    ...[...r.subresources].sort().map((name) => {
      const { kind, verbs } = subresourceOf(r, name);
      const foreign = kind.group !== r.group || kind.version !== r.version;
      return {
        name: `${r.resource}/${name}`,
        singularName: '',
        namespaced: r.namespaced,
        ...(foreign && { group: kind.group, version: kind.version }),
        kind: kind.kind,
        verbs,
      };
    }),
  ]),
});

/** The aggregated form's version that the client ranks first, or undefined where it wants the legacy form. */
const aggregatedVersion = (accept: string): 'v2' | 'v2beta1' | undefined => {
  for (const range of accept.split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    const wanted = Object.fromEntries(parameters.map((p) => p.split('=', 2) as [string, string]));
    if (wanted.as === 'APIGroupDiscoveryList') {
      // Protobuf is never given: clients list JSON next to it.
      if (type !== 'application/json' || wanted.g !== 'apidiscovery.k8s.io') continue;
      if (wanted.v === 'v2' || wanted.v === 'v2beta1') return wanted.v;
    } else if (type === 'application/json' || type === '*/*' || type === 'application/*') return undefined;
  }
  return undefined;
};

const json = (body: unknown): Document => ({ contentType: 'application/json', body });

/**
 * Answers /api, /apis, /api/v1, /apis/GROUP and /apis/GROUP/VERSION from the current list of resources. The aggregated
 * form (Kubernetes enhancement 3352) is given for /api and /apis to a client whose Accept header asks for it.
 */
export const discoveryRoutes =
  (resources: () => ResourceInfo[]): Routes =>
  (path, accept) => {
    const segments = path.split('/').filter(Boolean);
    const [root, group, version] = segments;
    if ((root !== 'api' && root !== 'apis') || segments.length > (root === 'api' ? 2 : 3)) return undefined;
    const groups = grouped(resources().filter((r) => (r.group === '') === (root === 'api')));

    if (segments.length === 1) {
      const form = aggregatedVersion(accept);
      if (form)
        return {
          contentType: `application/json;g=apidiscovery.k8s.io;v=${form};as=APIGroupDiscoveryList`,
          body: aggregated(groups, form),
        };
      if (root === 'api') return json({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] });
      const list = [...groups].map(([name, versions]) => groupDocument(name, versions));
      return json({ kind: 'APIGroupList', apiVersion: 'v1', groups: list });
    }

    if (root === 'api') {
      const list = groups.get('')?.get(group!);
      return list && json(resourceList(group!, list));
    }
    const versions = groups.get(group!);
    if (!versions) return undefined;
    if (!version) return json({ kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group!, versions) });
    const list = versions.get(version);
    return list && json(resourceList(`${group}/${version}`, list));
  };
