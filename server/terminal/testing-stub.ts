/** Stands in tests for a terminal whose shell prints what the test says, when it says so. */

import type { TerminalInfo } from '../protocol.ts';
import type { Mark } from './marks.ts';
import type { Session } from './session.ts';
import { Signal } from './signal.ts';

export class StubSession {
  readonly info: TerminalInfo = { terminal: 1, tab: 1, title: 'bash', state: 'prompt', cwd: '/' };
  readonly text = new Signal<Buffer>();
  readonly mark = new Signal<Mark>();
  readonly exited = new Signal<number>();
  readonly hasExited = false;
  readonly bracketedPaste = false;
  lineTouched = false;
  lineEntered = false;
  /** What was typed into it. */
  readonly typed: string[] = [];

  write(text: string): void {
    this.typed.push(text);
  }

  print(text: string): void {
    this.text.emit(Buffer.from(text));
  }

  get asSession(): Session {
    return this as unknown as Session;
  }
}
