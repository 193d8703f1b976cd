import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseCast } from '../protocol/asciicast.ts';
import { RECORDINGS_PATH, type RecordingInfo } from '../protocol.ts';
import type { Session } from '../terminal/session.ts';
import { until } from '../terminal/testing.ts';
import { type House, house, TOKEN } from './testing.ts';

let place: House;
let session: Session;

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${place.door.origin}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${TOKEN}`, origin: place.door.origin, ...init.headers },
  });
const list = async (): Promise<RecordingInfo[]> => (await ask(RECORDINGS_PATH)).json();

beforeEach(async () => {
  place = await house();
  session = place.lab.terminals.open({ columns: 80, rows: 24 });
  await until(session, () => session.info.state === 'prompt');
  session.input(Buffer.from('echo before\r'));
  await until(session, () => session.info.exitCode === 0 && session.info.state === 'prompt');
  place.lab.recordings.start(session);
  await place.lab.recordings.stop(session);
});
afterEach(() => place.end());

it('lists recordings, and hands each out as a file that begins with the screen as it was', async () => {
  const [info] = await list();
  expect(info).toMatchObject({ tab: 1, columns: 80, rows: 24 });
  const response = await ask(`${RECORDINGS_PATH}/${info!.name}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-asciicast');
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${info!.name}"`);
  expect(Number(response.headers.get('content-length'))).toBe(info!.bytes);
  const cast = parseCast(await response.text());
  expect(cast.events[0]).toMatchObject({ time: 0, code: 'o', data: expect.stringContaining('before') });
});

it('deletes one, and has it no more', async () => {
  const [info] = await list();
  const address = `${RECORDINGS_PATH}/${info!.name}`;
  expect((await ask(address, { method: 'DELETE' })).status).toBe(204);
  expect(await list()).toEqual([]);
  expect((await ask(address)).status).toBe(404);
  expect((await ask(address, { method: 'DELETE' })).status).toBe(404);
});

it.each(['none.cast', '..%2F..%2Fkubeconfig', '%2e%2e%2fkubeconfig', 'a%00.cast', '.cast', `${'a'.repeat(200)}.cast`])(
  'has nothing under the name %s',
  async (name) => {
    for (const method of ['GET', 'DELETE']) {
      const { status } = await ask(`${RECORDINGS_PATH}/${name}`, { method });
      expect([400, 404, 414]).toContain(status);
    }
    expect(await list()).toHaveLength(1);
  },
);

it('asks everybody for the token, and pages of other origins to stay away', async () => {
  const [info] = await list();
  const address = `${RECORDINGS_PATH}/${info!.name}`;
  const noToken = { authorization: '' };
  for (const path of [RECORDINGS_PATH, address]) expect((await ask(path, { headers: noToken })).status).toBe(401);
  expect((await ask(address, { method: 'DELETE', headers: noToken })).status).toBe(401);
  const foreign = { origin: 'http://example.com' };
  expect((await ask(address, { method: 'DELETE', headers: foreign })).status).toBe(403);
  expect(await list()).toHaveLength(1);
});
