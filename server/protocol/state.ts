/** What the server tells of its parts: the lab, each terminal, each step, each recording. */
import * as v from 'valibot';
import { columns, count, integer, recordingName, rows, shortText, stepName, tabNumber, terminalId } from './fields.ts';
import { LIMITS } from './limits.ts';

export const RunRequest = v.object({
  step: stepName,
  commands: v.pipe(
    v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.command))),
    v.minLength(1),
    v.maxLength(LIMITS.commands),
  ),
  /** Which tab. The server opens it where it is missing. */
  tab: tabNumber,
  /** The last command goes on in the foreground (port-forward, dashboard): passed as `listening` once `ready` is printed. */
  background: v.optional(v.boolean(), false),
  /** Text that the background command prints when it serves; left out: its first line of output. */
  ready: v.optional(shortText),
  /** What to do where a program runs in that tab: say so (as when left out), press Ctrl-C there first, or take a tab of its own. */
  ifBusy: v.optional(v.picklist(['refuse', 'interrupt', 'new-tab'])),
});
export type RunRequest = v.InferOutput<typeof RunRequest>;

/** Why a step was not typed, or not to its end; the page has the words for each in the reader's language. */
export const RunReason = v.picklist([
  /** A program runs in the tab: `tab` and `busyWith` say which. */
  'busy',
  /** That program did not stop on Ctrl-C. */
  'still-busy',
  /** The shell there cannot tell where a command ends. */
  'no-marks',
  'no-prompt',
  'shell-ended',
  /** The shell waits for more: a quote, bracket or here-document is not closed. */
  'unfinished',
  /** The shell did not accept the command; its own words are in the terminal. */
  'not-accepted',
  /** No tab is free. */
  'terminals-full',
  /** The cluster is not there; `message` is the lab's. */
  'lab-failed',
  'interrupted',
  /** Something else; `message` says what. */
  'other',
]);
export type RunReason = v.InferOutput<typeof RunReason>;

export const RunState = v.object({
  step: stepName,
  /** `waiting` for a prompt; `running`; `passed`; `failed` with exitCode; `listening` in the background; `refused`: not typed, reason says why; `ended`: a background command that stopped. */
  phase: v.picklist(['waiting', 'running', 'passed', 'failed', 'listening', 'refused', 'ended']),
  terminal: v.optional(terminalId),
  /** The tab that it was typed into, or that refused it. */
  tab: v.optional(tabNumber),
  /** Index of the command that runs or failed, from 0. */
  command: v.optional(count),
  exitCode: v.optional(integer),
  reason: v.optional(RunReason),
  /** The program that keeps the tab busy. */
  busyWith: v.optional(v.string()),
  /** The command that runs is of a kind that goes on until it is stopped. */
  endless: v.optional(v.boolean()),
  /** In English, for logs and for a reason that the page does not know. */
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
  /** That command is of a kind that goes on until it is stopped (`kubectl port-forward`, `-w`). */
  endless: v.optional(v.boolean()),
  cwd: v.optional(v.string()),
  exitCode: v.optional(integer),
  /** Why the shell is gone, where it did not end by itself. */
  endedBy: v.optional(v.picklist(['idle'])),
  /** Browser tabs that watch it. */
  viewers: v.optional(count),
  /** Its recording under way. */
  recording: v.optional(recordingName),
});
export type TerminalInfo = v.InferOutput<typeof TerminalInfo>;

export const RecordingInfo = v.object({
  name: recordingName,
  /** The tab that was recorded. */
  tab: count,
  /** Seconds since 1970. */
  started: v.number(),
  /** Seconds. */
  duration: v.number(),
  bytes: count,
  columns,
  rows,
  /** How many commands it marks. */
  commands: count,
  /** Why it ended before it was stopped: it grew too large or too long, or could not be written. */
  stoppedBy: v.optional(v.picklist(['size', 'time', 'disk'])),
});
export type RecordingInfo = v.InferOutput<typeof RecordingInfo>;

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
  /** Each shell runs under limits and apart from the machine. */
  isolated: v.optional(v.boolean()),
});
export type LabReport = v.InferOutput<typeof LabReport>;
