/**
 * Writes asciicast v3: a JSON header line, then one line for each event, whose time is the interval since the one
 * before it, in seconds. (https://docs.asciinema.org/manual/asciicast/v3/)
 */

export interface CastHeader {
  columns: number;
  rows: number;
  title?: string;
  /** Seconds since 1970. */
  timestamp?: number;
  /** Pauses longer than this are played as this long. Seconds. */
  idleTimeLimit?: number;
}

export interface CastEvent {
  /** Milliseconds since any one point; never less than the event's before. */
  at: number;
  /** `o` output, `m` marker, `x` exit. */
  code: 'o' | 'm' | 'x';
  data: string;
}

export function writeCast(
  { columns, rows, title, timestamp, idleTimeLimit }: CastHeader,
  events: readonly CastEvent[],
): string {
  const header = {
    version: 3,
    term: { cols: columns, rows, type: 'xterm-256color' },
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(idleTimeLimit === undefined ? {} : { idle_time_limit: idleTimeLimit }),
    ...(title === undefined ? {} : { title }),
  };
  let last = events[0]?.at ?? 0;
  const lines = events.map(({ at, code, data }) => {
    const interval = Math.max(0, at - last) / 1000;
    last = at;
    return JSON.stringify([Number(interval.toFixed(3)), code, data]);
  });
  return `${[JSON.stringify(header), ...lines].join('\n')}\n`;
}
