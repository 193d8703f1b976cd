/** istio-init: says what it would redirect, and ends. */
import type { ContainerContext } from '../../images/image.ts';
import { captureRules, parseCaptureFlags } from './iptables.ts';

/** Resolves with the exit code. */
export async function runInit(context: ContainerContext): Promise<number> {
  const options = parseCaptureFlags(context.container.args ?? []);
  context.log(
    'Malha: this is a simulated istio-init. It sets no iptables rules; these are the ones that a real pod would get.',
  );
  context.log(
    `Istio iptables variables: PROXY_PORT=${options.outboundPort} PROXY_INBOUND_CAPTURE_PORT=${options.inboundPort} ` +
      `PROXY_UID=${options.proxyUid} INBOUND_INTERCEPTION_MODE=${options.mode}`,
  );
  if (options.mode === 'TPROXY') {
    context.log(
      'Mode TPROXY marks packets in table mangle instead of redirecting them; its rules are not listed here.',
    );
    return 0;
  }
  context.log('* nat (simulated, not applied)');
  for (const rule of captureRules(options)) context.log(rule);
  context.log('COMMIT (simulated, not applied)');
  return 0;
}
