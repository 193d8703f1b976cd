/** Logs, exec, attach, port-forward and proxies: what the API server hands over to the node and its network. */
import type { Client } from '../../client.ts';
import type { Network } from '../../network/network.ts';
import { StatusError } from '../../status.ts';
import type { StreamHandler } from '../http/streams.ts';
import { type ExecRuntime, serveExec } from './exec.ts';
import { type LogRuntime, serveLog } from './log.ts';
import { type AddressRuntime, servePortForward } from './portforward.ts';
import { serveProxy } from './proxy.ts';

/** What the node offers; server/embedded/node's NodeRuntime is one. */
export type StreamRuntime = LogRuntime & ExecRuntime & AddressRuntime;

export interface StreamOptions {
  client: Client;
  network: Network;
  runtime: StreamRuntime;
}

export function createStreams({ client, network, runtime }: StreamOptions): StreamHandler {
  return {
    async request(request, response, target) {
      switch (target.subresource) {
        case 'log':
          return serveLog(client, runtime, response, target);
        case 'proxy':
          return serveProxy(client, network, request, response, target);
        default:
          throw new StatusError(400, 'BadRequest', 'Upgrade request required');
      }
    },
    async upgrade(request, socket, head, target) {
      switch (target.subresource) {
        case 'exec':
        case 'attach':
          return serveExec(client, runtime, request, socket, head, target);
        case 'portforward':
          return servePortForward(client, network, runtime, request, socket, head, target);
        default:
          throw new StatusError(
            501,
            'NotImplemented',
            `changing protocols through ${target.subresource} is not supported by the embedded cluster`,
          );
      }
    },
  };
}
