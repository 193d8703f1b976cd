/** The routes of the recordings: their list, each as a file, and its deletion. Who may ask is the door's business. */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { RECORDINGS_PATH } from '../protocol.ts';
import type { Recordings } from '../terminal/recordings.ts';

type Named = { Params: { name: string } };

export function addRecordings(app: FastifyInstance, recordings: Recordings): void {
  const nothing = (reply: FastifyReply) => reply.code(404).send({ error: 'There is no such recording.' });

  app.get(RECORDINGS_PATH, async (_, reply) => {
    await recordings.ready;
    return reply.header('cache-control', 'no-store').send(recordings.list());
  });

  app.get<Named>(`${RECORDINGS_PATH}/:name`, async (request, reply) => {
    await recordings.ready;
    const { name } = request.params;
    const file = recordings.file(name);
    const what = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (file === undefined || what === undefined) return nothing(reply);
    return (
      reply
        // A name has letters, digits, dots, underscores and hyphens only, so that it needs no escapes here.
        .headers({
          'cache-control': 'no-store',
          'content-disposition': `attachment; filename="${name}"`,
          'content-length': what.size,
        })
        .type('application/x-asciicast')
        .send(createReadStream(file, { end: Math.max(0, what.size - 1) }))
    );
  });

  app.delete<Named>(`${RECORDINGS_PATH}/:name`, async (request, reply) => {
    await recordings.ready;
    return (await recordings.remove(request.params.name)) ? reply.code(204).send() : nothing(reply);
  });
}
