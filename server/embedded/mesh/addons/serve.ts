/** What the addons' programs have in common: say what they are, listen, and end when told. */
import type { RequestListener } from 'node:http';
import type { ContainerContext, Program } from '../../images/image.ts';
import { serveHttp } from '../../network/http.ts';

/** Serves `listener` on each of the ports until the container must stop. */
export function serveAddon(
  context: ContainerContext,
  product: string,
  ports: readonly number[],
  listener: RequestListener,
): Program {
  const { network, podIP, signal } = context;
  context.log(
    `Malha: this is a stand-in for ${product}. It answers health checks and serves one page that says what it is.`,
  );
  const services = ports.map((port) => serveHttp(network, podIP, port, listener));
  context.log(`listening on ${ports.map((port) => `:${port}`).join(', ')}`);
  const exited = new Promise<number>((resolve) => {
    const stop = (): void => {
      for (const service of services) service.close();
      resolve(0);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  return { exited };
}
