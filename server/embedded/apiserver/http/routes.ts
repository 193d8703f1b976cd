/** What each method does on a collection, an object or a subresource. */
import type { DeleteOptions, KubeObject, PatchType } from '../../client.ts';
import { badRequest, methodNotAllowed, noSuchResource, unsupportedMediaType } from '../errors.ts';
import { asObject, isObject } from '../json.ts';
import type { Registry } from '../registry.ts';
import type { RequestOptions, UserInfo } from '../request.ts';
import type { ResourceInfo } from '../resource.ts';
import { bindPod, evictPod, getScale, patchScale, updateSubresource } from '../subresources.ts';
import {
  deletedStatus,
  includeObjectOf,
  listText,
  objectText,
  sendJson,
  sendText,
  setWarnings,
  wantedForm,
} from './answer.ts';
import { mediaType, parseText, readBody, readObject } from './body.ts';
import { Lister } from './list.ts';
import type { ApiPath } from './path.ts';
import { answerReview, isReview } from './reviews.ts';
import type { Request, Response } from './streams.ts';
import type { ServiceAccountTokens } from './tokens.ts';
import { serveWatch } from './watch.ts';

const PATCHES: Record<string, PatchType> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** One request, taken apart. */
export interface Call {
  request: Request;
  response: Response;
  path: ApiPath;
  query: URLSearchParams;
  resource: ResourceInfo;
  user: UserInfo;
}

const isTrue = (value: string | null) => value === 'true' || value === '1';

export class Routes {
  private readonly lister: Lister;

  constructor(
    private readonly registry: Registry,
    private readonly tokens: ServiceAccountTokens,
  ) {
    this.lister = new Lister(registry);
  }

  async serve(call: Call): Promise<void> {
    const { path, resource } = call;
    if (path.subresource && !resource.subresources.includes(path.subresource)) throw noSuchResource();
    if (path.namespace !== undefined && !resource.namespaced) throw noSuchResource();
    const warnings: string[] = [];
    const options = optionsOf(call, warnings);
    if (path.name === undefined) return this.collection(call, options, warnings);
    if (path.subresource && ['scale', 'eviction', 'binding', 'token'].includes(path.subresource)) {
      return this.subresource(call, options, warnings);
    }
    return this.object(call, options, warnings);
  }

  private async collection(call: Call, options: RequestOptions, warnings: string[]): Promise<void> {
    const { request, response, path, query, resource } = call;
    switch (request.method) {
      case 'GET':
        allow(resource, isTrue(query.get('watch')) ? 'watch' : 'list');
        if (isTrue(query.get('watch'))) serveWatch(this.registry, resource, path.namespace, query, request, response);
        else this.lister.serve(resource, path.namespace, query, request, response);
        return;
      case 'POST': {
        allow(resource, 'create');
        const body = await readObject(request);
        if (isReview(resource)) {
          sendJson(response, 201, answerReview(this.registry, this.tokens, resource, body, call.user));
          return;
        }
        const object = await this.registry.create(resource, path.namespace, body, options);
        return this.answer(call, 201, object, warnings);
      }
      case 'DELETE':
        allow(resource, 'deletecollection');
        return this.deleteCollection(call, options, warnings);
      default:
        throw methodNotAllowed(String(request.method));
    }
  }

  private async object(call: Call, options: RequestOptions, warnings: string[]): Promise<void> {
    const { request, response, path, query, resource } = call;
    const place = { namespace: path.namespace, name: path.name! };
    switch (request.method) {
      case 'GET':
        allow(resource, 'get');
        if (isTrue(query.get('watch'))) {
          query.set('fieldSelector', `metadata.name=${place.name}`);
          serveWatch(this.registry, resource, path.namespace, query, request, response);
          return;
        }
        return this.answer(call, 200, this.registry.get(resource, place), warnings);
      case 'PUT': {
        allow(resource, 'update');
        const body = await readObject(request);
        const object = await updateSubresource(this.registry, resource, place, body, options, path.subresource);
        return this.answer(call, 200, object, warnings);
      }
      case 'PATCH': {
        allow(resource, 'patch');
        const { type, body } = await readPatch(request);
        if (type === 'apply' && !query.get('fieldManager')) {
          throw badRequest(
            'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
          );
        }
        const { object, created } = await this.registry.patch(resource, place, type, body, options, path.subresource);
        return this.answer(call, created ? 201 : 200, object, warnings);
      }
      case 'DELETE': {
        allow(resource, 'delete');
        const deleteOptions = await readDeleteOptions(request, query);
        const how = { ...options, dryRun: options.dryRun || deleteOptions.dryRun };
        const { object, gone } = await this.registry.delete(resource, place, deleteOptions, how);
        if (gone && resource.resource !== 'pods') sendJson(response, 200, deletedStatus(resource, object));
        else return this.answer(call, 200, object, warnings);
        return;
      }
      default:
        throw methodNotAllowed(String(request.method));
    }
  }

