/** What the browser knows of the lab. */
import type { LabReport, RunState, TerminalInfo } from '../../server/protocol';
import { createStore } from './store';

export interface LabState {
  /** `looking` until the probe answers; `absent`: a site alone; `locked`: a lab that this browser is not signed in to. */
  presence: 'looking' | 'absent' | 'locked' | 'present';
  /** `lost`: there was a connection or there should be one, and it is tried again. */
  connection: 'none' | 'connecting' | 'open' | 'lost';
  /** There has been a connection before. */
  connectedOnce: boolean;
  lab: LabReport | undefined;
  terminals: readonly TerminalInfo[];
  /** The last state of each step, by its name. */
  runs: Readonly<Record<string, RunState>>;
  /** The steps that were started in this page since it was loaded: only their changes are announced. */
  started: ReadonlySet<string>;
  /** The server's last complaint. */
  error: string | undefined;
}

export const labState = createStore<LabState>({
  presence: 'looking',
  connection: 'none',
  connectedOnce: false,
  lab: undefined,
  terminals: [],
  runs: {},
  started: new Set(),
  error: undefined,
});
