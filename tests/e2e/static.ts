/** The built site behind a plain file server, as a static host serves it: no lab, no fallbacks but the 404 page. */
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import fastify from 'fastify';
import { root } from './lab.ts';

export const site = path.join(root, 'build');

export async function serveSite(): Promise<{ origin: string; close(): Promise<void> }> {
  const server = fastify();
  await server.register(fastifyStatic, { root: site });
  server.setNotFoundHandler((_request, reply) => reply.code(404).sendFile('404.html'));
  await server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.server.address() as { port: number };
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
