/** nicholasjackson/fake-service: a service whose answers, upstream calls, speed and errors come from its environment. */
import { serveHttp } from '../network/http.ts';
import { FakeService } from './fake-service/server.ts';
import { readSettings, type Settings, unsupported } from './fake-service/settings.ts';
import { HcLog } from './go.ts';
import type { ContainerContext, Image } from './image.ts';
import { sleep, startEntrypoint, untilStopped } from './program.ts';

/** Milliseconds that running requests get to end after SIGTERM. */
const DRAIN = 30_000;

async function main(_args: string[], context: ContainerContext): Promise<number> {
  const { env, signal, podIP, network } = context;
  let settings: Settings;
  try {
    settings = readSettings(env);
  } catch (error) {
    context.log(`panic: ${(error as Error).message}`);
    return 2;
  }
  const log = new HcLog(context.log, settings.logLevel, settings.logJson);
  log.info('Simulated by the embedded cluster', { program: 'fake-service' });
  const { fatal, ignored } = unsupported(env);
  for (const reason of fatal) log.error(reason);
  if (fatal.length > 0) return 1;
  for (const name of ignored) log.warn(`The embedded cluster does not simulate ${name}: it has no effect`);
  log.info('Using seed', { seed: settings.seed });

  const service = new FakeService(settings, network, podIP, log, (milliseconds) => sleep(milliseconds, signal));
  const { port } = settings.listen;
  const address = env.LISTEN_ADDR || '0.0.0.0:9090';
  const running = new Set<object>();
  let drained: () => void = () => {};
  let http: ReturnType<typeof serveHttp>;
  try {
    const options = { keepAliveTimeout: settings.serverIdleTimeout };
    const handler = service.handle.bind(service);
    http = serveHttp(
      network,
      podIP,
      port,
      (request, response) => {
        running.add(response);
        response.once('close', () => {
          running.delete(response);
          if (running.size === 0) drained();
        });
        handler(request, response);
      },
      options,
    );
  } catch {
    log.error('Unable to listen at', { address, error: `listen tcp ${address}: bind: address already in use` });
    return 1;
  }
  log.info('Adding handler for UI static files');
  log.info('Settings CORS options', {
    allow_creds: settings.allowCredentials,
    allow_headers: settings.allowedHeaders,
    allow_origins: settings.allowedOrigins,
  });
  log.info('Started service', {
    name: settings.name,
    upstreamURIs: settings.upstreamURIsText,
    upstreamWorkers: settings.upstreamWorkers,
    listenAddress: address,
  });
  await untilStopped(signal);
  context.log(
    `${new Date().toISOString().slice(0, 19).replace(/-/g, '/').replace('T', ' ')} Graceful shutdown, got signal: terminated`,
  );
  http.close();
  if (running.size > 0) {
    await Promise.race([
      new Promise<void>((resolve) => {
        drained = resolve;
      }),
      new Promise<void>((resolve) => setTimeout(resolve, DRAIN).unref()),
    ]);
  }
  service.close();
  return 0;
}

export const fakeService: Image = {
  repositories: ['nicholasjackson/fake-service'],
  summary: 'a service that calls others, by environment variables',
  simulated: true,
  start: (context) => startEntrypoint(context, { names: ['fake-service'], main }),
};
