/** What several lessons' checks ask of the example bank: who has a proxy, what the namespace says, who answers. */
import type { V1Pod } from '@kubernetes/client-node';
import { type CheckLab, type CheckResult, fail, type PodTarget, pass, type Text } from './lab.ts';

export const BANK = 'ucontas-app';
export const SERVICES = ['accounts', 'ledger', 'payments', 'rates', 'web'];
export const INJECTION = 'istio-injection';
/** Istio's label for one pod, in the template of its Deployment. */
export const INJECT = 'sidecar.istio.io/inject';
const PROXY = 'istio-proxy';

/** A native sidecar is among the init containers; before Istio 1.27 it was an ordinary container. */
export const hasProxy = ({ spec }: V1Pod): boolean =>
  [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].some(({ name }) => name === PROXY);

export const isReady = ({ metadata, status }: V1Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  (status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True');

/** As kubectl's READY column counts: containers and native sidecars. */
export function readyColumn({ spec, status }: V1Pod): string {
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const names = new Set([...sidecars, ...(spec?.containers ?? [])].map(({ name }) => name));
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return `${all.filter(({ name, ready }) => ready && names.has(name)).length}/${names.size}`;
}

/** The pods that stay: one that is being deleted is on its way out. */
export async function bankPods(lab: CheckLab): Promise<V1Pod[]> {
  const pods = await lab.list('Pod', { namespace: BANK });
  return pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
}

export const serviceOf = ({ metadata }: V1Pod): string => metadata?.labels?.app ?? metadata?.name ?? '';

/** `web 2/2, rates 1/1` */
export const listed = (pods: V1Pod[]): string =>
  pods
    .map((pod) => `${serviceOf(pod)} ${readyColumn(pod)}`)
    .sort()
    .join(', ');

const namesOf = (services: readonly string[]): string => [...services].sort().join(', ');

/** Passes where exactly these services of the bank run with a proxy, the others without, each with a ready pod. */
export async function proxiesAt(lab: CheckLab, wanted: readonly string[]): Promise<CheckResult> {
  const pods = await bankPods(lab);
  const expected = sentenceOf(wanted);
  const missing = SERVICES.filter((service) => !pods.some((pod) => serviceOf(pod) === service));
  if (missing.length > 0) {
    return fail({
      expected,
      saw: { en: `No pod of ${namesOf(missing)} is there.`, 'pt-BR': `Não há nenhum pod de ${namesOf(missing)}.` },
    });
  }
  const without = pods.filter((pod) => wanted.includes(serviceOf(pod)) && !hasProxy(pod));
  const withOne = pods.filter((pod) => !wanted.includes(serviceOf(pod)) && hasProxy(pod));
  const unready = pods.filter((pod) => !isReady(pod));
  const saw: Text = { en: `The pods: ${listed(pods)}.`, 'pt-BR': `Os pods: ${listed(pods)}.` };
  if (without.length > 0) {
    const names = namesOf(without.map(serviceOf));
    return fail({
      expected,
      saw: {
        en: `Without a proxy: ${names}. A pod keeps the containers that it was created with. ${saw.en}`,
        'pt-BR': `Sem proxy: ${names}. Um pod fica com os contêineres com que foi criado. ${saw['pt-BR']}`,
      },
    });
  }
  if (withOne.length > 0) {
    const names = namesOf(withOne.map(serviceOf));
    return fail({
      expected,
      saw: {
        en: `With a proxy: ${names}. A pod keeps the containers that it was created with. ${saw.en}`,
        'pt-BR': `Com proxy: ${names}. Um pod fica com os contêineres com que foi criado. ${saw['pt-BR']}`,
      },
    });
  }
  if (unready.length > 0) {
    const names = namesOf(unready.map(serviceOf));
    return fail({
      expected,
      saw: {
        en: `Not ready yet: ${names}. ${saw.en}`,
        'pt-BR': `Ainda não estão prontos: ${names}. ${saw['pt-BR']}`,
      },
    });
  }
  return pass(saw);
}

function sentenceOf(wanted: readonly string[]): Text {
  if (wanted.length === 0) {
    return {
      en: 'Every pod of the bank without a proxy, and ready (1/1).',
      'pt-BR': 'Todos os pods do banco sem proxy e prontos (1/1).',
    };
  }
  if (wanted.length === SERVICES.length) {
    return {
      en: 'Every pod of the bank with a proxy, and ready (2/2).',
      'pt-BR': 'Todos os pods do banco com um proxy e prontos (2/2).',
    };
  }
  const out = SERVICES.filter((service) => !wanted.includes(service));
  return {
    en: `${namesOf(wanted)} with a proxy (2/2), ${namesOf(out)} without one (1/1), all ready.`,
    'pt-BR': `${namesOf(wanted)} com proxy (2/2), ${namesOf(out)} sem (1/1), todos prontos.`,
  };
}

/** `value` undefined: the namespace has no such label. */
export async function injectionLabelIs(lab: CheckLab, value: string | undefined): Promise<CheckResult> {
  const namespace = await lab.get('Namespace', BANK);
  const seen = namespace?.metadata?.labels?.[INJECTION];
  const expected: Text =
    value === undefined
      ? {
          en: `The namespace ${BANK} without the label ${INJECTION}.`,
          'pt-BR': `O namespace ${BANK} sem a label ${INJECTION}.`,
        }
      : {
          en: `The label ${INJECTION}=${value} on the namespace ${BANK}.`,
          'pt-BR': `A label ${INJECTION}=${value} no namespace ${BANK}.`,
        };
  if (!namespace) {
    return fail({
      expected,
      saw: { en: `There is no namespace ${BANK}.`, 'pt-BR': `O namespace ${BANK} não existe.` },
    });
  }
  const saw: Text =
    seen === undefined
      ? {
          en: `The namespace ${BANK} has no label ${INJECTION}.`,
          'pt-BR': `O namespace ${BANK} não tem a label ${INJECTION}.`,
        }
      : {
          en: `The namespace ${BANK} has the label ${INJECTION}=${seen}.`,
          'pt-BR': `O namespace ${BANK} tem a label ${INJECTION}=${seen}.`,
        };
  return seen === value ? pass(saw) : fail({ expected, saw });
}

/** `value` undefined: the template has no such label. */
export async function templateLabelIs(
  lab: CheckLab,
  deployment: string,
  value: string | undefined,
): Promise<CheckResult> {
  const found = await lab.get('Deployment', deployment, BANK);
  const seen = found?.spec?.template.metadata?.labels?.[INJECT];
  const said = (one: string | undefined, name: string): Text =>
    one === undefined
      ? {
          en: `The pod template of ${name} without the label ${INJECT}.`,
          'pt-BR': `O modelo de pod de ${name} sem a label ${INJECT}.`,
        }
      : {
          en: `The label ${INJECT}="${one}" in the pod template of ${name}.`,
          'pt-BR': `A label ${INJECT}="${one}" no modelo de pod de ${name}.`,
        };
  const expected = said(value, deployment);
  if (!found) {
    return fail({
      expected,
      saw: {
        en: `There is no Deployment ${deployment} in ${BANK}.`,
        'pt-BR': `Não há Deployment ${deployment} em ${BANK}.`,
      },
    });
  }
  return seen === value ? pass(said(seen, deployment)) : fail({ expected, saw: said(seen, deployment) });
}

/** Calls `to` so many times and passes where every answer is 200. */
export async function allAnswer(lab: CheckLab, from: PodTarget, to: string, count: number): Promise<CheckResult> {
  const { statuses } = await lab.requests({ from, to, count });
  const told = Object.entries(statuses)
    .sort()
    .map(([status, number]) => `${status}: ${number}`)
    .join(', ');
  const silent = statuses['000']
    ? { en: ' (000: no answer at all)', 'pt-BR': ' (000: nenhuma resposta)' }
    : { en: '', 'pt-BR': '' };
  const saw: Text = {
    en: `${count} requests to ${to}, by status: ${told}${silent.en}.`,
    'pt-BR': `${count} requisições a ${to}, por status: ${told}${silent['pt-BR']}.`,
  };
  if (statuses['200'] === count) return pass(saw);
  return fail({
    expected: {
      en: `${count} requests to ${to}, each answered with 200.`,
      'pt-BR': `${count} requisições a ${to}, todas com resposta 200.`,
    },
    saw,
  });
}

/** The first that fails, else the last one's word. */
export async function allOf(...checks: (() => Promise<CheckResult>)[]): Promise<CheckResult> {
  let result: CheckResult | undefined;
  for (const check of checks) {
    result = await check();
    if (!result.passed) return result;
  }
  if (!result) throw new Error('allOf needs a check.');
  return result;
}
