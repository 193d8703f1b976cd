/** GET on a collection: the whole of it, or in pieces with `limit` and `continue`. */
import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../client.ts';
import { badRequest, expired } from '../errors.ts';
import type { Registry } from '../registry.ts';
import type { ResourceInfo } from '../resource.ts';
import { includeObjectOf, listText, sendText, wantedForm } from './answer.ts';
import type { Request, Response } from './streams.ts';

/** What is left of a list that was begun; objects never change, so a kept list is a snapshot. */
interface Rest {
  objects: KubeObject[];
  resourceVersion: string;
}

/** As many begun lists are kept; whoever waits longer gets 410 and lists anew. */
const KEPT = 50;

export class Lister {
  private readonly rests = new Map<string, Rest>();

  constructor(private readonly registry: Registry) {}

  serve(
    resource: ResourceInfo,
    namespace: string | undefined,
    query: URLSearchParams,
    request: Request,
    response: Response,
  ): void {
    const { objects, resourceVersion } = this.take(resource, namespace, query);
    const limit = Number(query.get('limit') ?? 0);
    if (!Number.isInteger(limit) || limit < 0) throw badRequest(`invalid limit "${query.get('limit')}"`);
    const page = limit > 0 ? objects.slice(0, limit) : objects;
    const metadata: Record<string, unknown> = { resourceVersion };
    if (page.length < objects.length) {
      metadata.continue = this.keep({ objects: objects.slice(page.length), resourceVersion });
      metadata.remainingItemCount = objects.length - page.length;
    }
    sendText(response, 200, listText(resource, page, wantedForm(request), metadata, includeObjectOf(query)));
  }

  private take(resource: ResourceInfo, namespace: string | undefined, query: URLSearchParams): Rest {
    const token = query.get('continue');
    if (token) {
      const rest = this.rests.get(token);
      if (rest) return rest;
      throw expired(
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
      );
    }
    const objects = this.registry.list(resource, {
      namespace,
      labelSelector: query.get('labelSelector') ?? undefined,
      fieldSelector: query.get('fieldSelector') ?? undefined,
    });
    return { objects, resourceVersion: this.registry.store.resourceVersion };
  }

  private keep(rest: Rest): string {
    const token = randomUUID();
    this.rests.set(token, rest);
    if (this.rests.size > KEPT) this.rests.delete(this.rests.keys().next().value!);
    return token;
  }
}
