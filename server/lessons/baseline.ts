/**
 * What was in the cluster when it was last at a checkpoint, in a file: the cluster outlives the lab's process, and what
 * the lab itself has installed there is nothing that the learner would lose.
 */
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { Inventory } from './inventory.ts';

const Baseline = v.record(v.string(), v.string());

export class BaselineFile {
  #inventory: Inventory;

  constructor(private readonly file: string) {
    this.#inventory = load(file);
  }

  /** Empty for a cluster that was never brought to a checkpoint: whatever is in it then counts as the learner's. */
  get(): Inventory {
    return this.#inventory;
  }

  async set(inventory: Inventory): Promise<void> {
    this.#inventory = inventory;
    await writeFile(`${this.file}.new`, JSON.stringify(inventory));
    await rename(`${this.file}.new`, this.file);
  }
}

/** A file that is missing or broken costs one question too many, and is written anew at the next checkpoint. */
function load(file: string): Inventory {
  try {
    return v.parse(Baseline, JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
