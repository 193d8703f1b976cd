/** Reads and writes metadata.managedFields: one entry for each manager, operation, version and subresource. */
import { type FieldSet, type FieldsV1, fromFieldsV1, toFieldsV1 } from './fieldset.ts';

export interface Manager {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string;
  /** RFC 3339, to the second. */
  time?: string;
  fields: FieldSet;
}

interface Entry extends Omit<Manager, 'fields'> {
  fieldsType: 'FieldsV1';
  fieldsV1: FieldsV1;
}

/** An applier is the same whatever version it applies; an updater is another one in another version. */
export const sameManager = (a: Manager, b: Manager): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  (a.subresource ?? '') === (b.subresource ?? '') &&
  (a.operation === 'Apply' || a.apiVersion === b.apiVersion);

/** Entries that are not well formed make the whole list count as none, as in Kubernetes. */
export const readManagers = (entries: unknown[] | undefined): Manager[] => {
  const list = (entries ?? []) as Partial<Entry>[];
  const wellFormed = list.every(
    (e) => (e.operation === 'Apply' || e.operation === 'Update') && e.apiVersion && e.fieldsType === 'FieldsV1',
  );
  if (!wellFormed) return [];
  return list.map(({ fieldsV1, fieldsType: _, ...entry }) => ({
    ...(entry as Omit<Manager, 'fields'>),
    fields: fromFieldsV1(fieldsV1 ?? {}),
  }));
};

const order = (a: string | undefined = '', b: string | undefined = '') => (a < b ? -1 : a > b ? 1 : 0);

/** Sorted as Kubernetes sorts them: appliers first, then by time, name, version and subresource. */
export const writeManagers = (managers: Manager[]): Entry[] =>
  [...managers]
    .sort(
      (a, b) =>
        order(a.operation, b.operation) ||
        order(a.time, b.time) ||
        order(a.manager, b.manager) ||
        order(a.apiVersion, b.apiVersion) ||
        order(a.subresource, b.subresource),
    )
    .map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
      manager,
      operation,
      apiVersion,
      ...(time && { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(fields),
      ...(subresource && { subresource }),
    }));

/** As conflicts name it: `"kubectl-edit" using apps/v1`. */
export const printManager = ({ manager, operation, apiVersion, subresource }: Manager): string => {
  const name = JSON.stringify(manager) + (subresource ? ` with subresource ${JSON.stringify(subresource)}` : '');
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
};
