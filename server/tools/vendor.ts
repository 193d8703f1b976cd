/** The vendors' own downloads, for machines that the npm package does not serve, and Istio's release. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { extract } from 'tar';
import { ISTIO, KUBECTL_LAYER, KUBERNETES, KUBERNETES_CLIENT_SHA512 } from '../versions.ts';
import { type Digest, download, FetchError, fillOnce, type Progress } from './download.ts';

const OS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin' };
const ARCH: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/** `darwin-arm64` as Go's tools name it; a FetchError where there is no download for this machine. */
export function platformName(platform = process.platform, arch = process.arch): string {
  const os = OS[platform];
  const cpu = ARCH[arch];
  if (!os || !cpu)
    throw new FetchError(
      `there is no download for ${platform} on ${arch}; install the tool yourself and put it on PATH`,
    );
  return `${os}-${cpu}`;
}

interface Archive {
  url: string;
  digest: Digest;
  /** Path inside the archive → name in the folder; undefined keeps the whole archive, less its first folder. */
  members?: Record<string, string>;
}

export const kubectlArchive = (platform: string): Archive => {
  const url = `https://dl.k8s.io/v${KUBERNETES}/kubernetes-client-${platform}.tar.gz`;
  const hex = KUBERNETES_CLIENT_SHA512[platform];
  return {
    url,
    digest: hex ? { algorithm: 'sha512', hex } : { algorithm: 'sha512', url: `${url}.sha512` },
    members: { 'kubernetes/client/bin/kubectl': 'kubectl' },
  };
};

export const helmArchive = (platform: string): Archive => {
  const url = `https://get.helm.sh/helm-v${KUBECTL_LAYER.helm.version}-${platform}.tar.gz`;
  return {
    url,
    digest: { algorithm: 'sha256', url: `${url}.sha256sum` },
    members: { [`${platform}/helm`]: 'helm' },
  };
};

/** Istio's release: `bin/istioctl`, `samples/addons` and the rest. Istio calls macOS `osx`. */
export const istioArchive = (platform: string): Archive => {
  const name = `istio-${ISTIO}-${platform.replace('darwin', 'osx')}.tar.gz`;
  const url = `https://github.com/istio/istio/releases/download/${ISTIO}/${name}`;
  return { url, digest: { algorithm: 'sha256', url: `${url}.sha256` } };
};

/** Downloads and unpacks into `folder`. Rejects with a FetchError. */
export async function fetchArchive(
  folder: string,
  archive: Archive,
  progress: Progress,
  signal?: AbortSignal,
): Promise<void> {
  await fillOnce(folder, async (temporary) => {
    const file = path.join(temporary, path.basename(archive.url));
    await download(archive.url, file, archive.digest, progress, signal);
    progress(`${path.basename(archive.url)}: unpacking`);
    if (archive.members) {
      const unpacked = path.join(temporary, 'unpacked');
      await mkdir(unpacked);
      await extract({ file, cwd: unpacked }, Object.keys(archive.members));
      for (const [member, name] of Object.entries(archive.members)) {
        await rename(path.join(unpacked, member), path.join(temporary, name));
      }
      await rm(unpacked, { recursive: true });
    } else {
      await extract({ file, cwd: temporary, strip: 1 });
      if (!(await readdir(temporary)).includes('bin')) throw new FetchError(`${archive.url} holds no bin folder`);
    }
    await rm(file);
  });
}
