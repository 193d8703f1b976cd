/** The files that volumes put into containers: ConfigMaps, Secrets, the downward API and projections of them. */
import { posix } from 'node:path';
import type { ConfigMap, Container, DownwardItem, KeyToPath, Pod, Secret, Volume, VolumeProjection } from '../types.ts';
import { decoded, type EnvSources, expand, fieldValue, resourceValue } from './env.ts';

/** A volume cannot be made: the message goes into a FailedMount event, and the pod waits. */
export class MountError extends Error {
  constructor(
    readonly volume: string,
    reason: string,
  ) {
    super(`MountVolume.SetUp failed for volume "${volume}" : ${reason}`);
  }
}

export interface TokenRequest {
  namespace: string;
  serviceAccount: string;
  /** The API server's own audience where it is left out. */
  audience?: string;
  expirationSeconds: number;
  pod: { name: string; uid: string };
}

export interface VolumeSources extends EnvSources {
  /** A token of the pod's service account. */
  token(request: TokenRequest): Promise<string>;
}

/** Relative path → content. */
export type VolumeFiles = Map<string, string>;

const EMPTY_SOURCES = new Set(['emptyDir', 'hostPath', 'persistentVolumeClaim', 'ephemeral']);

/** Content by volume name. Rejects with MountError at the first that cannot be made. */
export async function buildVolumes(pod: Pod, sources: VolumeSources): Promise<Map<string, VolumeFiles>> {
  const volumes = new Map<string, VolumeFiles>();
  for (const volume of pod.spec.volumes ?? []) volumes.set(volume.name, await buildVolume(volume, sources));
  return volumes;
}

async function buildVolume(volume: Volume, sources: VolumeSources): Promise<VolumeFiles> {
  if (volume.configMap) return project(volume.name, { configMap: volume.configMap }, sources);
  if (volume.secret) {
    const { secretName, ...rest } = volume.secret;
    return project(volume.name, { secret: { ...rest, name: secretName } }, sources);
  }
  if (volume.downwardAPI) return project(volume.name, { downwardAPI: volume.downwardAPI }, sources);
  if (volume.projected) {
    const files: VolumeFiles = new Map();
    for (const source of volume.projected.sources ?? []) {
      for (const [path, content] of await project(volume.name, source, sources)) files.set(path, content);
    }
    return files;
  }
  const source = Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir';
  if (EMPTY_SOURCES.has(source)) return new Map();
  throw new MountError(volume.name, `the embedded cluster does not support volumes of type ${source}`);
}

async function project(volume: string, source: VolumeProjection, sources: VolumeSources): Promise<VolumeFiles> {
  const { pod } = sources;
  const namespace = pod.metadata.namespace ?? 'default';
  if (source.configMap) {
    const { name = '', items, optional } = source.configMap;
    const map = await sources.configMap(name);
    if (!map && !optional) throw new MountError(volume, `configmap "${name}" not found`);
    return select(volume, contentOf(map), items, !!optional, 'config');
  }
  if (source.secret) {
    const { name = '', items, optional } = source.secret;
    const secret = await sources.secret(name);
    if (!secret && !optional) throw new MountError(volume, `secret "${name}" not found`);
    return select(
      volume,
      new Map(Object.entries(decoded(secret as Secret | undefined) ?? {})),
      items,
      !!optional,
      'secret',
    );
  }
  if (source.serviceAccountToken) {
    const { audience, expirationSeconds = 3600, path } = source.serviceAccountToken;
    const serviceAccount = pod.spec.serviceAccountName ?? 'default';
    const owner = { name: pod.metadata.name, uid: pod.metadata.uid ?? '' };
    const token = await sources.token({ namespace, serviceAccount, audience, expirationSeconds, pod: owner });
    return new Map([[path, token]]);
  }
  if (source.downwardAPI) {
    return new Map((source.downwardAPI.items ?? []).map((item) => [item.path, downward(item, sources)]));
  }
  throw new MountError(
    volume,
    `the embedded cluster does not support projections of ${Object.keys(source).join(', ')}`,
  );
}

function downward(item: DownwardItem, { pod, podIP, hostIP }: VolumeSources): string {
  if (item.fieldRef) return fieldValue(item.fieldRef, pod, podIP, hostIP);
  return item.resourceFieldRef ? resourceValue(item.resourceFieldRef, pod) : '';
}

function contentOf(map: ConfigMap | undefined): Map<string, string> {
  const binary = Object.entries(map?.binaryData ?? {}).map(
    ([key, value]) => [key, Buffer.from(value, 'base64').toString('latin1')] as const,
  );
  return new Map([...Object.entries(map?.data ?? {}), ...binary]);
}

function select(
  volume: string,
  content: Map<string, string>,
  items: KeyToPath[] | undefined,
  optional: boolean,
  kind: string,
): VolumeFiles {
  if (!items) return content;
  const files: VolumeFiles = new Map();
  for (const { key, path } of items) {
    const value = content.get(key);
    if (value !== undefined) files.set(path, value);
    else if (!optional) throw new MountError(volume, `references non-existent ${kind} key: ${key}`);
  }
  return files;
}

/** What one container sees: absolute path → content, after its mounts and subpaths. */
export function mountFiles(
  container: Container,
  volumes: Map<string, VolumeFiles>,
  env: Record<string, string>,
): Map<string, string> {
  const files = new Map<string, string>();
  for (const mount of container.volumeMounts ?? []) {
    const subPath = mount.subPath ?? (mount.subPathExpr ? expand(mount.subPathExpr, (name) => env[name]) : undefined);
    for (const [path, content] of volumes.get(mount.name) ?? []) {
      if (!subPath) files.set(posix.join(mount.mountPath, path), content);
      else if (path === subPath) files.set(mount.mountPath, content);
      else if (path.startsWith(`${subPath}/`))
        files.set(posix.join(mount.mountPath, path.slice(subPath.length)), content);
    }
  }
  return files;
}
