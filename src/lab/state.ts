/** What the browser knows of the lab. */
import type { LabReport, RecordingInfo, RunState, ServerMessage, TerminalInfo } from '../../server/protocol';
import { createStore } from './store';

/**
 * `gone`: it belonged to a run of the server that has ended; this page still has its last screen. Its `terminal` is
 * negative, for the numbers of the new server begin anew.
 */
export type KnownTerminal = TerminalInfo & { gone?: true };

/** What the server complained of: the page has words for the code; `message` is English. */
export type Complaint = Omit<Extract<ServerMessage, { type: 'error' }>, 'type'>;

export interface LabState {
  /** `looking` until the probe answers; `absent`: a site alone; `locked`: a lab that this browser is not signed in to. */
  presence: 'looking' | 'absent' | 'locked' | 'present';
  /** `lost`: there was a connection or there should be one, and it is tried again. */
  connection: 'none' | 'connecting' | 'open' | 'lost';
  /** There has been a connection before. */
  connectedOnce: boolean;
  /**
   * The connection is gone for so long that the reader should know: since when, and when the next try begins (undefined
   * while one is under way). Both as of Date.now().
   */
  lost: { since: number; nextTry: number | undefined } | undefined;
  /** This run of the server. */
  instance: string | undefined;
  /** The server was started anew under this page: terminals and steps of before are gone. */
  restarted: boolean;
  lab: LabReport | undefined;
  terminals: readonly KnownTerminal[];
  /** The last state of each step, by its name. */
  runs: Readonly<Record<string, RunState>>;
  /** The steps that were started in this page since it was loaded: only their changes are announced. */
  started: ReadonlySet<string>;
  recordings: readonly RecordingInfo[];
  /** The server's last complaint. */
  complaint: Complaint | undefined;
}

export const labState = createStore<LabState>({
  presence: 'looking',
  connection: 'none',
  connectedOnce: false,
  lost: undefined,
  instance: undefined,
  restarted: false,
  lab: undefined,
  terminals: [],
  runs: {},
  started: new Set(),
  recordings: [],
  complaint: undefined,
});

export const dismissRestarted = () => labState.set({ restarted: false });
export const dismissComplaint = () => labState.set({ complaint: undefined });
