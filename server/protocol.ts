/**
 * Every message between the browser and the lab server, once, with its schema. Both sides validate with it.
 *
 * One WebSocket at SOCKET_PATH carries two kinds of frames:
 * - binary: terminal bytes, see `encodeFrame`;
 * - text: one JSON message, a ClientMessage or a ServerMessage.
 */
import * as v from 'valibot';

export const SOCKET_PATH = '/api/socket';
/** GET: a LabReport as JSON. With 401 there is a lab and no sign-in; anything else is not a lab. */
export const LAB_PATH = '/api/lab';
export const SIGN_IN_PATH = '/sign-in';

export const LIMITS = {
  columns: 500,
  rows: 300,
  terminals: 16,
  /** Bytes of one frame from the browser. */
  frame: 256 * 1024,
  commands: 50,
  command: 16 * 1024,
  /** Bytes of output that the server keeps for a terminal's replay. */
  replay: 2 * 1024 * 1024,
  /** Flow control, in bytes not yet acknowledged: pause the shell above `high`, resume under `low`; ack every `ack`. */
  high: 100_000,
  low: 5_000,
  ack: 5_000,
} as const;

const terminalId = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffffffff));
const columns = v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(LIMITS.columns));
const rows = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMITS.rows));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const shortText = v.pipe(v.string(), v.maxLength(200));

/** A step's name: `<page path without locale>#<number of the block on the page, from 1>`, such as `/install/#3`. */
const stepName = v.pipe(v.string(), v.minLength(1), v.maxLength(300));

export const RunRequest = v.object({
  step: stepName,
  commands: v.pipe(
    v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.command))),
    v.minLength(1),
    v.maxLength(LIMITS.commands),
  ),
  /** Which tab, by its number for the learner: 1 is the main one. The server opens it where it is missing. */
  tab: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMITS.terminals)),
  /** The last command goes on in the foreground (port-forward, dashboard): passed as `listening` once `ready` is printed. */
  background: v.optional(v.boolean(), false),
  /** Text that the background command prints when it serves; left out: its first line of output. */
  ready: v.optional(shortText),
});
export type RunRequest = v.InferOutput<typeof RunRequest>;

export const RunState = v.object({
  step: stepName,
  /** `waiting` for a prompt; `running`; `passed`; `failed` with exitCode; `listening` in the background; `refused`: not typed, message says why; `ended`: a background command that stopped. */
  phase: v.picklist(['waiting', 'running', 'passed', 'failed', 'listening', 'refused', 'ended']),
  terminal: v.optional(terminalId),
  /** Index of the command that runs or failed, from 0. */
  command: v.optional(count),
  exitCode: v.optional(v.pipe(v.number(), v.integer())),
  message: v.optional(v.string()),
  /** What the step's commands printed, without control sequences, cut at 64 KiB; sent when the phase is final. */
  output: v.optional(v.string()),
});
export type RunState = v.InferOutput<typeof RunState>;

export const TerminalInfo = v.object({
  terminal: terminalId,
  /** The tab's number for the learner. */
  tab: v.pipe(v.number(), v.integer(), v.minValue(1)),
  title: v.string(),
  /** `starting` until the first prompt; `prompt`; `running` a command; `exited`. */
  state: v.picklist(['starting', 'prompt', 'running', 'exited']),
  command: v.optional(v.string()),
  cwd: v.optional(v.string()),
  exitCode: v.optional(v.pipe(v.number(), v.integer())),
});
export type TerminalInfo = v.InferOutput<typeof TerminalInfo>;

export const LabReport = v.object({
  name: v.literal('malha'),
  version: v.string(),
  /** `starting`: work goes on, `message` tells what; `failed`: message says why and what to do. */
  phase: v.picklist(['starting', 'ready', 'failed']),
  message: v.optional(v.string()),
  backend: v.optional(
    v.object({
      kind: v.picklist(['embedded', 'kind', 'context']),
      label: v.string(),
      simulated: v.boolean(),
      kubernetesVersion: v.optional(v.string()),
      note: v.optional(v.string()),
    }),
  ),
  workspace: v.optional(v.string()),
});
export type LabReport = v.InferOutput<typeof LabReport>;

export const ClientMessage = v.variant('type', [
  /** Opens a new terminal; answered by `terminal.changed` and `terminal.attached`. */
  v.object({ type: v.literal('terminal.open'), columns, rows, tab: v.optional(RunRequest.entries.tab) }),
  /** Watches a terminal from `after` (the number of bytes already seen; 0 for all that is kept). */
  v.object({ type: v.literal('terminal.attach'), terminal: terminalId, after: count, columns, rows }),
  v.object({ type: v.literal('terminal.resize'), terminal: terminalId, columns, rows }),
  /** Bytes parsed by the browser's terminal since the last ack. */
  v.object({ type: v.literal('terminal.ack'), terminal: terminalId, bytes: count }),
  v.object({ type: v.literal('terminal.close'), terminal: terminalId }),
  v.object({ type: v.literal('run'), request: RunRequest }),
]);
export type ClientMessage = v.InferOutput<typeof ClientMessage>;

export const ServerMessage = v.variant('type', [
  /** The first message, and again whenever it changes. */
  v.object({ type: v.literal('lab'), lab: LabReport }),
  /** Sent after `lab` on connection: all terminals and the last state of every step run. */
  v.object({ type: v.literal('snapshot'), terminals: v.array(TerminalInfo), runs: v.array(RunState) }),
  v.object({ type: v.literal('terminal.changed'), info: TerminalInfo }),
  /** The tab is gone. */
  v.object({ type: v.literal('terminal.removed'), terminal: terminalId }),
  /**
   * Precedes the replay. `from` is the offset of the first byte that follows, `until` where the replay ends and live
   * output begins: the browser drops its terminal's answers until it has parsed up to there. `reset`: clear first,
   * since bytes between the browser's `after` and `from` are lost.
   */
  v.object({
    type: v.literal('terminal.attached'),
    terminal: terminalId,
    from: count,
    until: count,
    reset: v.boolean(),
    columns,
    rows,
  }),
  v.object({ type: v.literal('run.changed'), run: RunState }),
  v.object({ type: v.literal('error'), message: v.string() }),
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

const HEADER = 12;

/**
 * A binary frame: terminal number (uint32, big-endian), offset of its first byte in that terminal's output (two
 * uint32, high and low; 0 from the browser), then the bytes as they are.
 */
export function encodeFrame(terminal: number, offset: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER + bytes.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, terminal);
  view.setUint32(4, Math.floor(offset / 2 ** 32));
  view.setUint32(8, offset >>> 0);
  frame.set(bytes, HEADER);
  return frame;
}

/** Undefined where the frame is shorter than its header. */
export function decodeFrame(frame: Uint8Array): { terminal: number; offset: number; bytes: Uint8Array } | undefined {
  if (frame.length < HEADER) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return {
    terminal: view.getUint32(0),
    offset: view.getUint32(4) * 2 ** 32 + view.getUint32(8),
    bytes: frame.subarray(HEADER),
  };
}
