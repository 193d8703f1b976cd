/**
 * The files that a container's shell sees: those that volumes put there, the ones that the kubelet writes into every
 * container, and what the shell's commands wrote themselves since it started.
 */
import { posix } from 'node:path';
import { searchPath } from '../../network/dns.ts';
import type { ContainerContext } from '../image.ts';

const FOLDERS = ['/bin', '/dev', '/etc', '/home', '/proc', '/root', '/tmp', '/usr', '/var'];

export class FileTree {
  private readonly written = new Map<string, string>();
  private readonly folders = new Set(FOLDERS);

  constructor(private readonly context: ContainerContext) {}

  read(path: string): string | undefined {
    if (path === '/dev/null') return '';
    return this.written.get(path) ?? this.context.files.get(path) ?? this.given(path);
  }

  /** Throws in the shell's words where the file cannot be written. */
  write(path: string, content: string, append = false): void {
    if (path === '/dev/null') return;
    if (this.isFolder(path)) throw new Error('Is a directory');
    if (!this.isFolder(posix.dirname(path))) throw new Error('nonexistent directory');
    if (this.context.files.has(path)) throw new Error('Read-only file system');
    this.written.set(path, append ? (this.read(path) ?? '') + content : content);
  }

  makeFolder(path: string): void {
    this.folders.add(path);
  }

  /** False where there is no such file, or it came from a volume. */
  remove(path: string): boolean {
    return this.written.delete(path) || this.folders.delete(path);
  }

  isFolder(path: string): boolean {
    if (path === '/' || this.folders.has(path)) return true;
    const prefix = `${path}/`;
    return this.all().some((file) => file.startsWith(prefix)) || [...this.folders].some((f) => f.startsWith(prefix));
  }

  /** Names in a folder, sorted; folders without a mark. */
  list(folder: string): string[] {
    const prefix = folder === '/' ? '/' : `${folder}/`;
    const names = [...this.all(), ...this.folders]
      .filter((path) => path.startsWith(prefix) && path !== prefix)
      .map((path) => path.slice(prefix.length).split('/')[0]!);
    return [...new Set(names)].sort();
  }

  private all(): string[] {
    return [...this.written.keys(), ...this.context.files.keys(), '/etc/hostname', '/etc/hosts', '/etc/resolv.conf'];
  }

  private given(path: string): string | undefined {
    const { pod, podIP, env } = this.context;
    const namespace = pod.metadata.namespace ?? 'default';
    switch (path) {
      case '/etc/hostname':
        return `${env.HOSTNAME ?? pod.metadata.name}\n`;
      case '/etc/hosts':
        return [
          '# Kubernetes-managed hosts file.',
          '127.0.0.1\tlocalhost',
          '::1\tlocalhost ip6-localhost ip6-loopback',
          `${podIP}\t${env.HOSTNAME ?? pod.metadata.name}`,
          '',
        ].join('\n');
      case '/etc/resolv.conf':
        return `search ${searchPath(namespace).join(' ')}\nnameserver 10.96.0.10\noptions ndots:5\n`;
      default:
        return undefined;
    }
  }
}
