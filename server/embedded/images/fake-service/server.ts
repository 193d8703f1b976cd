/** fake-service's HTTP server: the main handler, health, readiness, settings at run time, and its page. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PodAgent } from '../../network/http.ts';
import type { Network } from '../../network/network.ts';
import { formatDuration, goJson, type HcLog } from '../go.ts';
import { FaultInjector, requestDuration } from './faults.ts';
import { page } from './page.ts';
import type { Settings } from './settings.ts';
import { type Answer, callUpstreams, ordered } from './upstreams.ts';

const PLAIN = 'text/plain; charset=utf-8';

export class FakeService {
  private readonly faults: FaultInjector;
  private readonly readyAt: number;
  private healthCode: number;
  private readonly agent?: PodAgent;

  constructor(
    private readonly settings: Settings,
    private readonly network: Network,
    private readonly podIP: string,
    private readonly log: HcLog,
    private readonly sleep: (milliseconds: number) => Promise<void>,
  ) {
    this.faults = new FaultInjector(settings, log.named('error_injector'), sleep);
    this.readyAt = Date.now() + settings.readyDelay;
    this.healthCode = settings.healthCode;
    if (settings.clientKeepAlives) this.agent = new PodAgent(network);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (!this.settings.serverKeepAlives) response.shouldKeepAlive = false;
    if (this.answersCors(request, response)) return;
    const path = (request.url ?? '/').split('?')[0]!;
    const { uiPath } = this.settings;
    if (path === '/health') {
      this.log.info('Handling health request');
      send(response, this.healthCode, 'OK');
    } else if (path === '/ready') {
      this.log.info('Handling ready request');
      const { readySuccessCode, readyFailureCode } = this.settings;
      if (this.ready) send(response, readySuccessCode, 'OK');
      else send(response, readyFailureCode, 'Starting Process');
    } else if (path.startsWith('/config/')) this.configure(path, response);
    else if (`${path}/` === uiPath) response.writeHead(301, { Location: uiPath }).end();
    else if (path.startsWith(uiPath)) send(response, 200, page(this.settings), 'text/html; charset=utf-8');
    else void this.answer(request, response);
  }

  /** Lets go of the connections that it keeps. */
  close(): void {
    this.agent?.destroy();
  }

  private get ready(): boolean {
    return Date.now() >= this.readyAt;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { settings, log } = this;
    if (settings.rootWaitsTillReady && !this.ready) {
      log.info('Service not ready');
      response.writeHead(503).end();
      return;
    }
    request.resume();
    const started = now();
    log.info('Handle inbound request', { request: describe(request) });
    const answer: Answer = {
      name: settings.name,
      uri: request.url,
      type: 'HTTP',
      ip_addresses: [this.podIP],
      code: 200,
    };
    const fault = await this.faults.next();
    let error = fault?.error;
    if (fault) Object.assign(answer, fault);
    else error = await this.work(answer, request, started);
    if (error) log.error('Error handling request', { error });
    log.info('Finished handling request', { duration: formatDuration(now() - started) });
    const text = goJson(ordered(answer));
    send(response, answer.code, text);
  }

  /** Upstream calls, the simulated duration and the body. Answers with what went wrong. */
  private async work(answer: Answer, request: IncomingMessage, started: number): Promise<string | undefined> {
    const { settings } = this;
    let error: string | undefined;
    if (settings.upstreamURIs.length > 0) {
      const upstreams = await callUpstreams(settings, this.network, request, this.log, this.agent);
      answer.upstream_calls = upstreams.answers;
      error = upstreams.error;
    }
    if (error) answer.code = 500;
    else {
      const rest = requestDuration(settings.timing) - (now() - started);
      if (rest > 0) {
        this.log.info('Sleeping for', { duration: formatDuration(rest) });
        await this.sleep(rest);
      }
    }
    const ended = now();
    answer.start_time = microseconds(started);
    answer.end_time = microseconds(ended);
    answer.duration = formatDuration(ended - started);
    answer.body = bodyOf(settings.message);
    return error;
  }

  /** `/config/<parameter>/<value>` changes a setting while the service runs. */
  private configure(path: string, response: ServerResponse): void {
    this.log.info('Config called', { path });
    const problem = this.change(path);
    if (problem) send(response, 400, `${problem}\n`);
    else response.writeHead(200).end();
  }

  private change(path: string): string | undefined {
    const [, , parameter, value] = path.split('/');
    if (value === undefined) return 'Config endpoint expects /config/parameter/value';
    this.log.info('Set config', { parameter, value });
    const number = value === '' ? Number.NaN : Number(value);
    if (parameter === 'error_rate') {
      if (Number.isNaN(number)) return 'Config endpoint error_rate expects a floating point value between 0 and 1';
      this.faults.rate = number;
    } else if (parameter === 'health_check_response_code') {
      if (!Number.isInteger(number)) {
        return 'Config endpoint health_check_response_code expects an int value representing an HTTP status code';
      }
      this.healthCode = number;
    } else return 'Invalid parameter';
    return undefined;
  }

  /** Cross-origin headers; true where the request was a preflight and is answered. */
  private answersCors(request: IncomingMessage, response: ServerResponse): boolean {
    const { origin } = request.headers;
    if (!origin) return false;
    const { allowedOrigins, allowedHeaders, allowCredentials } = this.settings;
    const origins = allowedOrigins.split(',').map((entry) => entry.trim());
    if (!origins.includes('*') && !origins.includes(origin)) return false;
    response.setHeader('Access-Control-Allow-Origin', origins.includes('*') ? '*' : origin);
    if (allowCredentials) response.setHeader('Access-Control-Allow-Credentials', 'true');
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return false;
    response.writeHead(200, { 'Access-Control-Allow-Headers': allowedHeaders }).end();
    return true;
  }
}

function send(response: ServerResponse, code: number, text: string, type = PLAIN): void {
  response.writeHead(code, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) }).end(text);
}

function describe(request: IncomingMessage): string {
  const headers = Object.entries(request.headers).filter(([name]) => name !== 'host');
  return [
    `${request.method} ${request.url} HTTP/${request.httpVersion}`,
    `Host: ${request.headers.host ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ].join('\n');
}

/** MESSAGE may be JSON, where it starts with a brace; else it is the text between two quotes of JSON. */
export function bodyOf(message: string): unknown {
  try {
    return JSON.parse(message.startsWith('{') ? message : `"${message}"`);
  } catch {
    return message;
  }
}

/** Milliseconds since 1970 with their fraction, for durations below a millisecond. */
const now = (): number => performance.timeOrigin + performance.now();

/** `2021-12-26T14:58:47.248837` */
function microseconds(time: number): string {
  const fraction = Math.floor((time % 1000) * 1000);
  return `${new Date(time).toISOString().slice(0, 19)}.${String(fraction).padStart(6, '0')}`;
}
