/** The lab's recordings: those under way and those on disk, in a folder that only the learner can read. */

import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { recordingName } from '../protocol/fields.ts';
import type { RecordingInfo } from '../protocol.ts';
import { Recorder } from './recorder.ts';
import { describeRecording } from './recordings-file.ts';
import type { Session } from './session.ts';
import { Signal } from './signal.ts';

/** Where a recording stops by itself: bytes, and milliseconds. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_TIME = 8 * 60 * 60 * 1000;
/** Of the whole folder, in bytes. */
const MAX_FOLDER = 1024 * 1024 * 1024;

/** Why a recording was not begun: one sentence for the learner. */
export class RecordingError extends Error {}

export interface RecordingsOptions {
  /** Made with mode 0700 when the first recording begins. */
  folder: string;
  /** Text with control sequences that draws a terminal as it is now. */
  screen: (session: Session) => string | Promise<string>;
  maxBytes?: number;
  maxTime?: number;
  maxFolder?: number;
}

export class Recordings {
  /** All of them, newest first: one has begun, ended, or was deleted. */
  readonly changed = new Signal<RecordingInfo[]>();
  #saved = new Map<string, RecordingInfo>();
  #underWay = new Map<Session, { name: string; recorder: Recorder }>();
  #stopping = new Set<Promise<void>>();
  /** Resolves when the recordings of earlier days are read. */
  readonly ready: Promise<void>;

  constructor(private readonly options: RecordingsOptions) {
    this.ready = this.#readFolder();
  }

  /** Saved ones, newest first; until `ready`, those read so far. */
  list(): RecordingInfo[] {
    return [...this.#saved.values()].sort((a, b) => b.started - a.started || b.name.localeCompare(a.name));
  }

  /** Does nothing for a terminal that is recorded already. Throws a RecordingError. */
  start(session: Session): void {
    if (this.#underWay.has(session)) return;
    if (session.hasExited) throw new RecordingError('The shell of this terminal has ended.');
    const { folder, maxFolder = MAX_FOLDER } = this.options;
    const used = this.list().reduce((sum, info) => sum + info.bytes, 0);
    if (used >= maxFolder) throw new RecordingError('The recordings take up 1 GiB. Delete some first.');
    let name: string;
    let recorder: Recorder;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
      name = this.#newName(session.info.tab);
      recorder = new Recorder(session, {
        file: path.join(folder, name),
        title: `Malha, terminal ${session.info.tab}`,
        screen: Promise.resolve().then(() => this.options.screen(session)),
        maxBytes: this.options.maxBytes ?? MAX_BYTES,
        maxTime: this.options.maxTime ?? MAX_TIME,
        onStop: () => void this.stop(session),
      });
    } catch (error) {
      throw new RecordingError(`The recording could not be begun: ${(error as Error).message}`);
    }
    this.#underWay.set(session, { name, recorder });
    session.note({ recording: name });
  }

  /** Resolves when the recording is saved. Does nothing where there is none. */
  stop(session: Session): Promise<void> {
    const current = this.#underWay.get(session);
    if (!current) return Promise.resolve();
    this.#underWay.delete(session);
    const { name, recorder } = current;
    const { columns, rows } = session.size;
    session.note({ recording: undefined });
    const saved = recorder.stop().then(async () => {
      const info = await describeRecording(path.join(this.options.folder, name)).catch(() => undefined);
      // What could not be read again is still there for the learner to look at.
      this.#saved.set(name, info ?? describeUnread(name, recorder, { columns, rows }, session.info.tab));
      this.changed.emit(this.list());
    });
    this.#stopping.add(saved);
    return saved.finally(() => this.#stopping.delete(saved));
  }

  /** Saves what is under way: at the lab's end. */
  async stopAll(): Promise<void> {
    for (const session of [...this.#underWay.keys()]) void this.stop(session);
    await Promise.allSettled(this.#stopping);
  }

  /** The path of a saved recording; undefined where there is none of this name. */
  file(name: string): string | undefined {
    return v.is(recordingName, name) && this.#saved.has(name) ? path.join(this.options.folder, name) : undefined;
  }

  /** False where there is no saved recording of this name. */
  async remove(name: string): Promise<boolean> {
    const file = this.file(name);
    if (!file) return false;
    this.#saved.delete(name);
    await rm(file, { force: true });
    this.changed.emit(this.list());
    return true;
  }

  /** `20261123-031500-1.cast`, in local time; a second one in that second gets `-2`. */
  #newName(tab: number): string {
    const now = new Date();
    const two = (n: number) => String(n).padStart(2, '0');
    const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
    const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
    for (let more = 1; ; more++) {
      const name = `${date}-${time}-${tab}${more === 1 ? '' : `-${more}`}.cast`;
      if (!existsSync(path.join(this.options.folder, name))) return name;
    }
  }

  /** One after another, so that a folder of large files holds nothing up. Files that are no recordings are left out. */
  async #readFolder(): Promise<void> {
    let names: string[];
    try {
      names = readdirSync(this.options.folder).filter((name) => v.is(recordingName, name));
    } catch {
      return; // no folder: nothing was recorded yet
    }
    for (const name of names) {
      const info = await describeRecording(path.join(this.options.folder, name)).catch(() => undefined);
      const isUnderWay = [...this.#underWay.values()].some((current) => current.name === name);
      if (info && !isUnderWay) this.#saved.set(name, info);
    }
    if (this.#saved.size > 0) this.changed.emit(this.list());
  }
}

function describeUnread(
  name: string,
  recorder: Recorder,
  size: { columns: number; rows: number },
  tab: number,
): RecordingInfo {
  const { bytes, commands, duration, started, stoppedBy } = recorder;
  return { name, tab, started: Math.floor(started / 1000), duration, bytes, commands, ...size, stoppedBy };
}
