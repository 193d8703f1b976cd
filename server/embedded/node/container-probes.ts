/** The probes of one run of a container: the startup probe first, then liveness and readiness side by side. */
import type { Container, Probe } from '../types.ts';
import { type ProbeKind, Prober, type ProbeTarget } from './probes.ts';

export interface ProbeListener {
  /** `started` or `ready` changed. */
  changed(): void;
  /** One ask failed. */
  unhealthy(message: string): void;
  /** The container must be restarted. */
  failed(kind: 'liveness' | 'startup', probe: Probe): void;
}

export class ContainerProbes {
  /** Past its startup probe. */
  started: boolean;
  private readinessPassed: boolean;
  private probers: Prober[] = [];

  constructor(
    private readonly container: Container,
    private readonly target: ProbeTarget,
    private readonly listener: ProbeListener,
  ) {
    const { startupProbe, readinessProbe } = container;
    this.started = !startupProbe;
    this.readinessPassed = !readinessProbe;
    if (startupProbe) {
      this.probe('Startup', startupProbe, (ok) => {
        this.stop();
        if (ok) this.begin();
        else listener.failed('startup', startupProbe);
      });
    } else {
      this.begin();
    }
  }

  get ready(): boolean {
    return this.started && this.readinessPassed;
  }

  stop(): void {
    for (const prober of this.probers) prober.stop();
    this.probers = [];
  }

  private begin(): void {
    const { livenessProbe, readinessProbe } = this.container;
    this.started = true;
    if (livenessProbe) {
      this.probe('Liveness', livenessProbe, (ok) => {
        if (!ok) this.listener.failed('liveness', livenessProbe);
      });
    }
    if (readinessProbe) {
      this.probe('Readiness', readinessProbe, (ok) => {
        this.readinessPassed = ok;
      });
    }
  }

  private probe(kind: ProbeKind, probe: Probe, onVerdict: (ok: boolean) => void): void {
    const prober = new Prober(
      probe,
      this.target,
      (ok) => {
        onVerdict(ok);
        this.listener.changed();
      },
      (output) => this.listener.unhealthy(`${kind} probe failed: ${output}`),
    );
    this.probers.push(prober);
  }
}
