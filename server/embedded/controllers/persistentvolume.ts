/**
 * Binds claims of the class `standard` (kind's default class) to volumes made for them. The embedded node's programs
 * keep no files, so such a volume holds nothing: it lets a workload that asks for storage start.
 */
import type { KubeObject } from '../client.ts';
import { keyOf } from '../informer.ts';
import { isAlreadyExists, isNotFound } from '../status.ts';
import { type Quantity, RESOURCES } from '../types.ts';
import { type Controller, type ControllerContext, startController } from './controller.ts';

const CLASS = 'standard';
const PROVISIONER = 'malha.dev/embedded';
const VOLUMES = { group: '', version: 'v1', resource: 'persistentvolumes' };
const CLASSES = { group: 'storage.k8s.io', version: 'v1', resource: 'storageclasses' };

interface Claim extends KubeObject {
  spec: {
    accessModes?: string[];
    resources?: { requests?: Record<string, Quantity> };
    storageClassName?: string;
    volumeName?: string;
    volumeMode?: string;
  };
  status?: { phase?: string };
}

interface Volume extends KubeObject {
  spec: { claimRef?: { uid?: string } };
  status?: { phase?: string };
}

export function startPersistentVolumeController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const claims = informers.of<Claim>(RESOURCES.persistentvolumeclaims);
  const events = context.events('persistentvolume-controller');
  const controller = startController(context, 'persistentvolume', reconcile);
  claims.handle({
    added: (claim) => controller.enqueue(keyOf(claim)),
    updated: (_, claim) => controller.enqueue(keyOf(claim)),
    deleted: (claim) => void release(claim).catch((error) => context.log(`persistentvolume: ${error.message}`)),
  });
  void createClass().catch((error) => context.log(`persistentvolume: ${error.message}`));

  async function createClass(): Promise<void> {
    const storageClass = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: CLASS, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: PROVISIONER,
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
    };
    await client.create(CLASSES, storageClass).catch((error) => {
      if (!isAlreadyExists(error)) throw error;
    });
  }

  async function reconcile(key: string): Promise<void> {
    const claim = claims.get(key);
    if (!claim || claim.metadata.deletionTimestamp || claim.status?.phase === 'Bound') return;
    const {
      storageClassName = CLASS,
      accessModes = ['ReadWriteOnce'],
      resources,
      volumeMode = 'Filesystem',
    } = claim.spec;
    if (storageClassName !== CLASS) return;
    const capacity = { storage: resources?.requests?.storage ?? '1Gi' };
    const { uid, namespace, name } = claim.metadata;
    const volume: Volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `pvc-${uid}`, annotations: { 'pv.kubernetes.io/provisioned-by': PROVISIONER } },
      spec: {
        accessModes,
        capacity,
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
        hostPath: { path: `/var/malha/${namespace}_${name}`, type: 'DirectoryOrCreate' },
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName,
        volumeMode,
      } as Volume['spec'],
    };
    const made = await client.create<Volume>(VOLUMES, volume).catch((error) => {
      if (isAlreadyExists(error)) return client.get<Volume>(VOLUMES, { name: volume.metadata.name });
      throw error;
    });
    await client.update<Volume>(VOLUMES, { ...made, status: { phase: 'Bound' } }, 'status');
    const spec = { ...claim.spec, storageClassName, volumeName: made.metadata.name };
    const bound = await client.update<Claim>(RESOURCES.persistentvolumeclaims, { ...claim, spec });
    const status = { phase: 'Bound', accessModes, capacity };
    claims.observe(await client.update<Claim>(RESOURCES.persistentvolumeclaims, { ...bound, status }, 'status'));
    events.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${made.metadata.name}`);
  }

  async function release(claim: Claim): Promise<void> {
    const { volumeName } = claim.spec;
    if (!volumeName?.startsWith('pvc-')) return;
    await client.delete(VOLUMES, { name: volumeName }).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  }

  return controller;
}
