/** Lessons through the real door: sockets as two browser tabs have them, a real embedded cluster, real files. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findKubectl } from '../../tests/kubectl.ts';
import { EmbeddedBackend } from '../clusters/embedded.ts';
import { startCluster } from '../embedded/cluster.ts';
import { type House, house, Tab, TOKEN } from '../http/testing.ts';
import { type CheckState, type LessonState, PROGRESS_PATH, type Progress, type RunState } from '../protocol.ts';
import { Signal } from '../terminal/signal.ts';
import { Lessons } from './lessons.ts';
import { type Do, tasks } from './tasks.ts';
import { builtLessons, kubectl, lessonOf } from './testing.ts';

const PAGE = '/tutorials/first/';
const OTHER = '/tutorials/second/';
const BANK = '/tutorials/bank/';
const step = {
  number: 1,
  lines: { en: 5, 'pt-BR': 5 },
  commands: ['false'],
  terminal: 1,
  background: false,
  expectExit: 1,
  timeout: 10_000,
};
const lessons = [
  lessonOf('first', {
    steps: [step],
    checks: [{ name: 'shop-is-there' }, { name: 'hangs' }, { name: 'throws' }],
    manifests: [{ file: '10-shop.yaml', content: 'kind: Shop\n', lines: { en: 1, 'pt-BR': 1 } }],
  }),
  lessonOf('second'),
  lessonOf('bank', { needs: 'bank' }),
];
const CHECKS = `export const shopIsThere = async (lab) =>
  (await lab.get('Namespace', 'shop'))
    ? { passed: true, saw: { en: 'There it is.', 'pt-BR': 'Está lá.' } }
    : { passed: false, expected: { en: 'A shop.', 'pt-BR': 'Uma loja.' }, saw: { en: '<b>None</b>.', 'pt-BR': 'Nada.' } };
export const hangs = () => new Promise(() => {});
export const throws = async () => { throw new TypeError('no such field'); };`;

/** The thread's work in this one: its own tests are elsewhere. */
const here: Do = (task, input, { progress = () => {} } = {}) =>
  (tasks[task] as (input: unknown, progress: (message: string) => void) => Promise<never>)(input, progress);

let folder: string;
let place: House;
let tab: Tab;
let other: Tab;
beforeAll(async () => {
  const tool = await findKubectl();
  folder = mkdtempSync(path.join(tmpdir(), 'malha-built-'));
  const built = builtLessons(folder, lessons, { first: CHECKS });
  place = await house({
    lessons: { built, do: here },
    bringUp: async (home) => {
      const backend = new EmbeddedBackend(startCluster);
      await backend.start(home.kubeconfig, () => {});
      symlinkSync(tool, path.join(home.bin, 'kubectl'));
      return backend;
    },
  });
  await place.lab.start();
});
afterAll(async () => {
  await place.end();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await Promise.all([tab, other].map((one) => one?.close()));
  [tab, other] = await Promise.all([Tab.open(place.door), Tab.open(place.door)]);
  await Promise.all([tab, other].map((one) => one.until(() => one.last('lessons'))));
});

const run = async (args: string, input?: string) =>
  kubectl(await findKubectl(), place.home.kubeconfig, place.home.root, args, input);

const verdict = (one: Tab, since = 0): Promise<CheckState> =>
  one.until(() => {
    const message = one.messages.slice(since).findLast((two) => two.type === 'check.changed');
    return message?.type === 'check.changed' && message.check.phase !== 'running' && message.check;
  });

const lesson = (one: Tab, phases: LessonState['phase'][], since = 0): Promise<LessonState> =>
  one.until(() => {
    const message = one.messages.slice(since).findLast((two) => two.type === 'lesson.changed');
    return message?.type === 'lesson.changed' && phases.includes(message.lesson.phase) && message.lesson;
  });

const start = async (page: string, discard = true) => {
  const since = tab.messages.length;
  tab.send({ type: 'lesson.start', page, discard });
  const state = await lesson(tab, ['ready', 'failed', 'asking'], since);
  await place.lab.lessons.settled();
  return state;
};

