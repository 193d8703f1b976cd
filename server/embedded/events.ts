/**
 * Records Kubernetes events about objects, as kubectl describe and kubectl get events show them. A repeated event
 * raises the count of the first instead of filling the list, as client-go's correlator does.
 */
import type { Client, KubeObject } from './client.ts';
import { timestamp } from './time.ts';
import { type Event, RESOURCES } from './types.ts';

export interface EventRecorder {
  /** `fieldPath` names a part: `spec.containers{web}`. Never rejects: an event is worth no failure. */
  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void;
}

/** As many different events as are remembered for counting. */
const REMEMBERED = 1000;
/** After this many milliseconds a repetition counts as a new event. */
const WINDOW = 10 * 60_000;

interface Entry {
  first: number;
  count: number;
  /** Name of the stored event; the next write waits for it. */
  written: Promise<string | undefined>;
}

let serial = 0;

/** `host` is the node's name where the component runs on one. */
export function createEventRecorder(
  client: Client,
  component: string,
  host?: string,
  seen = new Map<string, Entry>(),
): EventRecorder {
  return {
    event(object, type, reason, message, fieldPath) {
      const { metadata } = object;
      const namespace = metadata.namespace ?? 'default';
      const key = [
        component,
        object.kind,
        namespace,
        metadata.name,
        metadata.uid,
        type,
        reason,
        message,
        fieldPath,
      ].join('\u0000');
      const now = Date.now();
      const time = timestamp(now);
      const entry = seen.get(key);
      if (entry && now - entry.first < WINDOW) {
        entry.count++;
        const count = entry.count;
        entry.written = entry.written.then(async (name) => {
          if (!name) return undefined;
          try {
            const ref = { namespace, name };
            await client.patch(RESOURCES.events, ref, 'merge', { count, lastTimestamp: time });
            return name;
          } catch {
            return undefined;
          }
        });
        return;
      }
      const name = `${metadata.name}.${(BigInt(now) * 1_000_000n + BigInt(serial++ % 1_000_000)).toString(16)}`;
      const event: Event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace },
        involvedObject: {
          apiVersion: object.apiVersion,
          kind: object.kind,
          ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
          name: metadata.name,
          ...(metadata.uid ? { uid: metadata.uid } : {}),
          ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}),
          ...(fieldPath ? { fieldPath } : {}),
        },
        reason,
        message,
        type,
        count: 1,
        firstTimestamp: time,
        lastTimestamp: time,
        source: { component, ...(host ? { host } : {}) },
        reportingComponent: component,
        reportingInstance: host ?? '',
      };
      // Refused where the namespace is going away: nobody can read it there any more.
      const written = client.create(RESOURCES.events, event).then(
        () => name,
        () => undefined,
      );
      seen.set(key, { first: now, count: 1, written });
      if (seen.size > REMEMBERED) seen.delete(seen.keys().next().value as string);
    },
  };
}
