/** Which resource has which printer columns. */
import type { ResourceInfo } from '../../resource.ts';
import * as access from './access.ts';
import * as cluster from './cluster.ts';
import { type Column, name, text } from './column.ts';
import { customColumns } from './custom.ts';
import * as network from './network.ts';
import * as podColumns from './pods.ts';
import * as storage from './storage.ts';
import * as workloads from './workloads.ts';

const builtin: Record<string, Column[]> = {
  '/configmaps': cluster.configMaps,
  '/endpoints': network.endpoints,
  '/events': cluster.events,
  '/namespaces': cluster.namespaces,
  '/nodes': cluster.nodes,
  '/persistentvolumeclaims': storage.persistentVolumeClaims,
  '/persistentvolumes': storage.persistentVolumes,
  '/pods': podColumns.pods,
  '/podtemplates': podColumns.podTemplates,
  '/replicationcontrollers': workloads.replicationControllers,
  '/resourcequotas': cluster.resourceQuotas,
  '/secrets': cluster.secrets,
  '/serviceaccounts': cluster.serviceAccounts,
  '/services': network.services,
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': access.webhookConfigurations,
  'admissionregistration.k8s.io/validatingwebhookconfigurations': access.webhookConfigurations,
  'admissionregistration.k8s.io/validatingadmissionpolicies': access.validatingAdmissionPolicies,
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': access.validatingAdmissionPolicyBindings,
  'apps/controllerrevisions': workloads.controllerRevisions,
  'apps/daemonsets': workloads.daemonSets,
  'apps/deployments': workloads.deployments,
  'apps/replicasets': workloads.replicaSets,
  'apps/statefulsets': workloads.statefulSets,
  'autoscaling/horizontalpodautoscalers': workloads.horizontalPodAutoscalers,
  'autoscaling/scales': workloads.scales,
  'batch/cronjobs': workloads.cronJobs,
  'batch/jobs': workloads.jobs,
  'certificates.k8s.io/certificatesigningrequests': cluster.certificateSigningRequests,
  'coordination.k8s.io/leases': cluster.leases,
  'discovery.k8s.io/endpointslices': network.endpointSlices,
  'events.k8s.io/events': cluster.events,
  'networking.k8s.io/ingressclasses': network.ingressClasses,
  'networking.k8s.io/ingresses': network.ingresses,
  'networking.k8s.io/ipaddresses': network.ipAddresses,
  'networking.k8s.io/networkpolicies': network.networkPolicies,
  'networking.k8s.io/servicecidrs': network.serviceCidrs,
  'node.k8s.io/runtimeclasses': cluster.runtimeClasses,
  'policy/poddisruptionbudgets': workloads.podDisruptionBudgets,
  'rbac.authorization.k8s.io/clusterrolebindings': access.roleBindings,
  'rbac.authorization.k8s.io/rolebindings': access.roleBindings,
  'scheduling.k8s.io/priorityclasses': cluster.priorityClasses,
  'storage.k8s.io/csidrivers': storage.csiDrivers,
  'storage.k8s.io/csinodes': storage.csiNodes,
  'storage.k8s.io/csistoragecapacities': storage.csiStorageCapacities,
  'storage.k8s.io/storageclasses': storage.storageClasses,
  'storage.k8s.io/volumeattachments': storage.volumeAttachments,
  'storage.k8s.io/volumeattributesclasses': storage.volumeAttributesClasses,
};

/** What the API server shows for a kind without columns of its own: roles, limit ranges, custom resource definitions. */
const byDefault: Column[] = [
  name,
  { name: 'Created At', type: 'date', cell: (object) => text(object, 'metadata.creationTimestamp') },
];

const custom = new WeakMap<ResourceInfo, Column[]>();

/** The columns of a resource. A custom resource's are parsed once for each ResourceInfo. */
export const columnsOf = (resource: ResourceInfo): Column[] => {
  if (resource.type) return builtin[`${resource.group}/${resource.resource}`] ?? byDefault;
  const known = custom.get(resource) ?? customColumns(resource);
  custom.set(resource, known);
  return known;
};
