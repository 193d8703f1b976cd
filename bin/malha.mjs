#!/usr/bin/env node
// The command as a learner types it. It knows no more than how to make the build that does the work: in a checkout it
// installs packages and bundles the server where that is missing or out of date, then hands over its arguments.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Malha needs Node 20.19 or later; this is ${process.versions.node}. See https://nodejs.org/en/download`,
  );
  process.exit(1);
}

const command = process.argv[2];
const isCheckout = existsSync(path.join(root, 'server', 'cli.ts'));
if (isCheckout) {
  const { prepare } = await import('./prepare/prepare.mjs');
  const asksForHelp = process.argv.some((argument) => argument === '--help' || argument === '-h');
  const wantsSite = command === 'build' || (command === 'start' && !asksForHelp);
  try {
    await prepare({ root, site: wantsSite });
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exit(1);
  }
}
if (command !== 'build') await import(pathToFileURL(path.join(root, 'dist', 'cli.mjs')).href);
