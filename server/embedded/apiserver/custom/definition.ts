/** What the API extensions controllers do for a CustomResourceDefinition: accept its names, and call it established. */
import type { KubeObject } from '../../client.ts';
import { timestamp } from '../../time.ts';
import { asList, asObject, type Json } from '../json.ts';

/** Kept on a definition that is being deleted until its objects are gone. */
export const DEFINITION_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** Sets the status of a definition to accepted and established, at once. Changes `definition`. */
export function settleDefinition(definition: KubeObject): void {
  const spec = asObject(definition.spec);
  const status = asObject(definition.status);
  const storage = asList(spec.versions).find((version) => version.storage)?.name;
  const stored = (status.storedVersions as string[] | undefined) ?? [];
  definition.status = {
    ...status,
    acceptedNames: spec.names,
    storedVersions: typeof storage === 'string' && !stored.includes(storage) ? [...stored, storage] : stored,
    conditions: withConditions(asList(status.conditions), [
      { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
      {
        type: 'Established',
        status: 'True',
        reason: 'InitialNamesAccepted',
        message: 'the initial names have been accepted',
      },
    ]),
  };
}

function withConditions(conditions: Json[], wanted: Json[]): Json[] {
  const others = conditions.filter((c) => !wanted.some((w) => w.type === c.type));
  return [
    ...others,
    ...wanted.map((w) => {
      const old = conditions.find((c) => c.type === w.type && c.status === w.status);
      return { lastTransitionTime: old?.lastTransitionTime ?? timestamp(), ...w };
    }),
  ];
}

/** Says that the definition's objects are being deleted. Changes `definition`. */
export function markTerminating(definition: KubeObject): void {
  const status = asObject(definition.status);
  definition.status = {
    ...status,
    conditions: withConditions(asList(status.conditions), [
      {
        type: 'Terminating',
        status: 'True',
        reason: 'InstanceDeletionInProgress',
        message: 'CustomResource deletion is in progress',
      },
    ]),
  };
}
