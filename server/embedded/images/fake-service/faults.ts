/** What makes a fake-service slow or wrong: its error rate, its rate limit and the spread of its durations. */
import type { HcLog } from '../go.ts';
import type { Settings } from './settings.ts';

export interface Fault {
  code: number;
  error: string;
}

/** Decides request by request. Every n-th request fails, where n is 1/ERROR_RATE without its fraction: no dice. */
export class FaultInjector {
  private requests = 0;
  private tokens: number;
  private refilled = Date.now();
  /** 0 to 1; changed by `/config/error_rate/<value>`. */
  rate: number;

  constructor(
    private readonly settings: Settings,
    private readonly log: HcLog,
    private readonly sleep: (milliseconds: number) => Promise<void>,
  ) {
    this.rate = settings.errorRate;
    this.tokens = this.burst;
  }

  async next(): Promise<Fault | undefined> {
    const { settings, log } = this;
    this.requests++;
    if (settings.rateLimit > 0 && !this.takeToken()) {
      log.info('Rate limiting service');
      return { code: settings.rateLimitCode, error: 'Service exceeded rate limit' };
    }
    if (this.rate <= 0 || this.requests % Math.max(Math.floor(1 / this.rate), 1) !== 0) return undefined;
    log.info('Injecting error', {
      request_count: this.requests,
      error_percentage: this.rate,
      error_type: settings.errorType,
    });
    if (settings.errorType === 'http_error') {
      return { code: settings.errorCode, error: 'Service error automatically injected' };
    }
    log.info('Delaying service execution', { duration: `${settings.errorDelay}ms` });
    await this.sleep(settings.errorDelay);
    return { code: settings.errorCode, error: 'Service delay automatically injected' };
  }

  /** The bucket holds as many requests as a second brings. */
  private get burst(): number {
    return Math.floor(this.settings.rateLimit);
  }

  private takeToken(): boolean {
    const now = Date.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.refilled) / 1000) * this.settings.rateLimit);
    this.refilled = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}

/** Milliseconds that a request shall take: one of the three percentiles, and up to `variance` per cent more. */
export function requestDuration(timing: Settings['timing'], random: () => number = Math.random): number {
  const variance = timing.variance > 0 ? Math.floor(random() * timing.variance) : 0;
  const percentile = Math.floor(random() * 100);
  const base = percentile < 90 ? timing.p50 : percentile < 99 ? timing.p90 : timing.p99;
  return base + (base * variance) / 100;
}
