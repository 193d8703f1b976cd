/** The few pages that the server itself says: sign in first, signed in, not found. In both languages, without script. */

const STYLE = `body{font:1.05rem/1.6 system-ui,sans-serif;max-width:36rem;margin:12vh auto;padding:0 1.5rem;color:#1c2430;background:#fbfaf7}
h1{font-size:1.5rem}code{background:#0001;padding:.1em .35em;border-radius:.3em}a{color:#0b6b5f}hr{border:0;border-top:1px solid #0002;margin:2rem 0}
@media (prefers-color-scheme:dark){body{color:#e6e9ee;background:#14181f}code{background:#fff2}a{color:#5ad1bf}hr{border-color:#fff3}}`;

function page(title: string, body: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} · Malha</title>${head}<style>${STYLE}</style></head><body><main>${body}</main></body></html>\n`;
}

/** For 401 and 429. */
export function signInPage(): string {
  return page(
    'Sign in',
    `<h1>This lab is yours alone</h1>
<p>To open it, use the link that <code>npm start</code> printed. It ends in <code>/sign-in?token=…</code> and signs this browser in.
Run <code>npm start</code> again to have it printed once more.</p>
<hr>
<section lang="pt-BR"><h1>Este laboratório é só seu</h1>
<p>Para abri-lo, use o link que o <code>npm start</code> mostrou. Ele termina em <code>/sign-in?token=…</code> e libera este navegador.
Execute <code>npm start</code> de novo para vê-lo outra vez.</p></section>`,
  );
}

/**
 * Goes on to `next`, a path of ours. A redirect by the page and not by a status: the cookie is SameSite=Strict, which
 * a browser leaves out of a redirect that began at another site's link.
 */
export function signedInPage(next: string): string {
  const target = next.replace(/[<>"'&]/g, encodeURIComponent);
  return page(
    'Welcome',
    `<p>Signed in. <a href="${target}">Open the guide</a></p><p lang="pt-BR">Pronto. <a href="${target}">Abra o guia</a></p>`,
    `<meta http-equiv="refresh" content="0;url=${target}">`,
  );
}

export function notFoundPage(): string {
  return page(
    'Not found',
    `<h1>There is no such page</h1><p><a href="/">Back to the guide</a></p>
<hr><section lang="pt-BR"><h1>Esta página não existe</h1><p><a href="/pt-BR/">Voltar ao guia</a></p></section>`,
  );
}

export function forbiddenPage(reason: string): string {
  return page('Forbidden', `<h1>Forbidden</h1><p>${reason}</p>`);
}
