/**
 * The OpenAPI v3 documents from which kubectl learns how to patch (`apply`), whether the server checks fields
 * (`fieldValidation`) and what to say of a field (`explain`). One document for each group and version, made when it is
 * first asked for.
 */
import { createHash } from 'node:crypto';
import { KUBERNETES } from '../../../versions.ts';
import { apiVersionOf, type ResourceInfo } from '../resource.ts';
import type { Document, Routes } from './discovery.ts';
import { objectMeta, reference, type Schema, schemaName, schemasOf, typeMeta } from './schemas.ts';

const json = (body: unknown): Document => ({ contentType: 'application/json', body });

/** `api/v1`, `apis/apps/v1`: the key of a document in the index. */
const keyOf = (r: ResourceInfo) => `${r.group ? 'apis' : 'api'}/${apiVersionOf(r)}`;

/** `networking.istio.io/v1 VirtualService` → `io.istio.networking.v1.VirtualService`. */
const customName = (r: ResourceInfo) => [...r.group.split('.').reverse(), r.version, r.kind].join('.');

const nameOf = (r: ResourceInfo) => (r.type ? schemaName(r.type) : customName(r));

const groupVersionKind = (r: ResourceInfo) => ({ group: r.group, kind: r.kind, version: r.version });

const customSchema = (r: ResourceInfo): Schema => {
  const declared = r.schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    ...declared,
    properties: {
      ...(declared.properties as Schema | undefined),
      ...typeMeta,
      metadata: {
        description: "Standard object's metadata.",
        allOf: [reference(schemaName(objectMeta))],
      },
    },
    'x-kubernetes-group-version-kind': [groupVersionKind(r)],
  };
};

const query = (name: string, description: string, type: string) => ({
  name,
  in: 'query',
  description,
  schema: { type, uniqueItems: true },
});

const writeParameters = [
  query('dryRun', 'All goes through every stage of the request without storing the result.', 'string'),
  query('fieldManager', 'Who makes the change, for managedFields.', 'string'),
  query('fieldValidation', 'What to do with unknown and duplicate fields: Ignore, Warn or Strict.', 'string'),
];
const forceParameter = query('force', 'Takes fields over from other managers; server-side apply only.', 'boolean');
const pathParameter = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });

/** OpenAPI's method, Kubernetes' verb for it, and the parameters that it takes. */
const operations = {
  collection: [
    { method: 'get', verb: 'list' },
    { method: 'post', verb: 'create', parameters: writeParameters },
    { method: 'delete', verb: 'deletecollection' },
  ],
  item: [
    { method: 'get', verb: 'get' },
    { method: 'put', verb: 'update', parameters: writeParameters },
    { method: 'patch', verb: 'patch', parameters: [...writeParameters, forceParameter] },
    { method: 'delete', verb: 'delete' },
  ],
};
const actions: Record<string, string> = { create: 'post', update: 'put' };

const pathItem = (r: ResourceInfo, place: keyof typeof operations) => {
  const ok = { 200: { description: 'OK', content: { 'application/json': { schema: reference(nameOf(r)) } } } };
  const served = operations[place].filter(({ verb }) => r.verbs.includes(verb));
  return {
    ...Object.fromEntries(
      served.map(({ method, verb, parameters = [] }) => [
        method,
        {
          tags: [`${r.group || 'core'}_${r.version}`.replace(/[^A-Za-z0-9]/g, '_')],
          operationId: `${verb}${r.namespaced ? 'Namespaced' : ''}${r.kind}`,
          parameters,
          responses: ok,
          'x-kubernetes-action': actions[verb] ?? verb,
          'x-kubernetes-group-version-kind': groupVersionKind(r),
        },
      ]),
    ),
    parameters: [
      ...(place === 'item' ? [pathParameter('name')] : []),
      ...(r.namespaced ? [pathParameter('namespace')] : []),
    ],
  };
};

const pathsOf = (r: ResourceInfo) => {
  const base = `/${keyOf(r)}/${r.namespaced ? 'namespaces/{namespace}/' : ''}${r.resource}`;
  const all = r.namespaced && r.verbs.includes('list') ? { [`/${keyOf(r)}/${r.resource}`]: everywhere(r) } : {};
  const item = r.verbs.includes('get') ? { [`${base}/{name}`]: pathItem(r, 'item') } : {};
  return { ...all, [base]: pathItem(r, 'collection'), ...item };
};

/** The list across all namespaces. */
const everywhere = (r: ResourceInfo) => pathItem({ ...r, namespaced: false, verbs: ['list'] }, 'collection');

const documentOf = (resources: ResourceInfo[]) => {
  const types = resources.map((r) => r.type ?? objectMeta);
  const custom = resources.filter((r) => !r.type).map((r) => [nameOf(r), customSchema(r)]);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: `v${KUBERNETES}` },
    paths: Object.assign({}, ...resources.map(pathsOf)),
    components: { schemas: { ...schemasOf(types), ...Object.fromEntries(custom) } },
  };
};

/** Changes when the document would: a client that has seen a hash does not ask again. */
const hashOf = (resources: ResourceInfo[]): string =>
  createHash('sha256')
    .update(JSON.stringify([KUBERNETES, resources.map(({ definition: _, ...info }) => info)]))
    .digest('hex')
    .toUpperCase();

class Documents {
  private readonly groups = new Map<string, ResourceInfo[]>();
  private readonly made = new Map<string, Document>();
  private indexDocument?: Document;

  constructor(resources: ResourceInfo[]) {
    for (const r of resources) this.groups.set(keyOf(r), [...(this.groups.get(keyOf(r)) ?? []), r]);
  }

  index(): Document {
    this.indexDocument ??= json({
      paths: Object.fromEntries(
        [...this.groups].map(([key, list]) => [key, { serverRelativeURL: `/openapi/v3/${key}?hash=${hashOf(list)}` }]),
      ),
    });
    return this.indexDocument;
  }

  get(key: string): Document | undefined {
    const resources = this.groups.get(key);
    if (!resources) return undefined;
    const document = this.made.get(key) ?? json(documentOf(resources));
    this.made.set(key, document);
    return document;
  }
}

/**
 * Answers /openapi/v3 and /openapi/v3/GROUP-VERSION (`path` without its query). Documents are kept as long as
 * `resources` gives the same array: give another one when a resource comes, goes or changes. There is no /openapi/v2:
 * kubectl 1.35 does without where version 3 has the kind.
 */
export const openapiRoutes = (resources: () => ResourceInfo[]): Routes => {
  const documents = new WeakMap<ResourceInfo[], Documents>();
  return (path) => {
    const key = /^\/openapi\/v3(?:\/(.*?))?\/?$/.exec(path);
    if (!key) return undefined;
    const list = resources();
    const current = documents.get(list) ?? new Documents(list);
    documents.set(list, current);
    return key[1] ? current.get(key[1]) : current.index();
  };
};
