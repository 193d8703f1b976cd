#!/usr/bin/env node
// Completes package-lock.json with the optional packages of other platforms. npm leaves out of the lockfile what its
// registry cannot give it at that moment, and `npm ci` then refuses the lockfile everywhere. The entries added carry the exact
// version that their parent asks for, and the platform that their name tells; npm fetches only those that fit.
//
//   node scripts/complete-lock.mjs          writes package-lock.json
//   node scripts/complete-lock.mjs --check  lists what is missing, exit code 1 if anything is
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** `@swc/core-linux-x64-musl` → os linux, cpu x64, libc musl. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word)) ?? (words.includes('universal') ? undefined : 'unknown');
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.includes('gnu') && os === 'linux'
      ? 'glibc'
      : undefined;
  return { ...(cpu ? { cpu: [cpu] } : {}), ...(libc ? { libc: [libc] } : {}), ...(os ? { os: [os] } : {}) };
}

/** Where npm would look for `name` from the package at `from`, nearest first. */
function* places(from, name) {
  for (let at = from; ; at = at.slice(0, at.lastIndexOf('node_modules/')).replace(/\/$/, '')) {
    yield `${at ? `${at}/` : ''}node_modules/${name}`;
    if (!at) return;
  }
}

/** The entries that a lockfile lacks: path → entry. */
export function missingEntries(lock) {
  const missing = {};
  for (const [at, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!/^\d+\.\d+\.\d+/.test(version)) continue;
      const found = [...places(at, name)].some(
        (place) => (lock.packages[place] ?? missing[place])?.version === version,
      );
      if (found) continue;
      const top = `node_modules/${name}`;
      const place = lock.packages[top] || missing[top] ? `${at}/node_modules/${name}` : top;
      missing[place] = { version, ...platformOf(name), ...(entry.dev ? { dev: true } : {}), optional: true };
    }
  }
  return missing;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = path.join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingEntries(lock);
  const names = Object.keys(missing);
  if (process.argv.includes('--check')) {
    for (const name of names) console.error(`missing from package-lock.json: ${name}`);
    process.exitCode = names.length ? 1 : 0;
  } else if (names.length) {
    const { '': own, ...rest } = { ...lock.packages, ...missing };
    lock.packages = { '': own, ...Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))) };
    writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
    console.log(`${names.length} entries added`);
  }
}
