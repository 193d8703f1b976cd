/** Where a page stands: its name in the site, the folder of its lesson, from the place of its file. */
import { existsSync } from 'node:fs';
import path from 'node:path';

export const ORIGINALS = 'docs';
export const TRANSLATIONS = 'i18n/pt-BR/docusaurus-plugin-content-docs/current';
/** A lesson's page, from ORIGINALS. */
export const TUTORIAL = /^tutorials\/([^/]+)\/index\.mdx$/;

export interface Place {
  /** A lesson's folder name; for any other page its path without the outer slashes. */
  id: string;
  /** Path of the page, without the language. */
  page: string;
  isTutorial: boolean;
  /** Relative to the project, with `/`. */
  checksFile?: string;
}

/** `name`: the page's path from ORIGINALS, with `/`. */
export function placeOf(root: string, name: string): Place {
  const page = `/${name.replace(/(^|\/)index\.mdx$/, '$1').replace(/\.mdx$/, '/')}`;
  const folder = TUTORIAL.exec(name)?.[1];
  if (folder === undefined) return { id: page.slice(1, -1) || 'home', page, isTutorial: false };
  const checksFile = `${ORIGINALS}/tutorials/${folder}/checks.ts`;
  const hasChecks = existsSync(path.join(root, checksFile));
  return { id: folder, page, isTutorial: true, ...(hasChecks && { checksFile }) };
}

/** A page's path from ORIGINALS, whichever language `file` (relative to the project, with `/`) is in. */
export function nameOf(file: string): string {
  for (const folder of [ORIGINALS, TRANSLATIONS]) {
    if (file.startsWith(`${folder}/`)) return file.slice(folder.length + 1);
  }
  return file;
}
