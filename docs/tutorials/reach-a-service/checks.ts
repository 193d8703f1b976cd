/** Checks of "Reach a service". */
import { type Check, fail, type PodTarget, pass } from '../../../server/lessons/lab.ts';
import {
  allAnswer,
  allOf,
  BANK,
  injectionLabelIs,
  isReady,
  proxiesAt,
  SERVICES,
} from '../../../server/lessons/mesh.ts';

const CLIENT = 'client';
const client: PodTarget = { namespace: CLIENT, pod: CLIENT };
const REQUESTS = 20;

export const clientRuns: Check = async (lab) => {
  const expected = {
    en: `The pod ${CLIENT} in the namespace ${CLIENT}, ready.`,
    'pt-BR': `O pod ${CLIENT} no namespace ${CLIENT}, pronto.`,
  };
  const pod = await lab.get('Pod', CLIENT, CLIENT);
  if (!pod) {
    return fail({
      expected,
      saw: {
        en: `There is no pod ${CLIENT} in the namespace ${CLIENT}.`,
        'pt-BR': `Não há pod ${CLIENT} no namespace ${CLIENT}.`,
      },
    });
  }
  if (isReady(pod)) return pass({ en: 'The pod client is ready.', 'pt-BR': 'O pod client está pronto.' });
  const phase = pod.status?.phase ?? 'Unknown';
  return fail({
    expected,
    saw: { en: `The pod client is ${phase} and not ready.`, 'pt-BR': `O pod client está ${phase} e não está pronto.` },
  });
};

/** A service that nobody answers for: its selector finds no pod, which its slices show. */
export const frontAnswers: Check = async (lab) => {
  const expected = {
    en: `${REQUESTS} requests from the client to http://front.${BANK}:8080/, each answered with 200.`,
    'pt-BR': `${REQUESTS} requisições do client a http://front.${BANK}:8080/, todas com resposta 200.`,
  };
  const service = await lab.get('Service', 'front', BANK);
  if (!service) {
    return fail({
      expected,
      saw: { en: `There is no Service front in ${BANK}.`, 'pt-BR': `Não há Service front em ${BANK}.` },
    });
  }
  const slices = await lab.list('EndpointSlice', { namespace: BANK, selector: 'kubernetes.io/service-name=front' });
  const ready = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
  if (ready.length === 0) {
    const selector = Object.entries(service.spec?.selector ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    return fail({
      expected,
      saw: {
        en: `The Service front has no endpoint: its selector ${selector} finds no ready pod.`,
        'pt-BR': `O Service front não tem nenhum endpoint: seu seletor ${selector} não encontra nenhum pod pronto.`,
      },
    });
  }
  return allAnswer(lab, client, `http://front.${BANK}:8080/`, REQUESTS);
};

export const webStillAnswers: Check = (lab) =>
  allOf(
    () => proxiesAt(lab, SERVICES),
    () => allAnswer(lab, client, `http://web.${BANK}/`, REQUESTS),
  );

export const bankAsFound: Check = (lab) =>
  allOf(
    () => injectionLabelIs(lab, undefined),
    () => proxiesAt(lab, []),
    async () => {
      const expected = {
        en: `No Service front in ${BANK} and no namespace ${CLIENT}.`,
        'pt-BR': `Nenhum Service front em ${BANK} e nenhum namespace ${CLIENT}.`,
      };
      if (await lab.get('Service', 'front', BANK)) {
        return fail({
          expected,
          saw: { en: 'The Service front is still there.', 'pt-BR': 'O Service front ainda existe.' },
        });
      }
      if (await lab.get('Namespace', CLIENT)) {
        return fail({
          expected,
          saw: { en: 'The namespace client is still there.', 'pt-BR': 'O namespace client ainda existe.' },
        });
      }
      return pass({
        en: 'The bank is as you found it: no label, no proxy, no front, no client.',
        'pt-BR': 'O banco está como no começo: sem label, sem proxy, sem front, sem client.',
      });
    },
  );
