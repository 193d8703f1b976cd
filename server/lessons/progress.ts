/**
 * The learner's progress: one file in the lab's folder, written whole at each change. A file that cannot be read is set
 * aside and told of, never a reason not to start.
 */
import { readFileSync, renameSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { LESSON_LIMITS, type PageProgress, Progress } from '../protocol.ts';
import { Signal } from '../terminal/signal.ts';

const nothing = (): Progress => ({ version: 1, pages: {} });

/** What a browser may say of a page; steps and checks are what the server has seen. */
export type Said = Pick<PageProgress, 'started' | 'finished' | 'answers' | 'help'>;

export class ProgressFile {
  readonly changed = new Signal<Progress>();
  /** Where a broken file was put, for the learner. */
  readonly setAside: string | undefined;
  #progress: Progress;
  #writing: Promise<void> = Promise.resolve();
  #isWaiting = false;

  constructor(private readonly file: string) {
    const { progress, setAside } = load(file);
    this.#progress = progress;
    this.setAside = setAside;
  }

  get(): Progress {
    return structuredClone(this.#progress);
  }

  page(page: string): PageProgress {
    return structuredClone(this.#progress.pages[page] ?? {});
  }

  /** Merges by name within each field. Throws where the whole would grow beyond its limit. */
  merge(page: string, part: PageProgress): void {
    const before = this.#progress.pages[page] ?? {};
    const after: PageProgress = { ...before, ...part };
    for (const field of ['steps', 'checks', 'answers', 'help'] as const) {
      if (part[field]) Object.assign(after, { [field]: { ...before[field], ...part[field] } });
    }
    this.#replace({ ...this.#progress.pages, [page]: after });
  }

  /** Forgets fields of a page, a whole page, or everything. */
  erase(page?: string, fields?: (keyof PageProgress)[]): void {
    const pages = { ...this.#progress.pages };
    if (page === undefined) {
      this.#replace({});
    } else if (fields === undefined) {
      delete pages[page];
      this.#replace(pages);
    } else if (pages[page]) {
      const kept = { ...pages[page] };
      for (const field of fields) delete kept[field];
      this.#replace({ ...pages, [page]: kept });
    }
  }

  /** Resolves when all that was changed is on the disk. */
  settled(): Promise<void> {
    return this.#writing;
  }

  #replace(pages: Progress['pages']): void {
    const progress: Progress = { version: 1, pages };
    if (Buffer.byteLength(JSON.stringify(progress)) > LESSON_LIMITS.progress) {
      throw new Error('The progress has grown beyond its limit: erase what you no longer need.');
    }
    this.#progress = progress;
    this.#save();
    this.changed.emit(this.get());
  }

  /** Writes one after the other; changes that come meanwhile share the next write. */
  #save(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#writing = this.#writing.then(async () => {
      this.#isWaiting = false;
      const temporary = `${this.file}.new`;
      try {
        await writeFile(temporary, JSON.stringify(this.#progress, undefined, 2));
        await rename(temporary, this.file);
      } catch (error) {
        console.error(`The progress could not be written: ${(error as Error).message}`);
      }
    });
  }
}

function load(file: string): { progress: Progress; setAside?: string } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') console.error(`${file}: ${(error as Error).message}`);
    return { progress: nothing() };
  }
  try {
    return { progress: v.parse(Progress, JSON.parse(text)) };
  } catch {
    const setAside = `${file}.broken-${new Date().toISOString().replace(/[:.]/g, '-')}`;
    try {
      renameSync(file, setAside);
    } catch (error) {
      console.error(`${file} is broken and cannot be set aside: ${(error as Error).message}`);
    }
    return { progress: nothing(), setAside };
  }
}
