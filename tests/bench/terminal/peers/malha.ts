/** Our server as learners run it, without a cluster behind it: the figures are the terminals' alone. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openDoor } from '../../../../server/http/app.ts';
import { createHome, homeOf } from '../../../../server/lab/home.ts';
import { Lab } from '../../../../server/lab/lab.ts';

const [folder = '', token = ''] = process.argv.slice(2);
const env = { PATH: process.env.PATH, HOME: folder, SHELL: '/bin/bash', MALHA_HOME: path.join(folder, 'malha') };
const home = homeOf(env);
createHome(home);
const siteFolder = path.join(folder, 'site');
mkdirSync(siteFolder);
writeFileSync(path.join(siteFolder, 'index.html'), '<!doctype html>');
const lab = new Lab({
  home,
  version: '0.0.0',
  env,
  maxTerminals: 1000,
  bringUp: async () => ({
    report: () => ({ kind: 'embedded', label: 'none', simulated: true }),
    start: async () => {},
    stop: async () => {},
  }),
});
void lab.start();
const door = await openDoor({ lab, token, siteFolder, port: 0 });
process.on('SIGTERM', () => {
  void Promise.all([lab.stop(), door.close()]).then(() => process.exit(0));
});
console.log(`port ${door.port}`);
