/** fake-service's settings: its environment variables with their names, kinds and defaults, as its README lists them. */
import { type LogLevel, parseDuration } from '../go.ts';

export interface Settings {
  name: string;
  message: string;
  listen: { port: number };
  upstreamURIs: string[];
  upstreamURIsText: string;
  upstreamWorkers: number;
  upstreamBody: string;
  upstreamSize: number;
  upstreamVariance: number;
  allowedOrigins: string;
  allowedHeaders: string;
  allowCredentials: boolean;
  serverKeepAlives: boolean;
  /** Milliseconds, here and below. */
  serverIdleTimeout: number;
  clientKeepAlives: boolean;
  clientTimeout: number;
  appendRequest: boolean;
  timing: { p50: number; p90: number; p99: number; variance: number };
  errorRate: number;
  errorType: string;
  errorCode: number;
  errorDelay: number;
  rateLimit: number;
  rateLimitCode: number;
  healthCode: number;
  readySuccessCode: number;
  readyFailureCode: number;
  readyDelay: number;
  rootWaitsTillReady: boolean;
  uiPath: string;
  seed: number;
  logLevel: LogLevel;
  logJson: boolean;
}

type Env = Readonly<Record<string, string>>;

/** Settings that the simulation lacks, and would mislead if it passed over them. */
const UNSUPPORTED: [name: string, applies: (value: string) => boolean, why: string][] = [
  ['TLS_CERT_LOCATION', (value) => value !== '', 'serving TLS'],
  ['SERVER_TYPE', (value) => value !== '' && value !== 'http', 'a gRPC server'],
];
/** Settings without effect here: the service works as without them, and its log says so. */
const IGNORED = [
  'TRACING_ZIPKIN',
  'TRACING_DATADOG_HOST',
  'METRICS_DATADOG_HOST',
  'LOAD_CPU_PERCENTAGE',
  'LOAD_MEMORY_PER_REQUEST',
  'LOG_OUTPUT',
];

/** What of the environment the simulation leaves out; `fatal` ones must stop the start. */
export function unsupported(env: Env): { fatal: string[]; ignored: string[] } {
  const fatal = UNSUPPORTED.filter(([name, applies]) => env[name] !== undefined && applies(env[name])).map(
    ([name, , why]) => `${name}=${env[name]}: the embedded cluster does not simulate ${why} of fake-service`,
  );
  return { fatal, ignored: IGNORED.filter((name) => env[name] && !['0', 'stdout'].includes(env[name])) };
}

/** Throws with the variable's name and value where one cannot be read. */
export function readSettings(env: Env): Settings {
  const text = (name: string, fallback: string) => env[name] || fallback;
  const read = <T>(name: string, fallback: T, parse: (value: string) => T, kind: string): T => {
    const value = env[name];
    if (!value) return fallback;
    try {
      return parse(value);
    } catch {
      throw new Error(`expected: ${name} type: ${kind} got: ${value}`);
    }
  };
  const number = (name: string, fallback: number) => read(name, fallback, toNumber, 'number');
  const integer = (name: string, fallback: number) => read(name, fallback, toInteger, 'int');
  const flag = (name: string, fallback: boolean) => read(name, fallback, toBoolean, 'bool');
  const duration = (name: string, fallback: string) => read(name, parseDuration(fallback), parseDuration, 'duration');

  const p50 = duration('TIMING_50_PERCENTILE', '0s');
  const p90 = duration('TIMING_90_PERCENTILE', '0s') || p50;
  const p99 = duration('TIMING_99_PERCENTILE', '0s') || p90;
  const upstreamURIsText = text('UPSTREAM_URIS', '');
  return {
    name: text('NAME', 'Service'),
    message: text('MESSAGE', 'Hello World'),
    listen: { port: listenPort(text('LISTEN_ADDR', '0.0.0.0:9090')) },
    upstreamURIsText,
    upstreamURIs: upstreamURIsText
      .split(',')
      .map((uri) => uri.trim())
      .filter(Boolean),
    upstreamWorkers: integer('UPSTREAM_WORKERS', 1),
    upstreamBody: text('UPSTREAM_REQUEST_BODY', ''),
    upstreamSize: integer('UPSTREAM_REQUEST_SIZE', 0),
    upstreamVariance: integer('UPSTREAM_REQUEST_VARIANCE', 0),
    allowedOrigins: text('ALLOWED_ORIGINS', '*'),
    allowedHeaders: text('ALLOWED_HEADERS', 'Accept,Accept-Language,Content-Language,Origin,Content-Type'),
    allowCredentials: flag('ALLOW_CREDENTIALS', false),
    serverKeepAlives: flag('HTTP_SERVER_KEEP_ALIVES', false),
    serverIdleTimeout: duration('HTTP_SERVER_IDLE_TIMEOUT', '30s'),
    clientKeepAlives: flag('HTTP_CLIENT_KEEP_ALIVES', false),
    clientTimeout: duration('HTTP_CLIENT_REQUEST_TIMEOUT', '30s'),
    appendRequest: flag('HTTP_CLIENT_APPEND_REQUEST', true),
    timing: { p50, p90, p99, variance: integer('TIMING_VARIANCE', 0) },
    errorRate: number('ERROR_RATE', 0),
    errorType: text('ERROR_TYPE', 'http_error'),
    errorCode: integer('ERROR_CODE', 500),
    errorDelay: duration('ERROR_DELAY', '0s'),
    rateLimit: number('RATE_LIMIT', 0),
    rateLimitCode: integer('RATE_LIMIT_CODE', 503),
    healthCode: integer('HEALTH_CHECK_RESPONSE_CODE', 200),
    readySuccessCode: integer('READY_CHECK_RESPONSE_SUCCESS_CODE', 200),
    readyFailureCode: integer('READY_CHECK_RESPONSE_FAILURE_CODE', 503),
    readyDelay: duration('READY_CHECK_RESPONSE_DELAY', '0s'),
    rootWaitsTillReady: flag('READY_CHECK_ROOT_PATH_WAIT_TILL_READY', false),
    uiPath: text('UI_PATH', '/ui/'),
    seed: integer('RAND_SEED', Math.floor(Date.now() / 1000)),
    logLevel: read('LOG_LEVEL', 'info', toLevel, 'level'),
    logJson: text('LOG_FORMAT', 'text') === 'json',
  };
}

function toNumber(value: string): number {
  const parsed = Number(value);
  if (Number.isNaN(parsed)) throw new Error(value);
  return parsed;
}

function toInteger(value: string): number {
  const parsed = toNumber(value);
  if (!Number.isInteger(parsed)) throw new Error(value);
  return parsed;
}

function toBoolean(value: string): boolean {
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw new Error(value);
}

function toLevel(value: string): LogLevel {
  const level = value.toLowerCase();
  if (!['trace', 'debug', 'info', 'warn', 'error'].includes(level)) throw new Error(value);
  return level as LogLevel;
}

function listenPort(address: string): number {
  const port = Number(/^(?:[\d.]*|\[[\da-f:]*\]):(\d+)$/i.exec(address)?.[1]);
  if (!(port > 0 && port < 65536)) throw new Error(`expected: LISTEN_ADDR type: address:port got: ${address}`);
  return port;
}
