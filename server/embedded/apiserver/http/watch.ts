/** GET …?watch=true: events as they happen, one JSON text a line, until the client goes or the time is up. */
import type { ServerResponse } from 'node:http';
import type { KubeObject, WatchEvent } from '../../client.ts';
import type { Registry } from '../registry.ts';
import { apiVersionOf, type ResourceInfo } from '../resource.ts';
import { startWatch } from '../watch.ts';
import { includeObjectOf, objectText, sendError, statusOf, wantedForm } from './answer.ts';
import type { Request, Response } from './streams.ts';

/** Seconds; Kubernetes ends a watch after 30 to 60 minutes, so that clients spread out anew. */
const LONGEST = 3600;
/** Milliseconds between bookmarks, for clients that allow them. */
const BOOKMARKS = 60_000;
/** Bytes that may wait for a client that does not read. */
const BACKLOG = 64 * 1024 * 1024;

const isTrue = (value: string | null) => value === 'true' || value === '1';

export function serveWatch(
  registry: Registry,
  resource: ResourceInfo,
  namespace: string | undefined,
  query: URLSearchParams,
  request: Request,
  response: Response,
): void {
  const form = wantedForm(request);
  const includeObject = includeObjectOf(query);
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const selectors = {
    namespace,
    labelSelector: query.get('labelSelector') ?? undefined,
    fieldSelector: query.get('fieldSelector') ?? undefined,
  };

  const write = (line: string) => {
    (response as NodeJS.WritableStream).write(line);
    if (response.writableLength > BACKLOG) response.destroy();
  };
  const send = ({ type, object }: WatchEvent) =>
    write(`{"type":"${type}","object":${objectText(resource, object, form, includeObject)}}\n`);
  const bookmark = (initialEnd = false) => {
    const annotations = initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const metadata = { resourceVersion: registry.store.resourceVersion, creationTimestamp: null, ...annotations };
    const object = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
    write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  };

  const asked = query.get('resourceVersion');
  const initial = query.get('sendInitialEvents');
  // Without a version, or with "any version", a watch begins with what there is.
  const begin = initial === null ? !asked || asked === '0' : isTrue(initial);
  let stop: () => void;
  const backlog: string[] = [];
  const now = registry.store.resourceVersion;
  const existing: KubeObject[] = begin ? registry.list(resource, selectors) : [];
  try {
    const since = begin || !asked || asked === '0' ? now : asked;
    let started = false;
    stop = startWatch(registry, resource, { ...selectors, resourceVersion: since }, (event) => {
      if (started) send(event);
      else {
        backlog.push(`{"type":"${event.type}","object":${objectText(resource, event.object, form, includeObject)}}\n`);
      }
    });
    started = true;
  } catch (error) {
    const status = statusOf(error);
    if (status.code !== 410) {
      sendError(response, error);
      return;
    }
    // A watch that is too old begins, and ends with the reason: clients then list anew.
    begun(response);
    write(`${JSON.stringify({ type: 'ERROR', object: status.toStatus() })}\n`);
    response.end();
    return;
  }
  begun(response);
  for (const object of existing) send({ type: 'ADDED', object });
  for (const line of backlog) write(line);
  if (initial !== null && begin && bookmarks) bookmark(true);

  const seconds = Number(query.get('timeoutSeconds')) || LONGEST;
  const timeout = setTimeout(() => response.end(), seconds * 1000);
  const beat = bookmarks ? setInterval(bookmark, BOOKMARKS) : undefined;
  timeout.unref();
  beat?.unref();
  response.on('close', () => {
    clearTimeout(timeout);
    clearInterval(beat);
    stop();
  });
}

function begun(response: Response): void {
  response.statusCode = 200;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Cache-Control', 'no-cache, private');
  // Sent at once, so that the client knows before the first event that the watch stands.
  if ('stream' in response && 'respond' in response.stream) response.writeHead(200);
  else (response as ServerResponse).flushHeaders();
}
