/** Checks of "A namespace at a time". */
import type { Check } from '../../../server/lessons/lab.ts';
import { allOf, injectionLabelIs, proxiesAt, SERVICES, templateLabelIs } from '../../../server/lessons/mesh.ts';

export const bankInMesh: Check = (lab) =>
  allOf(
    () => injectionLabelIs(lab, 'enabled'),
    () => proxiesAt(lab, SERVICES),
  );

export const oneLeftOut: Check = (lab) =>
  allOf(
    () => templateLabelIs(lab, 'rates', 'false'),
    () =>
      proxiesAt(
        lab,
        SERVICES.filter((service) => service !== 'rates'),
      ),
  );

export const onlyRatesIn: Check = (lab) =>
  allOf(
    () => injectionLabelIs(lab, undefined),
    () => templateLabelIs(lab, 'rates', 'true'),
    () => proxiesAt(lab, ['rates']),
  );

export const bankWithoutSidecars: Check = (lab) =>
  allOf(
    () => injectionLabelIs(lab, undefined),
    () => templateLabelIs(lab, 'rates', undefined),
    () => proxiesAt(lab, []),
  );