describe('a check', () => {
  it('is asked for by name alone, and both tabs are told', async () => {
    tab.send({ type: 'check', page: PAGE, name: 'shop-is-there' });
    const [one, two] = await Promise.all([verdict(tab), verdict(other)]);
    expect(one).toMatchObject({
      phase: 'failed',
      expected: { en: 'A shop.' },
      saw: { en: '<b>None</b>.', 'pt-BR': 'Nada.' },
    });
    expect(two).toEqual(one);
    await run('create namespace shop');
    const since = tab.messages.length;
    other.send({ type: 'check', page: PAGE, name: 'shop-is-there' });
    expect(await verdict(tab, since)).toMatchObject({ phase: 'passed', saw: { 'pt-BR': 'Está lá.' } });
    expect(tab.last('progress')?.progress.pages[PAGE]?.checks).toMatchObject({ 'shop-is-there': { phase: 'passed' } });
    await run('delete namespace shop');
  });

  it('that comes later is told what was found before', async () => {
    const late = await Tab.open(place.door);
    const { checks } = await late.until(() => late.last('lessons'));
    expect(checks).toMatchObject([{ page: PAGE, name: 'shop-is-there', phase: 'passed' }]);
    await late.close();
  });

  it('that throws or hangs has failed with its reason, and keeps no other from being done', async () => {
    tab.send({ type: 'check', page: PAGE, name: 'hangs' });
    tab.send({ type: 'check', page: PAGE, name: 'throws' });
    tab.send({ type: 'check', page: PAGE, name: 'shop-is-there' });
    const ended = (name: string) =>
      tab.until(() => {
        const message = tab.messages.findLast((one) => one.type === 'check.changed' && one.check.name === name);
        return message?.type === 'check.changed' && message.check.phase !== 'running' && message.check;
      });
    expect((await ended('shop-is-there')).error).toBeUndefined();
    const thrown = await ended('throws');
    expect(thrown).toMatchObject({ phase: 'failed', error: { kind: 'broken' } });
    expect(thrown.error?.text.en).toContain('no such field');
    const hung = await ended('hangs');
    expect(hung).toMatchObject({ phase: 'failed', error: { kind: 'late' } });
    expect(hung.error?.text['pt-BR']).toContain('10 s');
    // What could not be looked at says nothing of what the learner did.
    expect(place.lab.lessons.progress.page(PAGE).checks).not.toHaveProperty('hangs');
  }, 30_000);

  it.each([
    ['another lesson’s', OTHER, 'shop-is-there'],
    ['no lesson’s', PAGE, 'no-such-check'],
    ['a page that is none', '/nowhere/', 'shop-is-there'],
  ])('of %s is refused', async (_, page, name) => {
    tab.send({ type: 'check', page, name });
    expect((await tab.until(() => tab.last('error'))).message).toContain('There is no check');
  });

  it.each([
    { type: 'check', page: PAGE, name: '../../first' },
    { type: 'check', page: '../', name: 'shop-is-there' },
    { type: 'check', page: PAGE, name: 'shop-is-there', code: 1, module: '/tmp/x.mjs' },
    { type: 'check', page: PAGE },
  ])('takes no code and no path from a browser: %j', async (message) => {
    const since = tab.messages.length;
    tab.socket.send(JSON.stringify(message));
    const answer = await tab.until(() =>
      tab.messages.slice(since).find(({ type }) => type === 'error' || type === 'check.changed'),
    );
    // What the schema does not know is dropped, so an order with more in it is the check of that name and no more.
    if (answer.type === 'check.changed') expect(answer.check).toMatchObject({ page: PAGE, name: 'shop-is-there' });
    else expect(answer).toMatchObject({ code: 'bad-message' });
  });
});

