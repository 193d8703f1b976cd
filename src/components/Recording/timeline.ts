/** A recording laid out for playing: when everything happens, with long waits cut short. */
import { type Cast, EVENT_CODES, parseSize } from '../../../server/protocol/asciicast';

export type Moment =
  | { time: number; kind: 'output'; text: string }
  | { time: number; kind: 'resize'; columns: number; rows: number };

export interface Marker {
  /** Seconds. */
  time: number;
  label: string;
}

export interface Timeline {
  columns: number;
  rows: number;
  moments: Moment[];
  markers: Marker[];
  /** The exit status of the shell, where the recording tells it. */
  exitCode: string | undefined;
  /** Seconds. */
  duration: number;
}

/** `longestWait`: seconds; what the recording itself says comes first. Events that nobody needs to see are left out. */
export function timelineOf(cast: Cast, longestWait: number): Timeline {
  const limit = cast.header.idle_time_limit ?? longestWait;
  const { cols: columns, rows } = cast.header.term;
  const line: Timeline = { columns, rows, moments: [], markers: [], exitCode: undefined, duration: 0 };
  let time = 0;
  let before = 0;
  for (const { time: original, code, data } of cast.events) {
    time += Math.min(original - before, limit);
    before = original;
    if (code === EVENT_CODES.output) line.moments.push({ time, kind: 'output', text: data });
    else if (code === EVENT_CODES.marker) line.markers.push({ time, label: data });
    else if (code === EVENT_CODES.exit) line.exitCode = data;
    else if (code === EVENT_CODES.resize) {
      const size = parseSize(data);
      if (size) line.moments.push({ time, kind: 'resize', ...size });
    }
  }
  line.duration = time;
  return line;
}

/** `1:05`, or `1:00:05` from an hour on. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}
