/** Reads cron schedules (`0 9 * * 1-5`, `*\/5 * * * *`, `@hourly`) and finds the times that they name. */

interface Field {
  min: number;
  max: number;
  names?: string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: [Field, Field, Field, Field, Field] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];

const MACROS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

export class CronSchedule {
  private readonly sets: Set<number>[];
  private readonly anyDay: boolean;
  private readonly anyWeekday: boolean;

  /** Throws an Error that names the part that cannot be read. `timeZone` is an IANA name; UTC where it is left out. */
  constructor(
    text: string,
    private readonly timeZone = 'UTC',
  ) {
    const parts = (MACROS[text.trim()] ?? text).trim().split(/\s+/);
    if (parts.length !== 5) throw new Error(`expected exactly 5 fields, found ${parts.length}: [${text}]`);
    this.sets = parts.map((part, index) => parseField(part, FIELDS[index]!));
    this.anyDay = /^[*?]/.test(parts[2]!);
    this.anyWeekday = /^[*?]/.test(parts[4]!);
  }

  /** Whether the minute that begins at `time` (milliseconds since the epoch) is one of the schedule's. */
  matches(time: number): boolean {
    const [minute, hour, day, month, weekday] = this.localTime(time);
    const has = (index: number, value: number) => this.sets[index]!.has(value);
    if (!has(0, minute) || !has(1, hour) || !has(3, month)) return false;
    // With both days given, either will do: cron's old rule.
    if (this.anyDay || this.anyWeekday) return has(2, day) && has(4, weekday);
    return has(2, day) || has(4, weekday);
  }

  /** The first time after `time`, in whole minutes; undefined where there is none within `horizon` minutes. */
  next(time: number, horizon = 366 * 24 * 60): number | undefined {
    let candidate = (Math.floor(time / 60_000) + 1) * 60_000;
    for (let step = 0; step < horizon; step++, candidate += 60_000) if (this.matches(candidate)) return candidate;
    return undefined;
  }

  private localTime(time: number): [number, number, number, number, number] {
    if (this.timeZone === 'UTC') {
      const date = new Date(time);
      return [date.getUTCMinutes(), date.getUTCHours(), date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCDay()];
    }
    const parts = this.format().formatToParts(time);
    const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
    const weekday = DAYS.indexOf(part('weekday').toLowerCase());
    return [Number(part('minute')), Number(part('hour')), Number(part('day')), Number(part('month')), weekday];
  }

  private formatter?: Intl.DateTimeFormat;
  private format(): Intl.DateTimeFormat {
    this.formatter ??= new Intl.DateTimeFormat('en-US', {
      timeZone: this.timeZone,
      hourCycle: 'h23',
      minute: 'numeric',
      hour: 'numeric',
      day: 'numeric',
      month: 'numeric',
      weekday: 'short',
    });
    return this.formatter;
  }
}

function parseField(text: string, field: Field): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/');
    const [low, high] = bounds(range, field, step !== undefined);
    const by = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(by) || by < 1) throw new Error(`failed to parse int from ${step}`);
    for (let value = low; value <= high; value += by)
      values.add(value % (field.names === DAYS ? 7 : Number.MAX_SAFE_INTEGER));
  }
  return values;
}

function bounds(range: string, field: Field, stepped: boolean): [number, number] {
  if (range === '*' || range === '?') return [field.min, field.max];
  const [from = '', to] = range.split('-');
  const low = numberOf(from, field);
  const high = to !== undefined ? numberOf(to, field) : stepped ? field.max : low;
  if (low > high) throw new Error(`beginning of range (${low}) beyond end of range (${high}): ${range}`);
  return [low, high];
}

function numberOf(text: string, { min, max, names }: Field): number {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  const value = named >= 0 ? named + min : Number(text);
  // Sunday may be written as 7.
  const top = names === DAYS ? 7 : max;
  if (text === '' || !Number.isInteger(value) || value < min || value > top) {
    throw new Error(`failed to parse int from ${text}, or not within ${min} to ${max}`);
  }
  return value;
}
