/** A step's recording as the text of an asciicast. */
import { CastLines, castHeader } from '../protocol/asciicast.ts';

export interface TapeHeader {
  columns: number;
  rows: number;
  title?: string;
  /** Pauses longer than this are played as this long. Seconds. */
  idleTimeLimit?: number;
}

export interface TapeEvent {
  /** Milliseconds since any one point; never less than the event's before. */
  at: number;
  /** One of EVENT_CODES. */
  code: string;
  data: string;
}

export function writeCast({ columns, rows, title, idleTimeLimit }: TapeHeader, events: readonly TapeEvent[]): string {
  const lines = new CastLines(events[0]?.at ?? 0);
  return [
    castHeader({
      version: 3,
      term: { cols: columns, rows, type: 'xterm-256color' },
      ...(idleTimeLimit === undefined ? {} : { idle_time_limit: idleTimeLimit }),
      ...(title === undefined ? {} : { title }),
    }),
    ...events.map(({ at, code, data }) => lines.line(at, code, data)),
  ].join('');
}
