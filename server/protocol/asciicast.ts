/**
 * Recordings of terminals as asciicast v3 (https://docs.asciinema.org/manual/asciicast/v3/): written, read and
 * checked. One JSON object, the header, then one JSON array a line: `[interval in seconds, code, data]`. Knows neither
 * terminals nor files, so that the server, the page and the lessons' tests read the same format.
 */
import * as v from 'valibot';
import { LIMITS } from './limits.ts';

/** As in the document: output, a new size (`80x24`), a marker with its label, the exit status. */
export const EVENT_CODES = { output: 'o', input: 'i', resize: 'r', marker: 'm', exit: 'x' } as const;

const cells = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

export const CastHeader = v.looseObject({
  version: v.literal(3),
  term: v.looseObject({ cols: cells(LIMITS.columns), rows: cells(LIMITS.rows), type: v.optional(v.string()) }),
  /** When it began, in seconds since 1970. */
  timestamp: v.optional(v.number()),
  title: v.optional(v.string()),
  env: v.optional(v.record(v.string(), v.string())),
  command: v.optional(v.string()),
  /** A player makes no pause longer than this, in seconds. */
  idle_time_limit: v.optional(v.number()),
});
export type CastHeader = v.InferOutput<typeof CastHeader>;

const interval = v.pipe(v.number(), v.finite(), v.minValue(0));
const CastLine = v.tuple([interval, v.pipe(v.string(), v.length(1)), v.string()]);
const SIZE = /^(\d{1,3})x(\d{1,3})$/;

export interface CastEvent {
  /** Seconds since the beginning. */
  time: number;
  /** One of EVENT_CODES; others come from newer writers, and a reader leaves them out. */
  code: string;
  data: string;
}

export interface Cast {
  header: CastHeader;
  events: CastEvent[];
  /** Seconds, to the last event. */
  duration: number;
}

/** What is wrong with a recording, and in which line (from 1). */
export class CastError extends Error {}

/** The first line, with its newline. */
export function castHeader(header: CastHeader): string {
  return `${JSON.stringify(header)}\n`;
}

/** Lines of events, each with its newline. Intervals are whole milliseconds, so that rounding adds up to nothing. */
export class CastLines {
  #last: number;

  /** `start`: milliseconds on the clock that `line` is told too. */
  constructor(start: number) {
    this.#last = Math.round(start);
  }

  line(now: number, code: string, data: string): string {
    const at = Math.max(this.#last, Math.round(now));
    const seconds = (at - this.#last) / 1000;
    this.#last = at;
    return `${JSON.stringify([seconds, code, data])}\n`;
  }
}

/** A line that players pass over. */
export function castComment(text: string): string {
  return `# ${text.replace(/[\r\n]+/g, ' ')}\n`;
}

/**
 * Reads a whole recording. Throws a CastError where it is not asciicast v3. A last line without its newline, as a
 * crash leaves it, is left out when it is not whole.
 */
export function parseCast(text: string): Cast {
  const lines = text.split('\n');
  const isCut = lines.at(-1) !== '';
  const header = parseHeader(lines[0] ?? '');
  const events: CastEvent[] = [];
  let milliseconds = 0;
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '' || line.startsWith('#')) continue;
    const event = parseLine(line);
    if (!event) {
      if (isCut && index === lines.length - 1) break;
      throw new CastError(`Line ${index + 1} is not an event of an asciicast v3: [seconds, code, data].`);
    }
    const [seconds, code, data] = event;
    if (code === EVENT_CODES.resize && !parseSize(data)) {
      throw new CastError(`Line ${index + 1} gives no size like 80x24 within ${LIMITS.columns}x${LIMITS.rows}.`);
    }
    milliseconds += seconds * 1000;
    events.push({ time: Math.round(milliseconds) / 1000, code, data });
  }
  return { header, events, duration: events.at(-1)?.time ?? 0 };
}

/** Throws a CastError where the line is not the header of an asciicast v3. */
export function parseHeader(line: string): CastHeader {
  const result = v.safeParse(CastHeader, parseJson(line));
  if (!result.success) throw new CastError('Line 1 is not the header of an asciicast v3 with term.cols and term.rows.');
  return result.output;
}

/** Undefined where the line is not a whole event. */
export function parseLine(line: string): [seconds: number, code: string, data: string] | undefined {
  const result = v.safeParse(CastLine, parseJson(line));
  return result.success ? result.output : undefined;
}

/** `80x24`; undefined where it is no size, or one beyond what a terminal here can have. */
export function parseSize(data: string): { columns: number; rows: number } | undefined {
  const [, columns, rows] = (SIZE.exec(data) ?? []).map(Number);
  if (!columns || !rows || columns > LIMITS.columns || rows > LIMITS.rows) return undefined;
  return { columns, rows };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