describe('a lesson', () => {
  it('asks before anything of the learner’s is thrown away, and does nothing until it is told to', async () => {
    await start(PAGE);
    await run('create configmap mine -n default --from-literal=a=b');
    writeFileSync(path.join(place.home.workspace, 'first', '10-shop.yaml'), 'kind: Mine\n');
    expect(await start(PAGE, false)).toMatchObject({
      phase: 'asking',
      losses: { objects: ['ConfigMap mine in default'], objectCount: 1, files: ['first/10-shop.yaml'] },
    });
    expect(await run('get configmap mine -o name')).toContain('mine');
    const state = await start(PAGE);
    expect(state).toMatchObject({ phase: 'ready', keptAside: ['first/10-shop.yaml.mine'] });
    await expect(run('get configmap mine')).rejects.toThrow(/not found/);
    const folder = path.join(place.home.workspace, 'first');
    expect(readFileSync(path.join(folder, '10-shop.yaml'), 'utf8')).toBe('kind: Shop\n');
    expect(readFileSync(path.join(folder, '10-shop.yaml.mine'), 'utf8')).toBe('kind: Mine\n');
    writeFileSync(path.join(folder, '10-shop.yaml'), 'kind: Mine again\n');
    await start(PAGE);
    expect(readdirSync(folder).sort()).toEqual(['10-shop.yaml', '10-shop.yaml.mine', '10-shop.yaml.mine-2']);
  });

  it('does not ask where nothing would be lost', async () => {
    await start(OTHER);
    expect(await start(PAGE, false)).toMatchObject({ phase: 'ready', page: PAGE });
  });

  it('does not ask for what the lab itself has put there, also after the lab was started anew', async () => {
    expect(await start(BANK)).toMatchObject({ phase: 'ready' });
    const baseline = place.home.checkpoint;
    const { lessons: old } = place.lab;
    const restarted = () =>
      new Lessons({
        home: place.home,
        built: old.built,
        do: here,
        checkpoints: { reach: async () => {} },
        whenReady: async () => {},
        runs: { changed: new Signal<RunState>(), forget: () => {} },
        signal: new AbortController().signal,
      });
    const again = async () => {
      const one = restarted();
      await one.start(BANK, { discard: false, forget: false });
      return one.snapshot().current;
    };
    expect(await again()).toMatchObject({ phase: 'ready' });
    await run('create configmap mine -n default --from-literal=a=b');
    expect(await again()).toMatchObject({ phase: 'asking', losses: { objects: ['ConfigMap mine in default'] } });
    writeFileSync(baseline, '{"half');
    expect(await again()).toMatchObject({ phase: 'asking' });
    await start(OTHER);
  }, 60_000);

  it('is shown in both tabs while it is prepared, and to one that comes later', async () => {
    tab.send({ type: 'lesson.start', page: OTHER, discard: true });
    expect(await lesson(other, ['ready'])).toMatchObject({ page: OTHER });
    const stages = other.messages.flatMap((message) =>
      message.type === 'lesson.changed' ? [message.lesson.stage] : [],
    );
    expect(stages).toEqual(['looking', 'reset', 'files', undefined]);
    const late = await Tab.open(place.door);
    expect((await late.until(() => late.last('lessons'))).current).toMatchObject({ page: OTHER, phase: 'ready' });
    await late.close();
  });

  it('is prepared one at a time; steps and checks wait or say why not', async () => {
    tab.send({ type: 'lesson.start', page: PAGE, discard: true });
    tab.send({ type: 'lesson.start', page: OTHER, discard: true });
    expect((await tab.until(() => tab.last('error'))).message).toContain('is being prepared');
    tab.send({ type: 'check', page: PAGE, name: 'shop-is-there' });
    expect((await verdict(tab)).error).toMatchObject({ kind: 'unready' });
    await lesson(tab, ['ready']);
  });

  it('that is none is refused', async () => {
    tab.send({ type: 'lesson.start', page: '/nowhere/', discard: true });
    expect((await tab.until(() => tab.last('error'))).message).toBe('/nowhere/ is not a lesson.');
  });

  it('begins where its checkpoint says, or says why it does not', async () => {
    expect(await start(BANK)).toMatchObject({ phase: 'ready' });
    const state = await run(
      'get pods -A -o custom-columns=NS:.metadata.namespace,READY:.status.containerStatuses[0].ready',
    );
    expect(state.match(/istio-system +true/g)).toHaveLength(3);
    expect(state.match(/ucontas-app +true/g)).toHaveLength(5);
    expect(await start(BANK, false)).toMatchObject({ phase: 'ready' });
    const kubectlLink = path.join(place.home.bin, 'kubectl');
    renameSync(kubectlLink, `${kubectlLink}.away`);
    try {
      expect(await start(BANK)).toMatchObject({ phase: 'failed', message: expect.stringContaining('kubectl') });
    } finally {
      renameSync(`${kubectlLink}.away`, kubectlLink);
    }
    expect(await start(OTHER)).toMatchObject({ phase: 'ready' });
  }, 60_000);
});

