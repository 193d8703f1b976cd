/** Paths as the shell's commands read them. */
import { posix } from 'node:path';

/** `path` from the root, seen from `cwd`, without `.` and `..` and without a final slash. */
export function absolute(path: string, cwd: string): string {
  const resolved = posix.resolve(cwd, path);
  return resolved === '/' ? '/' : resolved.replace(/\/$/, '');
}