  private async subresource(call: Call, options: RequestOptions, warnings: string[]): Promise<void> {
    const { request, response, path, resource } = call;
    const place = { namespace: path.namespace, name: path.name! };
    const key = `${request.method} ${path.subresource}`;
    switch (key) {
      case 'GET scale':
        return sendJson(response, 200, getScale(this.registry, resource, place));
      case 'PUT scale': {
        const object = await updateSubresource(
          this.registry,
          resource,
          place,
          await readObject(request),
          options,
          'scale',
        );
        setWarnings(response, warnings);
        return sendJson(response, 200, object);
      }
      case 'PATCH scale': {
        const { type, body } = await readPatch(request);
        return sendJson(response, 200, await patchScale(this.registry, resource, place, type, body, options));
      }
      case 'POST eviction':
        return sendJson(
          response,
          201,
          await evictPod(this.registry, resource, place, await readObject(request), options),
        );
      case 'POST binding':
        return sendJson(
          response,
          201,
          await bindPod(this.registry, resource, place, await readObject(request), options),
        );
      case 'POST token': {
        const body = asObject(await readObject(request));
        const spec = asObject(body.spec);
        const account = this.registry.get(resource, place);
        const status = this.tokens.issue(account, spec);
        const { name, namespace } = account.metadata;
        return sendJson(response, 201, {
          kind: 'TokenRequest',
          apiVersion: 'authentication.k8s.io/v1',
          metadata: { name, namespace, creationTimestamp: null },
          spec,
          status,
        });
      }
      default:
        throw methodNotAllowed(key);
    }
  }

  private async deleteCollection(call: Call, options: RequestOptions, warnings: string[]): Promise<void> {
    const { request, response, path, query, resource } = call;
    const deleteOptions = await readDeleteOptions(request, query);
    const found = this.registry.list(resource, {
      namespace: path.namespace,
      labelSelector: query.get('labelSelector') ?? undefined,
      fieldSelector: query.get('fieldSelector') ?? undefined,
    });
    for (const { metadata } of found) {
      const how = { ...options, dryRun: options.dryRun || deleteOptions.dryRun };
      await this.registry.delete(resource, metadata, deleteOptions, how);
    }
    setWarnings(response, warnings);
    const metadata = { resourceVersion: this.registry.store.resourceVersion };
    sendText(response, 200, listText(resource, found, 'object', metadata, 'Metadata'));
  }

  private answer({ request, response, query, resource }: Call, code: number, object: KubeObject, warnings: string[]) {
    setWarnings(response, warnings);
    sendText(response, code, objectText(resource, object, wantedForm(request), includeObjectOf(query)));
  }
}

function allow(resource: ResourceInfo, verb: string): void {
  if (!resource.verbs.includes(verb)) throw methodNotAllowed(verb);
}

function optionsOf({ request, query, user }: Call, warnings: string[]): RequestOptions {
  const agent = String(request.headers['user-agent'] ?? 'unknown').split('/')[0]!;
  const validation = query.get('fieldValidation');
  if (validation && !['Strict', 'Warn', 'Ignore'].includes(validation)) {
    throw badRequest(
      `fieldValidation: Unsupported value: "${validation}": supported values: "Ignore", "Strict", "Warn"`,
    );
  }
  const dryRun = query.getAll('dryRun');
  if (dryRun.some((value) => value !== 'All')) {
    throw badRequest(`dryRun: Unsupported value: "${dryRun.join(',')}": supported values: "All"`);
  }
  return {
    user,
    dryRun: dryRun.length > 0,
    fieldManager: query.get('fieldManager') || agent,
    fieldValidation: (validation as RequestOptions['fieldValidation']) || 'Warn',
    force: isTrue(query.get('force')),
    warn: (message) => warnings.push(message),
  };
}

async function readPatch(request: Request): Promise<{ type: PatchType; body: unknown }> {
  const given = mediaType(request);
  const type = PATCHES[given];
  if (!type) throw unsupportedMediaType(given, Object.keys(PATCHES));
  return { type, body: parseText(await readBody(request), type === 'apply') };
}

/** From the body where there is one, else from the query. */
async function readDeleteOptions(
  request: Request,
  query: URLSearchParams,
): Promise<DeleteOptions & { dryRun?: boolean }> {
  const body = await readObject(request);
  const { propagationPolicy, gracePeriodSeconds, preconditions, orphanDependents, dryRun } = isObject(body) ? body : {};
  const grace =
    gracePeriodSeconds ?? (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined);
  const policy =
    propagationPolicy ??
    query.get('propagationPolicy') ??
    (orphanDependents === true ? 'Orphan' : undefined) ??
    undefined;
  if (policy !== undefined && !['Background', 'Foreground', 'Orphan'].includes(String(policy))) {
    throw badRequest(
      `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "${policy}": supported values: "Background", "Foreground", "Orphan"`,
    );
  }
  return {
    ...(policy === undefined ? {} : { propagationPolicy: policy as DeleteOptions['propagationPolicy'] }),
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace as number }),
    ...(isObject(preconditions) ? { preconditions } : {}),
    dryRun: Array.isArray(dryRun) && dryRun.includes('All'),
  };
}
