/** The server side of `kubectl get`: objects as a meta.k8s.io/v1 Table, one row each, with the columns that the kind has. */
import type { KubeObject } from '../../client.ts';
import type { ResourceInfo } from '../resource.ts';
import { columnsOf } from './columns/index.ts';
import { podRowConditions } from './columns/pods.ts';

export interface TableOptions {
  /** The request's includeObject parameter; kubectl asks for Object only to sort, and for Metadata otherwise. */
  includeObject: 'None' | 'Metadata' | 'Object';
  /** The list's metadata: resourceVersion, continue, remainingItemCount. */
  listMetadata?: Record<string, unknown>;
}

const included = (object: KubeObject, includeObject: TableOptions['includeObject']): unknown => {
  if (includeObject === 'None') return null;
  if (includeObject === 'Object') return object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
};

/** A Table of `objects`; for a watch event, call it with one object. Cells of a wide column are always there. */
export const toTable = (resource: ResourceInfo, objects: KubeObject[], options: TableOptions): object => {
  const columns = columnsOf(resource);
  const isPod = resource.group === '' && resource.resource === 'pods';
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.listMetadata ?? {},
    columnDefinitions: columns.map(({ name, type, format = '', description = '', priority = 0 }) => ({
      name,
      type,
      format,
      description,
      priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object)),
      ...(isPod && { conditions: podRowConditions(object) }),
      object: included(object, options.includeObject),
    })),
  };
};
