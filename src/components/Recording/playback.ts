/** Plays a timeline onto a screen: play, pause, seek, speed. Knows nothing of React or xterm. */
import { createStore } from '../../lab/store';
import type { Timeline } from './timeline';

export interface Screen {
  /** Empty, with this size. */
  reset(columns: number, rows: number): void;
  resize(columns: number, rows: number): void;
  /** Resolves when the text is on the screen. */
  write(text: string): Promise<void>;
}

export interface PlaybackState {
  playing: boolean;
  /** Seconds. */
  position: number;
  speed: number;
}

/** Characters written at once: xterm draws between two pieces, and throws away what comes much faster than it parses. */
const PIECE = 64 * 1024;
/** The longest time between two looks at the clock while it plays, in milliseconds: moves the slider. */
const TICK = 100;

export class Playback {
  readonly state = createStore<PlaybackState>({ playing: false, position: 0, speed: 1 });
  /** Index of the first moment that is not on the screen. */
  #next = 0;
  /** Clock and position when playing began or its speed changed. */
  #since = { clock: 0, position: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What is being drawn; each drawing waits for the one before. */
  #drawing: Promise<void> = Promise.resolve();
  /** Counts seeks and the end, which break off what is drawn for an older position. */
  #generation = 0;

  /** The screen must have the timeline's size, and be empty. */
  constructor(
    readonly timeline: Timeline,
    private readonly screen: Screen,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** From the beginning where it is at its end. */
  play(): void {
    const { playing, position } = this.state.get();
    if (playing) return;
    if (position >= this.timeline.duration) void this.seek(0);
    this.#restartClock();
    this.state.set({ playing: true });
    this.#tick();
  }

  pause(): void {
    clearTimeout(this.#timer);
    if (this.state.get().playing) this.state.set({ playing: false, position: this.#position() });
  }

  setSpeed(speed: number): void {
    this.state.set({ position: this.state.get().playing ? this.#position() : this.state.get().position, speed });
    this.#restartClock();
  }

  /** Resolves when the screen shows that moment, or a later seek has taken over. */
  seek(position: number): Promise<void> {
    const to = Math.min(Math.max(0, position), this.timeline.duration);
    const isBack = to < this.state.get().position;
    this.state.set({ position: to });
    this.#restartClock();
    if (isBack) {
      this.#generation++;
      const generation = this.#generation;
      this.#drawing = this.#drawing.then(() => {
        if (generation !== this.#generation) return;
        this.#next = 0;
        this.screen.reset(this.timeline.columns, this.timeline.rows);
      });
    }
    return this.#draw(to);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#generation++;
  }

  #position(): number {
    const { speed } = this.state.get();
    const { clock, position } = this.#since;
    return Math.min(position + ((this.now() - clock) / 1000) * speed, this.timeline.duration);
  }

  #restartClock(): void {
    this.#since = { clock: this.now(), position: this.state.get().position };
  }

  #tick(): void {
    const position = this.#position();
    this.state.set({ position });
    const generation = this.#generation;
    void this.#draw(position).then(() => {
      if (!this.state.get().playing || generation !== this.#generation) {
        // A seek backwards goes on with the clock that it has set anew.
        if (this.state.get().playing) this.#plan();
        return;
      }
      if (position >= this.timeline.duration) this.state.set({ playing: false });
      else this.#plan();
    });
  }

  #plan(): void {
    clearTimeout(this.#timer);
    const { moments } = this.timeline;
    const { speed } = this.state.get();
    const upcoming = moments[this.#next]?.time ?? this.timeline.duration;
    const wait = ((upcoming - this.#position()) / speed) * 1000;
    this.#timer = setTimeout(() => this.state.get().playing && this.#tick(), Math.min(Math.max(wait, 4), TICK));
  }

  /** Draws every moment up to a position. */
  #draw(until: number): Promise<void> {
    const generation = this.#generation;
    this.#drawing = this.#drawing.then(async () => {
      const { moments } = this.timeline;
      while (generation === this.#generation) {
        const moment = moments[this.#next];
        if (moment === undefined || moment.time > until) return;
        if (moment.kind === 'resize') {
          this.#next++;
          this.screen.resize(moment.columns, moment.rows);
          continue;
        }
        await this.screen.write(this.#takeText(until));
      }
    });
    return this.#drawing;
  }

  /** The text of the next moments in one piece, up to a resize. */
  #takeText(until: number): string {
    let text = '';
    for (;;) {
      const moment = this.timeline.moments[this.#next];
      if (moment?.kind !== 'output' || moment.time > until || text.length >= PIECE) return text;
      text += moment.text;
      this.#next++;
    }
  }
}
