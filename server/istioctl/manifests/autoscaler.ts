/** The HorizontalPodAutoscaler that every profile but demo puts on istiod and the gateways. */
import { type Manifest, NAMESPACE } from './object.ts';

export const autoscaler = (name: string, labels: Record<string, string>): Manifest => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name, namespace: NAMESPACE, labels },
  spec: {
    minReplicas: 1,
    maxReplicas: 5,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
  },
});
