/** Brings a recording into the page: from an address or from a text, checked before anything is shown. */
import { parseCast } from '../../../server/protocol/asciicast';
import { type Timeline, timelineOf } from './timeline';

export type Source = { src: string; text?: undefined } | { text: string; src?: undefined };

/** Waits in a recording are cut to this many seconds: a learner who read for five minutes is no film. */
const LONGEST_WAIT = 2;

/** Rejects where it cannot be fetched or is no asciicast v3. */
export async function loadTimeline(source: Source, signal: AbortSignal): Promise<Timeline> {
  return timelineOf(parseCast(source.text ?? (await fetchText(source.src, signal))), LONGEST_WAIT);
}

async function fetchText(src: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(src, { credentials: 'same-origin', signal });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response.text();
}
