/** A lesson's manifests in the workspace: written when it starts, and what the learner changed is kept beside them. */
import { rename } from 'node:fs/promises';
import path from 'node:path';
import type { Home } from '../lab/home.ts';
import { changedFiles, type WorkspaceFile, writeWorkspace } from '../lab/workspace.ts';
import { exists } from '../tools/download.ts';
import type { Lesson } from './schema.ts';

const recordOf = (home: Home) => path.join(home.root, 'workspace.json');

const filesOf = ({ id, manifests }: Lesson): WorkspaceFile[] =>
  manifests.map(({ file, content }) => ({ path: `${id}/${file}`, content }));

/** The lesson's files that the learner has changed. */
export const changedManifests = (home: Home, lesson: Lesson): Promise<string[]> =>
  changedFiles(home.workspace, recordOf(home), filesOf(lesson));

/** Returns the new names of the files that were kept aside. */
export async function writeManifests(home: Home, lesson: Lesson): Promise<string[]> {
  const keptAside: string[] = [];
  for (const name of await changedManifests(home, lesson)) {
    const aside = await freeName(home.workspace, name);
    await rename(path.join(home.workspace, name), path.join(home.workspace, aside));
    keptAside.push(aside);
  }
  await writeWorkspace(home.workspace, recordOf(home), filesOf(lesson));
  return keptAside;
}

/** `10-bank.yaml.mine`, then `.mine-2`: kubectl takes neither for a manifest. */
async function freeName(workspace: string, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = `${name}.mine${number === 1 ? '' : `-${number}`}`;
    if (!(await exists(path.join(workspace, candidate)))) return candidate;
  }
}
