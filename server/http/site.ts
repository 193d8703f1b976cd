/** The built site as files: pages with a content security policy that names the scripts in them, and everything else. */

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { contentSecurityPolicy } from './headers.ts';

export type Found =
  | { kind: 'page'; html: string; csp: string; status: 200 | 404 }
  /** A path under the site's folder, for the static file plugin. */
  | { kind: 'file'; file: string; immutable: boolean }
  | { kind: 'redirect'; to: string }
  | { kind: 'missing' };

/** The scripts in a page, as its policy names them. */
export function scriptHashes(html: string): string[] {
  const scripts = [...html.matchAll(/<script(?![^>]*\ssrc=)([^>]*)>([\s\S]*?)<\/script>/gi)]
    .filter(([, attributes = '']) => !/type=["']?application\/(ld\+)?json/i.test(attributes))
    .map(([, , body = '']) => `'sha256-${createHash('sha256').update(body).digest('base64')}'`);
  return [...new Set(scripts)];
}

export class Site {
  #pages = new Map<string, { modified: number; html: string; csp: string }>();

  constructor(readonly folder: string) {}

  async find(urlPath: string): Promise<Found> {
    let decoded: string;
    try {
      decoded = decodeURIComponent(urlPath);
    } catch {
      return this.#notFound(urlPath);
    }
    const relative = path.posix.normalize(decoded).replace(/^\/+/, '');
    if (decoded.includes('\0') || decoded.includes('\\') || relative.startsWith('..')) return this.#notFound(urlPath);
    const isDotted = relative.split('/').some((part) => part.startsWith('.') && part !== '.');
    if (isDotted) return this.#notFound(urlPath);
    const file = path.join(this.folder, relative);
    const what = await stat(file).catch(() => undefined);
    if (what?.isDirectory()) {
      const index = await this.#page(path.join(file, 'index.html'), 200);
      if (!index) return this.#notFound(urlPath);
      // Not `//host`, which a browser takes for another site.
      return decoded.endsWith('/') || relative === '' ? index : { kind: 'redirect', to: `/${encodeURI(relative)}/` };
    }
    if (what?.isFile()) {
      if (file.endsWith('.html')) return (await this.#page(file, 200)) ?? this.#notFound(urlPath);
      return { kind: 'file', file: relative, immutable: relative.includes('assets/') };
    }
    return this.#notFound(urlPath);
  }

  async #notFound(urlPath: string): Promise<Found> {
    const locale = /^\/([a-z]{2}-[A-Z]{2})(?:\/|$)/.exec(urlPath)?.[1];
    const localized = locale && (await this.#page(path.join(this.folder, locale, '404.html'), 404));
    return localized || ((await this.#page(path.join(this.folder, '404.html'), 404)) ?? { kind: 'missing' });
  }

  async #page(file: string, status: 200 | 404): Promise<Found | undefined> {
    const what = await stat(file).catch(() => undefined);
    if (!what?.isFile()) return undefined;
    let known = this.#pages.get(file);
    if (known?.modified !== what.mtimeMs) {
      const html = await readFile(file, 'utf8');
      known = { modified: what.mtimeMs, html, csp: contentSecurityPolicy(scriptHashes(html)) };
      this.#pages.set(file, known);
    }
    return { kind: 'page', html: known.html, csp: known.csp, status };
  }
}
