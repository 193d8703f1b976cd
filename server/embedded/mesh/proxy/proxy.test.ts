import { afterEach, describe, expect, it } from 'vitest';
import { createFabric, type Fabric } from '../../network/fabric.ts';
import { readBody, request, serveHttp } from '../../network/http.ts';
import { FixedClient, putPod } from '../../network/testing.ts';
import { answerAppProbe, parseProbers } from './app-probes.ts';
import { captureRules, parseCaptureFlags } from './iptables.ts';

describe('iptables rules', () => {
  const flags = 'istio-iptables -p 15001 -z 15006 -u 1337 -m REDIRECT -i * -x  -b * -d 15090,15021,15020'.split(' ');

  it('reads the flags that the injector writes, empty values too', () => {
    expect(parseCaptureFlags(flags)).toEqual({
      outboundPort: '15001',
      inboundPort: '15006',
      proxyUid: '1337',
      mode: 'REDIRECT',
      includeRanges: ['*'],
      excludeRanges: [],
      includeInbound: '*',
      excludeInbound: ['15090', '15021', '15020'],
      includeOutbound: [],
      excludeOutbound: [],
    });
  });

  it('lets the proxy’s own ports and connections pass', () => {
    const rules = captureRules(parseCaptureFlags(flags));
    const index = (rule: string): number => rules.indexOf(rule);
    expect(index('-A ISTIO_INBOUND -p tcp --dport 15021 -j RETURN')).toBeGreaterThan(-1);
    expect(index('-A ISTIO_INBOUND -p tcp --dport 15021 -j RETURN')).toBeLessThan(
      index('-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT'),
    );
    expect(rules).toContain('-A ISTIO_OUTPUT -m owner --uid-owner 1337 -j RETURN');
    expect(rules.at(-1)).toBe('-A ISTIO_OUTPUT -j ISTIO_REDIRECT');
  });

  it('redirects only the ranges that are asked for', () => {
    const rules = captureRules(parseCaptureFlags(['-i', '10.96.0.0/16', '-x', '10.96.0.1/32', '-o', '3306']));
    expect(rules).toContain('-A ISTIO_OUTPUT -d 10.96.0.1/32 -j RETURN');
    expect(rules).toContain('-A ISTIO_OUTPUT -p tcp --dport 3306 -j RETURN');
    expect(rules.at(-1)).toBe('-A ISTIO_OUTPUT -d 10.96.0.0/16 -j ISTIO_REDIRECT');
  });
});

describe('application probes through the agent', () => {
  const IP = '10.244.0.7';
  let fabric: Fabric | undefined;
  afterEach(() => fabric?.stop());

  async function ask(probers: Record<string, unknown>, path: string, status = 200) {
    const client = new FixedClient();
    putPod(client, 'shop', 'web', IP);
    fabric = createFabric({ client });
    const network = fabric;
    const seen: string[] = [];
    serveHttp(network, IP, 9090, (incoming, response) => {
      seen.push(incoming.url ?? '');
      response.writeHead(status).end();
    });
    const parsed = parseProbers(JSON.stringify(probers));
    serveHttp(network, IP, 15020, (incoming, response) => {
      void answerAppProbe(incoming, response, parsed, { network, podIP: IP, namespace: 'shop' });
    });
    const response = await request(network, `http://${IP}:15020${path}`);
    return { code: response.statusCode, body: (await readBody(response)).toString(), seen };
  }

  it.each([
    [200, 200],
    [503, 503],
  ])('passes on the application’s %i', async (status, code) => {
    const probers = { '/app-health/web/readyz': { httpGet: { path: '/ready', port: 9090 } } };
    expect(await ask(probers, '/app-health/web/readyz', status)).toMatchObject({ code, seen: ['/ready'] });
  });

  it('opens a connection for a TCP probe', async () => {
    const probers = { '/app-health/web/livez': { tcpSocket: { port: 9090 } } };
    expect(await ask(probers, '/app-health/web/livez')).toMatchObject({ code: 200 });
  });

  it('fails where the application does not listen', async () => {
    const probers = { '/app-health/web/livez': { httpGet: { path: '/', port: 9999 } } };
    const { code, body } = await ask(probers, '/app-health/web/livez');
    expect(code).toBe(500);
    expect(body).toContain('Request to probe app failed');
  });

  it('answers 404 to a path without a prober, and refuses probers that are none', async () => {
    expect(await ask({}, '/app-health/web/livez')).toMatchObject({ code: 404 });
    expect(() => parseProbers('{"/etc/passwd":{}}')).toThrow('invalid path "/etc/passwd"');
  });
});