describe('progress', () => {
  const agrees = (one: Tab, progress: Progress) => {
    const last = one.last('progress');
    return isDeepStrictEqual(last?.progress, progress) && last;
  };
  const answers = { '1': { chosen: [1], right: true, at: 7 } };

  it('agrees in two tabs, and holds what the server saw beside what the page says', async () => {
    await start(PAGE);
    tab.send({ type: 'run', request: { step: `${PAGE}#1`, commands: ['false'], tab: 1, background: false } });
    await other.until(() => other.last('progress')?.progress.pages[PAGE]?.steps?.['1']);
    other.send({ type: 'progress.set', page: PAGE, part: { answers, help: { 'shop-is-there': 1 } } });
    const { progress } = await tab.until(() => {
      const last = tab.last('progress');
      return last?.progress.pages[PAGE]?.answers && last;
    });
    expect(progress.pages[PAGE]).toMatchObject({
      // The block expects 1.
      steps: { '1': { phase: 'passed', exitCode: 1 } },
      answers,
      help: { 'shop-is-there': 1 },
    });
    expect((await other.until(() => agrees(other, progress))).progress).toEqual(progress);
  });

  it('takes no word of a browser for steps and checks, nor for pages that are none', async () => {
    const steps = { '9': { phase: 'passed' as const, at: 1 } };
    tab.send({ type: 'progress.set', page: PAGE, part: { steps, finished: 3 } });
    const { progress } = await tab.until(() => {
      const last = tab.last('progress');
      return last?.progress.pages[PAGE]?.finished === 3 && last;
    });
    expect(progress.pages[PAGE]?.steps).not.toHaveProperty('9');
    tab.send({ type: 'progress.set', page: '/nowhere/', part: { finished: 3 } });
    expect((await tab.until(() => tab.last('error'))).message).toContain('not a lesson');
  });

  it('is a file to keep, for who is signed in, and can be erased', async () => {
    const url = `${place.door.origin}${PROGRESS_PATH}`;
    expect((await fetch(url)).status).toBe(401);
    const headers = { authorization: `Bearer ${TOKEN}`, origin: place.door.origin };
    const answer = await fetch(url, { headers });
    expect(answer.headers.get('content-disposition')).toContain('malha-progress.json');
    expect(await answer.json()).toMatchObject({ version: 1, pages: { [PAGE]: { answers } } });
    expect(
      (await fetch(url, { method: 'DELETE', headers: { ...headers, origin: 'http://evil.example' } })).status,
    ).toBe(403);
    expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(204);
    expect((await tab.until(() => tab.last('progress'))).progress).toEqual({ version: 1, pages: {} });
    expect(await (await fetch(url, { headers })).json()).toEqual({ version: 1, pages: {} });
  });

  it('keeps answers over a start, forgets them with a reset', async () => {
    tab.send({ type: 'progress.set', page: PAGE, part: { answers } });
    await tab.until(() => tab.last('progress'));
    await start(PAGE);
    expect(place.lab.lessons.progress.page(PAGE)).toEqual({ answers, started: expect.any(Number) });
    tab.send({ type: 'lesson.reset', page: PAGE, discard: true });
    await tab.until(() => tab.last('progress')?.progress.pages[PAGE]?.answers === undefined);
    await lesson(other, ['ready']);
    await place.lab.lessons.settled();
    expect(place.lab.lessons.progress.page(PAGE)).toEqual({ started: expect.any(Number) });
    expect(existsSync(path.join(place.home.root, 'progress.json'))).toBe(true);
  });
});

it('says so where the cluster has lost its API server', async () => {
  const backend = new EmbeddedBackend(startCluster);
  const lost = await house({
    lessons: { built: builtLessons(mkdtempSync(path.join(folder, 'lost-')), lessons, { first: CHECKS }), do: here },
    bringUp: async (home) => {
      await backend.start(home.kubeconfig, () => {});
      return backend;
    },
  });
  try {
    await lost.lab.start();
    await backend.stop();
    const page = await Tab.open(lost.door);
    page.send({ type: 'check', page: PAGE, name: 'shop-is-there' });
    const { phase, error } = await verdict(page);
    expect(phase).toBe('failed');
    expect(error?.kind).toBe('cluster');
    expect(error?.text['pt-BR']).toContain('não responde');
    page.send({ type: 'lesson.start', page: PAGE, discard: false });
    expect((await lesson(page, ['failed', 'ready'])).message).toBeTruthy();
    await page.close();
  } finally {
    await lost.end();
  }
});

it('empties no cluster that is the learner’s own', async () => {
  const asked: string[] = [];
  const own = await house({
    lessons: {
      built: builtLessons(folder, lessons),
      do: (task) => {
        asked.push(task);
        return Promise.reject(new Error('not to be asked'));
      },
    },
    bringUp: async () => ({
      report: () => ({ kind: 'context', label: 'context (production)', simulated: false }),
      start: async () => {},
      stop: async () => {},
    }),
  });
  try {
    const page = await Tab.open(own.door);
    page.send({ type: 'lesson.start', page: PAGE, discard: true });
    const { message } = await lesson(page, ['failed', 'ready']);
    expect(message).toContain('context (production) is a cluster of your own');
    expect(asked).toEqual([]);
    await page.close();
  } finally {
    await own.end();
  }
});
