/** A pod's quality of service class, from what its containers request and may use. */
import { canonicalQuantity } from './canonical-quantity.ts';
import { asList, asObject, type Json } from './json.ts';

const COMPUTE = ['cpu', 'memory'];
const isZero = (quantity: unknown) => quantity === undefined || canonicalQuantity(quantity as string) === '0';

/** As k8s.io/kubernetes pkg/apis/core/v1/helper/qos computes it. */
export function qosClass(spec: Json): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  let any = false;
  let guaranteed = true;
  for (const container of [...asList(spec.initContainers), ...asList(spec.containers)]) {
    const { requests, limits } = asObject(container.resources);
    for (const name of COMPUTE) {
      const request = asObject(requests)[name];
      const limit = asObject(limits)[name];
      if (!isZero(request) || !isZero(limit)) any = true;
      const same =
        !isZero(limit) && canonicalQuantity((request ?? limit) as string) === canonicalQuantity(limit as string);
      if (!same) guaranteed = false;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
