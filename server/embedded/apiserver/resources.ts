/** The resources this server serves: the built-in ones, and those that CustomResourceDefinitions add while it runs. */
import type { GroupVersionResource, KubeObject } from '../client.ts';
import { asList, asObject } from './json.ts';
import type { ResourceInfo } from './resource.ts';
import type { Store } from './store.ts';
import { builtinResources } from './wire/builtin.ts';

export const CRDS = 'apiextensions.k8s.io/customresourcedefinitions';

const keyOf = (r: GroupVersionResource) => `${r.group}/${r.version}/${r.resource}`;
const CUSTOM_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** One ResourceInfo for each served version of a definition. */
export function resourcesOf(definition: KubeObject): ResourceInfo[] {
  const spec = asObject(definition.spec);
  const names = asObject(spec.names);
  const text = (value: unknown, otherwise: string) => (typeof value === 'string' && value ? value : otherwise);
  const kind = text(names.kind, '');
  return asList(spec.versions)
    .filter((version) => version.served)
    .map((version) => ({
      group: text(spec.group, ''),
      version: text(version.name, ''),
      resource: text(names.plural, ''),
      singular: text(names.singular, kind.toLowerCase()),
      kind,
      listKind: text(names.listKind, `${kind}List`),
      shortNames: (names.shortNames as string[] | undefined) ?? [],
      categories: (names.categories as string[] | undefined) ?? [],
      namespaced: spec.scope === 'Namespaced',
      verbs: CUSTOM_VERBS,
      subresources: Object.keys(asObject(version.subresources)),
      definition,
      schema: asObject(asObject(version.schema).openAPIV3Schema),
      ...(Array.isArray(version.additionalPrinterColumns)
        ? { printerColumns: version.additionalPrinterColumns as ResourceInfo['printerColumns'] }
        : {}),
    }));
}

export class ResourceTable {
  #custom = new Map<string, ResourceInfo[]>();
  #all: ResourceInfo[] = builtinResources;
  #byKey = new Map<string, ResourceInfo>();

  constructor(store: Store) {
    for (const definition of store.list(CRDS)) this.#custom.set(definition.metadata.name, resourcesOf(definition));
    this.#rebuild();
    store.watch(CRDS, Number(store.resourceVersion), ({ type, object }) => {
      // A definition on its way out is still served: its objects have yet to be deleted through it.
      if (type === 'DELETED') this.#custom.delete(object.metadata.name);
      else this.#custom.set(object.metadata.name, resourcesOf(object));
      this.#rebuild();
    });
  }

  #rebuild(): void {
    this.#all = [...builtinResources, ...[...this.#custom.values()].flat()];
    this.#byKey = new Map(this.#all.map((resource) => [keyOf(resource), resource]));
  }

  /** The same array until a definition comes, changes or goes. */
  all(): ResourceInfo[] {
    return this.#all;
  }

  find(resource: GroupVersionResource): ResourceInfo | undefined {
    return this.#byKey.get(keyOf(resource));
  }
}
