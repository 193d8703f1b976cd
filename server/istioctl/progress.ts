/** The installer's progress: one line that changes on a terminal, one line per change elsewhere. */
import { green, type Io, red } from './io.ts';

export const COMPONENT_NAMES = {
  Base: { text: 'Istio core', icon: '⛵️' },
  Pilot: { text: 'Istiod', icon: '🧠' },
  IngressGateways: { text: 'Ingress gateways', icon: '🛬' },
  EgressGateways: { text: 'Egress gateways', icon: '🛫' },
} as const;

export type ComponentName = keyof typeof COMPONENT_NAMES;

const CLEAR = '\r\u001b[2K';

export class Progress {
  private last = '';

  constructor(private readonly io: Io) {}

  /** `waiting` are the objects that are not ready, as `Deployment/istio-system/istiod`. */
  working(components: ComponentName[], waiting: string[] = []): void {
    const names = components.map((name) => COMPONENT_NAMES[name].text).sort();
    const wait = waiting.length ? ` Waiting for ${[...waiting].sort().join(', ')}` : '';
    this.show(`- Processing resources for ${names.join(', ')}.${wait}`);
  }

  pruning(): void {
    this.show('- Pruning removed resources');
  }

  installed(component: ComponentName): void {
    const { text, icon } = COMPONENT_NAMES[component];
    this.finish(`${green(this.io, '✔')} ${text} installed ${icon}`);
  }

  failed(component: ComponentName, reason: string): void {
    this.finish(`${red(this.io, '✘')} ${COMPONENT_NAMES[component].text} encountered an error: ${reason}`);
  }

  done(text: string): void {
    this.finish(`${green(this.io, '✔')} ${text}`);
  }

  private show(text: string): void {
    if (text === this.last) return;
    this.last = text;
    if (!this.io.isTerminal) {
      this.io.stderr(`${text}\n`);
      return;
    }
    // A line that wraps could not be cleared again.
    const width = this.io.columns?.() ?? 80;
    this.io.stderr(`${CLEAR}${text.length < width ? text : `${text.slice(0, width - 4)}...`}`);
  }

  private finish(text: string): void {
    this.last = '';
    this.io.stderr(`${this.io.isTerminal ? CLEAR : ''}${text}\n`);
  }
}
