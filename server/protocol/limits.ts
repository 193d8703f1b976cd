/** Addresses of the server's routes, and the limits that both sides keep. */

export const SOCKET_PATH = '/api/socket';
/** GET: a LabReport as JSON. With 401 there is a lab and no sign-in; anything else is not a lab. */
export const LAB_PATH = '/api/lab';
export const SIGN_IN_PATH = '/sign-in';
/** POST, with the token as Bearer: `{ url }` of a new one-time link; `?shown=1` for one that others may see. */
export const SIGN_IN_LINKS_PATH = '/api/sign-in-links';
/** GET: RecordingInfo[] as JSON; `<path>/<name>`: GET the asciicast, DELETE it. */
export const RECORDINGS_PATH = '/api/recordings';

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
  /** Lines above the screen, on both sides. */
  scrollback: 10_000,
  /** Bytes that a browser keeps of what it typed and the server has not confirmed, or what was typed while disconnected. */
  input: 64 * 1024,
  /** Flow control, in bytes: a page is sent no more than `window` that it has not acknowledged; it does so every `ack`. */
  window: 180_000,
  ack: 32_000,
} as const;
