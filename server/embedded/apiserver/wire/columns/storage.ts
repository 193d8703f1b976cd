/** The columns of volumes, claims and the storage.k8s.io kinds. */
import type { KubeObject } from '../../../client.ts';
import { age, at, type Column, computed, field, list, name, text } from './column.ts';

const shortModes: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** In Kubernetes' own order, whatever the object's. */
const accessModes = (object: KubeObject, path: string): string => {
  const modes = list<string>(object, path);
  return Object.keys(shortModes)
    .filter((mode) => modes.includes(mode))
    .map((mode) => shortModes[mode])
    .join(',');
};

const phase = computed('Status', (object) =>
  object.metadata.deletionTimestamp ? 'Terminating' : text(object, 'status.phase'),
);

const storageClass = computed(
  'StorageClass',
  (object) =>
    object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? text(object, 'spec.storageClassName'),
);

const attributesClass = field('VolumeAttributesClass', 'spec.volumeAttributesClassName', '<unset>');
const volumeMode = field('VolumeMode', 'spec.volumeMode', '<unset>', 1);

export const persistentVolumes: Column[] = [
  name,
  field('Capacity', 'spec.capacity.storage', '0'),
  computed('Access Modes', (object) => accessModes(object, 'spec.accessModes')),
  field('Reclaim Policy', 'spec.persistentVolumeReclaimPolicy'),
  phase,
  computed('Claim', (object) => {
    const claim = at(object, 'spec.claimRef');
    return claim ? `${text(claim, 'namespace')}/${text(claim, 'name')}` : '';
  }),
  storageClass,
  attributesClass,
  field('Reason', 'status.reason'),
  age,
  volumeMode,
];

const bound = (object: KubeObject) => text(object, 'spec.volumeName') !== '';

export const persistentVolumeClaims: Column[] = [
  name,
  phase,
  field('Volume', 'spec.volumeName'),
  computed('Capacity', (object) => (bound(object) ? text(object, 'status.capacity.storage', '0') : '')),
  computed('Access Modes', (object) => (bound(object) ? accessModes(object, 'status.accessModes') : '')),
  storageClass,
  attributesClass,
  age,
  volumeMode,
];

const defaultName = (annotations: string[]): Column => ({
  ...name,
  cell: ({ metadata }) =>
    metadata.name + (annotations.some((key) => metadata.annotations?.[key] === 'true') ? ' (default)' : ''),
});

export const storageClasses: Column[] = [
  defaultName(['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']),
  field('Provisioner', 'provisioner'),
  field('ReclaimPolicy', 'reclaimPolicy', 'Delete'),
  field('VolumeBindingMode', 'volumeBindingMode', 'Immediate'),
  computed('AllowVolumeExpansion', (object) => at(object, 'allowVolumeExpansion') === true),
  age,
];

export const volumeAttributesClasses: Column[] = [
  defaultName(['volumeattributesclass.kubernetes.io/is-default-class']),
  field('DriverName', 'driverName'),
  age,
];

export const volumeAttachments: Column[] = [
  name,
  field('Attacher', 'spec.attacher'),
  field('PV', 'spec.source.persistentVolumeName'),
  field('Node', 'spec.nodeName'),
  computed('Attached', (object) => at(object, 'status.attached') === true, { type: 'boolean' }),
  age,
];

export const csiNodes: Column[] = [
  name,
  computed('Drivers', (object) => list(object, 'spec.drivers').length, { type: 'integer' }),
  age,
];

const flag = (title: string, path: string, otherwise: boolean) =>
  computed(title, (object) => (at(object, path) as boolean | undefined) ?? otherwise, { type: 'boolean' });

export const csiDrivers: Column[] = [
  name,
  flag('AttachRequired', 'spec.attachRequired', true),
  flag('PodInfoOnMount', 'spec.podInfoOnMount', false),
  flag('StorageCapacity', 'spec.storageCapacity', false),
  computed('TokenRequests', (object) =>
    at(object, 'spec.tokenRequests')
      ? list(object, 'spec.tokenRequests')
          .map((request) => text(request, 'audience'))
          .join(',')
      : '<unset>',
  ),
  flag('RequiresRepublish', 'spec.requiresRepublish', false),
  computed('Modes', (object) => list<string>(object, 'spec.volumeLifecycleModes').join(',') || '<none>'),
  age,
];

export const csiStorageCapacities: Column[] = [
  name,
  field('StorageClassName', 'storageClassName'),
  field('Capacity', 'capacity', '<unset>'),
];
