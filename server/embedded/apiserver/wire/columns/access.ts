/** The columns of role bindings and of the admission kinds. */
import type { KubeObject } from '../../../client.ts';
import { age, at, type Column, computed, field, formatSelector, list, name, text } from './column.ts';

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

const subjects = (title: string, kind: string): Column =>
  computed(
    title,
    (object: KubeObject) =>
      list<Subject>(object, 'subjects')
        .filter((subject) => subject.kind === kind)
        .map((subject) => (kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name))
        .join(', '),
    { priority: 1 },
  );

export const roleBindings: Column[] = [
  name,
  computed('Role', (object) => `${text(object, 'roleRef.kind')}/${text(object, 'roleRef.name')}`),
  age,
  subjects('Users', 'User'),
  subjects('Groups', 'Group'),
  subjects('ServiceAccounts', 'ServiceAccount'),
];

export const webhookConfigurations: Column[] = [
  name,
  computed('Webhooks', (object) => list(object, 'webhooks').length, { type: 'integer' }),
  age,
];

export const validatingAdmissionPolicies: Column[] = [
  name,
  computed('Validations', (object) => list(object, 'spec.validations').length, { type: 'integer' }),
  computed('ParamKind', (object) => {
    const kind = at(object, 'spec.paramKind');
    return kind ? `${text(kind, 'apiVersion')}/${text(kind, 'kind')}` : '<unset>';
  }),
  age,
];

export const validatingAdmissionPolicyBindings: Column[] = [
  name,
  field('PolicyName', 'spec.policyName'),
  computed('ParamRef', (object) => {
    const reference = at(object, 'spec.paramRef');
    const parameter = text(reference, 'name');
    if (parameter) return `${text(reference, 'namespace', '*')}/${parameter}`;
    const selector = at(reference, 'selector');
    return selector ? formatSelector(selector) : '<unset>';
  }),
  age,
];
