/** The words for the states of the cluster that lessons start from. */
import { translate } from '@docusaurus/Translate';
import type { Checkpoint } from '../../../server/lessons/schema';

export function checkpointName(checkpoint: Checkpoint): string {
  switch (checkpoint) {
    case 'empty':
      return translate({ id: 'checkpoint.empty', message: 'an empty cluster' });
    case 'istio-demo':
      return translate({ id: 'checkpoint.istioDemo', message: 'a cluster with Istio' });
    case 'bank':
      return translate({ id: 'checkpoint.bank', message: 'Istio and the bank, outside the mesh' });
  }
}
