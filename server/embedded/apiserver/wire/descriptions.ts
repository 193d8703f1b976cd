/**
 * What Kubernetes says of its types and fields, for `kubectl explain`: read, when first asked for, from the comments in
 * the type declarations of @kubernetes/client-node. Without that package there are no descriptions, and nothing fails.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface Description {
  type?: string;
  fields: ReadonlyMap<string, string>;
}

const models = (() => {
  let folder: string | undefined;
  return (): string | undefined => {
    if (folder !== undefined) return folder || undefined;
    try {
      folder = join(dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')), 'gen', 'models');
    } catch {
      folder = '';
    }
    return folder || undefined;
  };
})();

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** The models that may stand for `core.v1.Event`: `CoreV1Event` where a name is taken twice, else `V1Event`. */
const modelNames = (type: string): string[] => {
  const [group, version, kind] = type.split('.') as [string, string, string];
  return [`${capital(group)}${capital(version)}${kind}`, `${capital(version)}${kind}`];
};

const declaration = (type: string): string => {
  const folder = models();
  for (const name of folder ? modelNames(type) : []) {
    try {
      return readFileSync(join(folder!, `${name}.d.ts`), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return '';
};

const commented = /\/\*\*\s*\n\s*\*\s?(.*)\n\s*\*\/\s*\n\s*(?:export declare class|'([^']+)'\??:)/g;

const none: Description = { fields: new Map() };
const known = new Map<string, Description>();

/** What is said of a type of schema/kinds.json; nothing of a scalar or a special. */
export const describe = (type: string): Description => {
  const cached = known.get(type);
  if (cached) return cached;
  const text = type.includes('.') ? declaration(type) : '';
  let description = none;
  if (text) {
    const fields = new Map<string, string>();
    let own: string | undefined;
    for (const [, comment, field] of text.matchAll(commented)) {
      const sentence = comment!.trim().replace(/\\(['"])/g, '$1');
      if (field) fields.set(field, sentence);
      else own = sentence;
    }
    description = { type: own, fields };
  }
  known.set(type, description);
  return description;
};
