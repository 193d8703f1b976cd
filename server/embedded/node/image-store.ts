/** Finds the program for an image reference, and says what can run where there is none. */
import { createHash } from 'node:crypto';
import type { Image } from '../images/image.ts';

/** Registries under which the same images are published. */
const PREFIXES = ['docker.io/library/', 'docker.io/', 'index.docker.io/', 'registry-1.docker.io/', 'library/'];
const ISTIO_REGISTRIES = /^(?:registry\.istio\.io\/(?:release|testing)|registry\.istio\.io|gcr\.io\/istio-release)\//;

/** The repository of a reference, without registry defaults, tag and digest: `docker.io/istio/pilot:1.31.0` → `istio/pilot`. */
export function repositoryOf(reference: string): string {
  const withoutDigest = reference.replace(/@.*$/, '');
  const slash = withoutDigest.lastIndexOf('/');
  const colon = withoutDigest.indexOf(':', slash + 1);
  let name = colon < 0 ? withoutDigest : withoutDigest.slice(0, colon);
  for (const prefix of PREFIXES) if (name.startsWith(prefix)) name = name.slice(prefix.length);
  return name.replace(ISTIO_REGISTRIES, 'istio/').replace(/^istio\/istio\//, 'istio/');
}

/** What a container runtime reports as the image's full name. */
export function fullName(reference: string): string {
  const first = reference.split('/')[0] ?? '';
  const named = reference.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const path = named
    ? reference
    : reference.includes('/')
      ? `docker.io/${reference}`
      : `docker.io/library/${reference}`;
  return /[:@]/.test(path.slice(path.lastIndexOf('/'))) ? path : `${path}:latest`;
}

/** An identifier in the shape of a digest, made from the name: there is no image of which one could be taken. */
export const imageID = (reference: string): string =>
  `${fullName(reference).replace(/[:@][^/]*$/, '')}@sha256:${createHash('sha256').update(fullName(reference)).digest('hex')}`;

export class ImageStore {
  private readonly byRepository = new Map<string, Image>();
  private readonly pulled = new Set<string>();

  constructor(private readonly images: Image[]) {
    for (const image of images) for (const name of image.repositories) this.byRepository.set(name, image);
  }

  find(reference: string): Image | undefined {
    return this.byRepository.get(repositoryOf(reference));
  }

  /** Whether the reference was used before, so that `IfNotPresent` need not pull. */
  isPresent(reference: string): boolean {
    return this.pulled.has(fullName(reference));
  }

  markPulled(reference: string): void {
    this.pulled.add(fullName(reference));
  }

  /** Why a reference cannot be pulled. */
  unknown(reference: string): string {
    const known = this.images.map((image) => `${image.repositories[0]} (${image.summary})`).join('; ');
    return `failed to pull and unpack image "${fullName(reference)}": the embedded cluster has no such image; it can run: ${known}`;
  }
}
