/** What a runnable block of a page is: one description shared by the build, the page and the browser tests. */

export interface Step {
  /** Number of the block on its page, from 1. */
  number: number;
  /** The block as its author wrote it, comments included. */
  source: string;
  /** What Run types and Copy copies, one entry for each command, continuation lines and here-documents included. */
  commands: string[];
  /** Which terminal tab it runs in, from 1. */
  terminal: number;
  /** The last command stays in the foreground of its tab. */
  background: boolean;
  /** Text that the background command prints once it serves. */
  ready?: string;
  /** The `text output` block that follows, to be compared by `like`. */
  expected?: string;
}

/**
 * A step's name in the protocol: `/install/#3` for the third block of `/install/`, the same in every language.
 * `baseUrl` is the site's base for the page's language, such as `/` or `/pt-BR/`.
 */
export function stepName(pathname: string, baseUrl: string, number: number): string {
  const withoutBase = pathname.startsWith(baseUrl) ? pathname.slice(baseUrl.length) : pathname.replace(/^\//, '');
  const path = `/${withoutBase}`.replace(/\/?(index\.html)?$/, '/');
  return `${path}#${number}`;
}
