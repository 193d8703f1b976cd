/** Checks of "Your first sidecar". */
import type { Check } from '../../../server/lessons/lab.ts';
import { allOf, injectionLabelIs, proxiesAt, SERVICES } from '../../../server/lessons/mesh.ts';

export const namespaceLabelled: Check = (lab) => injectionLabelIs(lab, 'enabled');

export const sidecarsInjected: Check = (lab) => proxiesAt(lab, SERVICES);

export const bankWithoutSidecars: Check = (lab) =>
  allOf(
    () => injectionLabelIs(lab, undefined),
    () => proxiesAt(lab, []),
  );
