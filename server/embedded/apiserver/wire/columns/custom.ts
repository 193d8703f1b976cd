/** The columns of custom resources, made from the additionalPrinterColumns of their definition. */
import type { ResourceInfo } from '../../resource.ts';
import { since } from '../duration.ts';
import { parseJsonPath } from '../jsonpath.ts';
import { type Cell, type Column, name } from './column.ts';

type PrinterColumn = NonNullable<ResourceInfo['printerColumns']>[number];

/** The cell of one JSON value: what does not have the column's type is left empty, as the API server does. */
const cellOf = (type: string, value: unknown): Cell => {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? since(value) : null;
    default:
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
};

const ageColumn: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** Name, then the definition's columns; a definition without any gets Age. */
export const customColumns = (resource: ResourceInfo): Column[] => {
  const declared = resource.printerColumns?.length ? resource.printerColumns : [ageColumn];
  return [
    name,
    ...declared.map((column): Column => {
      const find = parseJsonPath(column.jsonPath);
      return {
        name: column.name,
        type: column.type as Column['type'],
        format: column.format,
        priority: column.priority,
        description: column.description || `Custom resource definition column (in JSONPath format): ${column.jsonPath}`,
        cell: (object) => cellOf(column.type, find(object)[0]),
      };
    }),
  ];
};
