/** What browsers type into one terminal: each byte once, also where a browser sends it again after a lost connection. */

/** Clients whose count is remembered: every page that is loaded anew is another one. */
const REMEMBERED = 64;

export class TypedInput {
  /** How many bytes of each client have arrived; the one heard of last is at the end. */
  #arrived = new Map<string, number>();

  arrived(client: string): number {
    return this.#arrived.get(client) ?? 0;
  }

  /**
   * The part of `bytes` that has not arrived before; `offset` counts what the client typed before them. Undefined where
   * bytes before `offset` are missing: then these cannot be taken either.
   */
  take(client: string, offset: number, bytes: Uint8Array): Uint8Array | undefined {
    const arrived = this.arrived(client);
    if (offset > arrived) return undefined;
    const fresh = bytes.subarray(Math.min(bytes.length, arrived - offset));
    this.#arrived.delete(client);
    this.#arrived.set(client, arrived + fresh.length);
    for (const oldest of this.#arrived.keys()) {
      if (this.#arrived.size <= REMEMBERED) break;
      this.#arrived.delete(oldest);
    }
    return fresh;
  }
}

/**
 * A terminal's own answers: device attributes, status and cursor position, modes, version, colours, settings. See
 * https://invisible-island.net/xterm/ctlseqs/ctlseqs.html for each.
 */
const ANSWERS = new RegExp(
  `^(?:${[
    String.raw`\x1b\[[?>=]?[\d;]*(?:[cnR]|\$y)`,
    String.raw`\x1b\[[468];\d+;\d+t`,
    String.raw`\x1b\][\d;]+rgb:[^\x07\x1b]*(?:\x07|\x1b\\)`,
    String.raw`\x1bP[>\d][^\x1b]*\x1b\\`,
  ].join('|')})+$`,
);
/** Answers are short; what is longer was typed or pasted. */
const LONGEST_ANSWER = 512;

/** Whether `bytes` are nothing but answers of a terminal to a program's question. */
export function isAnswer(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x1b || bytes.length < 3 || bytes.length > LONGEST_ANSWER) return false;
  return ANSWERS.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
}
