/**
 * The queue of a controller: keys waiting for work, each at most once, never two workers on one key, and a growing
 * pause before a key that failed comes back. Same rules as client-go's rate-limiting work queue.
 */

/** Milliseconds. client-go goes up to 1000 s; a learner who has mended a cause should not wait that long. */
const FIRST_DELAY = 5;
const LONGEST_DELAY = 30_000;

export class WorkQueue {
  private readonly waiting = new Set<string>();
  private readonly active = new Set<string>();
  private readonly again = new Set<string>();
  private readonly failures = new Map<string, number>();
  private readonly timers = new Map<string, { at: number; timer: NodeJS.Timeout }>();
  private scheduled = false;
  private stopped = false;

  /** `work` is called with one key at a time per key, at most `workers` keys at once. It must not reject. */
  constructor(
    private readonly work: (key: string) => Promise<void>,
    private readonly workers = 5,
  ) {}

  add(key: string): void {
    if (this.stopped) return;
    if (this.active.has(key)) this.again.add(key);
    else this.waiting.add(key);
    this.schedule();
  }

  /** Adds the key in `delay` milliseconds; an earlier appointment of the same key holds. */
  addAfter(key: string, delay: number): void {
    if (this.stopped) return;
    if (delay <= 0) {
      this.add(key);
      return;
    }
    const at = Date.now() + delay;
    const appointment = this.timers.get(key);
    if (appointment && appointment.at <= at) return;
    clearTimeout(appointment?.timer);
    // setTimeout holds at most 2^31-1 ms; a far appointment is kept in steps, since an early look does no harm.
    const timer = setTimeout(
      () => {
        this.timers.delete(key);
        this.add(key);
      },
      Math.min(delay, 2 ** 31 - 1),
    );
    this.timers.set(key, { at, timer });
  }

  /** Adds the key after a pause that doubles with each failure since `forget`. */
  addRateLimited(key: string): void {
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    this.addAfter(key, Math.min(FIRST_DELAY * 2 ** failures, LONGEST_DELAY));
  }

  forget(key: string): void {
    this.failures.delete(key);
  }

  stop(): void {
    this.stopped = true;
    for (const { timer } of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.waiting.clear();
    this.again.clear();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    // Later, so that a burst of events about one object is one piece of work.
    setImmediate(() => {
      this.scheduled = false;
      this.drain();
    });
  }

  private drain(): void {
    for (const key of this.waiting) {
      if (this.stopped || this.active.size >= this.workers) return;
      this.waiting.delete(key);
      this.active.add(key);
      void this.work(key).finally(() => {
        this.active.delete(key);
        if (this.again.delete(key)) this.waiting.add(key);
        if (this.waiting.size > 0) this.schedule();
      });
    }
  }
}
