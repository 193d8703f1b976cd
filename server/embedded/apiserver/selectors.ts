/** Label and field selectors as they stand in a query. */
import type { KubeObject } from '../client.ts';
import { badRequest } from './errors.ts';
import { asObject } from './json.ts';

export type Predicate = (object: KubeObject) => boolean;
type Labels = Record<string, string>;

/** Splits at commas outside of parentheses: `a in (x,y),b` gives two. */
function splitRequirements(selector: string): string[] {
  return selector
    .split(/,(?![^()]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const setPattern = /^([^\s!=<>()]+)\s+(in|notin)\s+\(([^()]*)\)$/;
const comparePattern = /^([^\s!=<>()]+)\s*(==|!=|=|>|<)\s*([^\s!=<>()]*)$/;
const existsPattern = /^(!?)\s*([^\s!=<>()]+)$/;

function parseRequirement(text: string): (labels: Labels) => boolean {
  const set = setPattern.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = new Set(list.split(',').map((v) => v.trim()));
    return operator === 'in' ? (l) => key in l && values.has(l[key]!) : (l) => !(key in l) || !values.has(l[key]!);
  }
  const compare = comparePattern.exec(text);
  if (compare) {
    const [, key = '', operator, value = ''] = compare;
    if (operator === '!=') return (l) => l[key] !== value;
    if (operator === '>') return (l) => key in l && Number(l[key]) > Number(value);
    if (operator === '<') return (l) => key in l && Number(l[key]) < Number(value);
    return (l) => l[key] === value;
  }
  const exists = existsPattern.exec(text);
  if (exists) {
    const [, not, key = ''] = exists;
    return not ? (l) => !(key in l) : (l) => key in l;
  }
  throw badRequest(`unable to parse requirement: found '${text}', expected: identifier`);
}

/** `app=web,tier in (a,b),!old` as a predicate on labels; an empty selector takes everything. Throws 400. */
export function parseLabelSelector(selector: string): (labels: Labels) => boolean {
  const requirements = splitRequirements(selector).map(parseRequirement);
  return (labels) => requirements.every((r) => r(labels));
}

/** The field labels each kind can be selected by, beside metadata.name and metadata.namespace. */
const selectable: Record<string, readonly string[]> = {
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  '/events': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  '/namespaces': ['status.phase'],
  '/nodes': ['spec.unschedulable'],
  '/secrets': ['type'],
  '/services': ['spec.clusterIP', 'spec.type'],
  'apps/replicasets': ['status.replicas'],
  'batch/jobs': ['status.successful'],
};

function fieldValue(object: KubeObject, path: string): string {
  if (path === 'source') return String(asObject(object.source).component ?? object.reportingComponent ?? '');
  let value: unknown = object;
  for (const key of path.split('.')) value = asObject(value)[key];
  if (value !== undefined) return String(value);
  if (path === 'spec.unschedulable' || path === 'spec.hostNetwork') return 'false';
  return path === 'status.replicas' || path === 'status.successful' ? '0' : '';
}

/** `status.phase!=Running,metadata.name=web`. Throws 400 for a field that the resource cannot be selected by. */
export function parseFieldSelector(
  resource: { group: string; version: string; resource: string; definition?: KubeObject },
  selector: string,
): Predicate {
  const allowed = new Set(selectable[`${resource.group}/${resource.resource}`] ?? []);
  const versions = asObject(resource.definition?.spec).versions as
    | { name: string; selectableFields?: { jsonPath: string }[] }[]
    | undefined;
  for (const f of versions?.find((v) => v.name === resource.version)?.selectableFields ?? [])
    allowed.add(f.jsonPath.replace(/^\./, ''));
  const terms = selector
    .split(',')
    .filter((t) => t.trim() !== '')
    .map((term) => {
      const found = /^\s*([^!=\s]+)\s*(!=|==|=)(.*)$/.exec(term);
      if (!found) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
      const [, path = '', operator, value = ''] = found;
      if (path !== 'metadata.name' && path !== 'metadata.namespace' && !allowed.has(path)) {
        throw badRequest(`field label not supported: ${path}`);
      }
      return { path, not: operator === '!=', value: value.trim() };
    });
  return (object) => terms.every(({ path, not, value }) => (fieldValue(object, path) === value) !== not);
}

/** Both selectors of a list or watch as one predicate; undefined where everything is wanted. */
export function selectorOf(
  resource: { group: string; version: string; resource: string; definition?: KubeObject },
  options: { labelSelector?: string; fieldSelector?: string },
): Predicate | undefined {
  const labels = options.labelSelector ? parseLabelSelector(options.labelSelector) : undefined;
  const fields = options.fieldSelector ? parseFieldSelector(resource, options.fieldSelector) : undefined;
  if (!labels && !fields) return undefined;
  return (object) => (labels?.(object.metadata.labels ?? {}) ?? true) && (fields?.(object) ?? true);
}
