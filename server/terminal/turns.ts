/** Who may type into a tab: one after another, in the order of asking. */
export class Turns {
  /** The end of each tab's queue. */
  #ends = new Map<number, Promise<void>>();

  /** Resolves when it is the caller's turn, with the function that passes it on; calling that again does nothing. */
  async take(tab: number): Promise<() => void> {
    const before = this.#ends.get(tab);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const end = (before ?? Promise.resolve()).then(() => held);
    this.#ends.set(tab, end);
    void end.then(() => {
      if (this.#ends.get(tab) === end) this.#ends.delete(tab);
    });
    await before;
    return release;
  }

  /** Somebody has the turn, or waits for it. */
  isTaken(tab: number): boolean {
    return this.#ends.has(tab);
  }
}
