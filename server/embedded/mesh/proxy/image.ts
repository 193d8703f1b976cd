/** The image `istio/proxyv2`: istio-init, sidecars and gateways, told apart by their arguments as in the real one. */
import type { ContainerContext, Image, Program } from '../../images/image.ts';
import { runProxy } from './agent.ts';
import { runInit } from './init.ts';

function run(context: ContainerContext): Promise<number> {
  const [command, mode] = context.container.args ?? [];
  if (command === 'istio-iptables') return runInit(context);
  if (command === 'proxy' && (mode === 'sidecar' || mode === 'router')) return runProxy(context, mode);
  const given = (context.container.args ?? []).join(' ') || 'nothing';
  return Promise.reject(
    new Error(`the simulated proxy knows "istio-iptables", "proxy sidecar" and "proxy router", not "${given}"`),
  );
}

export const proxyv2: Image = {
  repositories: ['istio/proxyv2'],
  summary: 'Istio’s proxy, simulated: istio-init, sidecars and gateways that register with istiod',
  simulated: true,
  start: (context): Program => ({
    exited: run(context).catch((error: Error) => {
      context.log(`Error: ${error.message}`);
      return 1;
    }),
  }),
};
