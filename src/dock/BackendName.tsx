/** Says where commands run and how far the lab is: "embedded cluster (simulated)", "kind", "starting". */
import { translate } from '@docusaurus/Translate';
import type { ReactNode } from 'react';
import type { LabReport } from '../../server/protocol';
import { Icon } from '../components/Icon';
import { labState } from '../lab/state';
import { useStore } from '../lab/store';
import styles from './dock.module.css';

/** `silent`: what it says of the connection is read aloud by another. */
export function BackendName({ silent = false }: { silent?: boolean }): ReactNode {
  const lab = useStore(labState, (s) => s.lab);
  const connection = useStore(labState, (s) => s.connection);
  const connectedOnce = useStore(labState, (s) => s.connectedOnce);
  // A connection that comes back within a blink is not worth a word.
  const isLost = useStore(labState, (s) => s.lost !== undefined);
  if (connection === 'lost' && (isLost || !connectedOnce)) {
    return (
      <span className={styles.backend} role={silent ? undefined : 'status'}>
        <Icon name="clock" />
        {connectedOnce
          ? translate({ id: 'dock.reconnecting', message: 'Connection lost. Trying again…' })
          : translate({ id: 'dock.connectAgain', message: 'The lab does not answer. Trying again…' })}
      </span>
    );
  }
  if (lab === undefined) {
    return <span className={styles.backend}>{translate({ id: 'dock.connecting', message: 'Connecting…' })}</span>;
  }
  return (
    <span className={styles.backend} role="status" data-phase={lab.phase} title={lab.backend?.note}>
      <PhaseMark lab={lab} />
      <span className={styles.backendText}>
        {lab.backend !== undefined && nameOf(lab.backend)}
        {lab.backend !== undefined && lab.isolated && <>, {translate({ id: 'dock.isolated', message: 'isolated' })}</>}
        {lab.phase !== 'ready' && <> {phaseWords(lab)}</>}
      </span>
    </span>
  );
}

function PhaseMark({ lab }: { lab: LabReport }): ReactNode {
  const icon = { starting: 'spinner', ready: 'check', failed: 'cross' } as const;
  return (
    <span className={styles.mark} data-state={lab.phase === 'starting' ? 'running' : lab.phase}>
      <Icon name={icon[lab.phase]} />
    </span>
  );
}

/** The server's own label, but for the one backend whose name has a translation. */
const nameOf = ({ kind, label }: NonNullable<LabReport['backend']>): string =>
  kind === 'embedded' ? translate({ id: 'dock.backend.embedded', message: 'embedded cluster (simulated)' }) : label;

function phaseWords(lab: LabReport): string {
  if (lab.phase === 'starting') return lab.message ?? translate({ id: 'dock.phase.starting', message: 'is starting…' });
  return lab.message ?? translate({ id: 'dock.phase.failed', message: 'could not be started' });
}
