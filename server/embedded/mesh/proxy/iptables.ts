/**
 * The rules that `istio-iptables` would set in the pod's network namespace, worked out from its flags. Nothing applies
 * them: the embedded cluster's pods have no network namespace. (Istio's documentation and tools/istio-iptables.)
 */

export interface CaptureOptions {
  /** Where outgoing and incoming connections are sent. */
  outboundPort: string;
  inboundPort: string;
  /** The proxy's own user, whose connections pass. */
  proxyUid: string;
  mode: string;
  includeRanges: string[];
  excludeRanges: string[];
  /** Inbound ports: `*` or a list. */
  includeInbound: string;
  excludeInbound: string[];
  includeOutbound: string[];
  excludeOutbound: string[];
}

const list = (text: string | undefined): string[] => (text ? text.split(',').filter(Boolean) : []);

/** Reads `istio-iptables -p 15001 -z 15006 …`; flags it does not need are skipped. */
export function parseCaptureFlags(args: readonly string[]): CaptureOptions {
  const values = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    if (/^-[a-z]$/.test(args[index]!)) values.set(args[index]!, args[++index] ?? '');
  }
  return {
    outboundPort: values.get('-p') || '15001',
    inboundPort: values.get('-z') || '15006',
    proxyUid: values.get('-u') || '1337',
    mode: values.get('-m') || 'REDIRECT',
    includeRanges: list(values.get('-i')),
    excludeRanges: list(values.get('-x')),
    includeInbound: values.get('-b') ?? '*',
    excludeInbound: list(values.get('-d')),
    includeOutbound: list(values.get('-q')),
    excludeOutbound: list(values.get('-o')),
  };
}

/** Rules in the form of iptables-save, table nat, in the order in which they are met. */
export function captureRules(options: CaptureOptions): string[] {
  const { proxyUid, outboundPort, inboundPort } = options;
  const everywhere = options.includeRanges.includes('*');
  const inbound =
    options.includeInbound === '*'
      ? [
          ...options.excludeInbound.map((port) => `-A ISTIO_INBOUND -p tcp --dport ${port} -j RETURN`),
          '-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT',
        ]
      : list(options.includeInbound).map((port) => `-A ISTIO_INBOUND -p tcp --dport ${port} -j ISTIO_IN_REDIRECT`);
  return [
    '-N ISTIO_INBOUND',
    '-N ISTIO_REDIRECT',
    '-N ISTIO_IN_REDIRECT',
    '-N ISTIO_OUTPUT',
    `-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports ${outboundPort}`,
    `-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports ${inboundPort}`,
    '-A PREROUTING -p tcp -j ISTIO_INBOUND',
    ...inbound,
    '-A OUTPUT -j ISTIO_OUTPUT',
    ...options.excludeOutbound.map((port) => `-A ISTIO_OUTPUT -p tcp --dport ${port} -j RETURN`),
    '-A ISTIO_OUTPUT -o lo -s 127.0.0.6/32 -j RETURN',
    `-A ISTIO_OUTPUT -o lo ! -d 127.0.0.1/32 -p tcp ! --dport 15008 -m owner --uid-owner ${proxyUid} -j ISTIO_IN_REDIRECT`,
    `-A ISTIO_OUTPUT -o lo -m owner ! --uid-owner ${proxyUid} -j RETURN`,
    `-A ISTIO_OUTPUT -m owner --uid-owner ${proxyUid} -j RETURN`,
    `-A ISTIO_OUTPUT -o lo ! -d 127.0.0.1/32 -p tcp ! --dport 15008 -m owner --gid-owner ${proxyUid} -j ISTIO_IN_REDIRECT`,
    `-A ISTIO_OUTPUT -o lo -m owner ! --gid-owner ${proxyUid} -j RETURN`,
    `-A ISTIO_OUTPUT -m owner --gid-owner ${proxyUid} -j RETURN`,
    '-A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN',
    ...options.excludeRanges.map((range) => `-A ISTIO_OUTPUT -d ${range} -j RETURN`),
    ...options.includeOutbound.map((port) => `-A ISTIO_OUTPUT -p tcp --dport ${port} -j ISTIO_REDIRECT`),
    ...(everywhere
      ? ['-A ISTIO_OUTPUT -j ISTIO_REDIRECT']
      : options.includeRanges.map((range) => `-A ISTIO_OUTPUT -d ${range} -j ISTIO_REDIRECT`)),
  ];
}
