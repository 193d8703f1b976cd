/** The messages themselves, in both directions. */
import * as v from 'valibot';
import { clientName, columns, count, rows, stepName, tabNumber, terminalId } from './fields.ts';
import { lessonAnswers, lessonRequests } from './lesson.ts';
import { LabReport, RecordingInfo, RunRequest, RunState, TerminalInfo } from './state.ts';

export const ClientMessage = v.variant('type', [
  /** Opens a new terminal; answered by `terminal.changed` and `terminal.attached`. */
  v.object({ type: v.literal('terminal.open'), columns, rows, client: clientName, tab: v.optional(tabNumber) }),
  /** Watches a terminal from `after` (the number of bytes already seen; 0 for all that is kept). */
  v.object({
    type: v.literal('terminal.attach'),
    terminal: terminalId,
    after: count,
    columns,
    rows,
    client: clientName,
  }),
  /** Watches it no longer: its size need not suit this page. */
  v.object({ type: v.literal('terminal.detach'), terminal: terminalId }),
  v.object({ type: v.literal('terminal.resize'), terminal: terminalId, columns, rows }),
  /** Bytes parsed by the browser's terminal since the last ack, those of a snapshot included. */
  v.object({ type: v.literal('terminal.ack'), terminal: terminalId, bytes: count }),
  v.object({ type: v.literal('terminal.close'), terminal: terminalId }),
  /** Begins a recording, or ends it and saves it; answered by `terminal.changed` and `recordings`. */
  v.object({ type: v.literal('terminal.record'), terminal: terminalId, on: v.boolean() }),
  /** Asks for the same word back: a connection that is cut without a sign looks open to the page. */
  v.object({ type: v.literal('echo') }),
  v.object({ type: v.literal('run'), request: RunRequest }),
  /** Presses Ctrl-C for a step that is running or listening. */
  v.object({ type: v.literal('run.stop'), step: stepName }),
  /** Stops a step's endless command and runs that command again, in the background, in a tab of its own. */
  v.object({ type: v.literal('run.move'), step: stepName }),
  ...lessonRequests,
]);
export type ClientMessage = v.InferOutput<typeof ClientMessage>;

export const ServerMessage = v.variant('type', [
  /** The first message, and again whenever it changes. */
  v.object({ type: v.literal('lab'), lab: LabReport }),
  /**
   * Sent after `lab` on connection: all terminals, the last state of every step run, the recordings. `instance` names
   * this run of the server: where it differs from the last connection's, the terminals of then are gone.
   */
  v.object({
    type: v.literal('snapshot'),
    instance: v.string(),
    terminals: v.array(TerminalInfo),
    runs: v.array(RunState),
    recordings: v.array(RecordingInfo),
  }),
  v.object({ type: v.literal('terminal.changed'), info: TerminalInfo }),
  /** The tab is gone. */
  v.object({ type: v.literal('terminal.removed'), terminal: terminalId }),
  /**
   * Precedes the replay. Without a `snapshot` (0): the bytes from `from` to `until` follow, which the browser misses;
   * with one: that many bytes that draw the whole terminal follow first, in frames whose offset is `from`, and count
   * for nothing in the terminal's offsets. Live output begins at `until`; the browser drops its terminal's answers
   * until it has parsed up to there. `reset`: clear first. `input`: how many bytes this client has typed that arrived;
   * it sends what it has beyond.
   */
  v.object({
    type: v.literal('terminal.attached'),
    terminal: terminalId,
    from: count,
    until: count,
    reset: v.boolean(),
    snapshot: count,
    input: count,
    columns,
    rows,
  }),
  /** The smallest of the pages that watch it decides; sent in its place between the frames. */
  v.object({ type: v.literal('terminal.resized'), terminal: terminalId, columns, rows }),
  /** All bytes typed by this client up to this count have arrived. */
  v.object({ type: v.literal('terminal.received'), terminal: terminalId, input: count }),
  /** Somebody types in another page that watches it; at most one a second. */
  v.object({ type: v.literal('terminal.typed'), terminal: terminalId }),
  v.object({ type: v.literal('run.changed'), run: RunState }),
  v.object({ type: v.literal('recordings'), recordings: v.array(RecordingInfo) }),
  v.object({ type: v.literal('echo') }),
  v.object({
    type: v.literal('error'),
    /** The page has the words for each; `message` is for those that it does not know. */
    code: v.picklist(['terminals-full', 'shell-failed', 'recording-failed', 'bad-message', 'other']),
    message: v.string(),
  }),
  ...lessonAnswers,
]);
export type ServerMessage = v.InferOutput<typeof ServerMessage>;

/** Parses a text frame; undefined where it is not valid JSON or fits no message. */
export function parseMessage<T>(schema: v.GenericSchema<unknown, T>, text: string): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
