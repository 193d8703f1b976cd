/** The few pages that the server itself says: sign in first, signed in, not found. In both languages, without script. */

const STYLE = `body{font:1.05rem/1.6 system-ui,sans-serif;max-width:36rem;margin:12vh auto;padding:0 1.5rem;color:#1c2430;background:#fbfaf7}
h1{font-size:1.5rem}code{background:#0001;padding:.1em .35em;border-radius:.3em}a{color:#0b6b5f}hr{border:0;border-top:1px solid #0002;margin:2rem 0}
@media (prefers-color-scheme:dark){body{color:#e6e9ee;background:#14181f}code{background:#fff2}a{color:#5ad1bf}hr{border-color:#fff3}}`;

/** Without one of its own a browser asks for /favicon.ico, which nobody has. */
const ICON = '<link rel="icon" href="data:,">';

function page(title: string, body: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} · Malha</title>${ICON}${head}<style>${STYLE}</style></head><body><main>${body}</main></body></html>\n`;
}

/** A path of ours as an attribute's value. */
const escapeUrl = (url: string) =>
  url.replace(/[<>"']/g, (c) => `%${c.charCodeAt(0).toString(16)}`).replaceAll('&', '&amp;');

const HOW = `Press Enter in the terminal where <code>npm start</code> runs, or run <code>npm start</code> in another terminal:
either gives a new one.`;
const HOW_PT = `Aperte Enter no terminal em que o <code>npm start</code> está rodando, ou execute <code>npm start</code> em outro terminal:
qualquer um dos dois dá um novo.`;

/** For 401 and 429. */
export function signInPage(): string {
  return page(
    'Sign in',
    `<h1>This lab is yours alone</h1>
<p>To open it in this browser, you need a sign-in link. ${HOW}</p>
<hr>
<section lang="pt-BR"><h1>Este laboratório é só seu</h1>
<p>Para abri-lo neste navegador, você precisa de um link de acesso. ${HOW_PT}</p></section>`,
  );
}

/** For a link that is not good any more. `look`: a path of ours where the browser looks whether it is signed in. */
export function spentPage(look?: string): string {
  return page(
    'This link was used',
    `<h1>This link was used, or is too old</h1>
<p>A sign-in link works once. ${HOW}</p><p><a href="/">Open the guide</a> in a browser that is signed in.</p>
<hr>
<section lang="pt-BR"><h1>Este link já foi usado ou é antigo demais</h1>
<p>Um link de acesso funciona uma vez. ${HOW_PT}</p><p><a href="/pt-BR/">Abra o guia</a> em um navegador já liberado.</p></section>`,
    look ? `<meta http-equiv="refresh" content="1;url=${escapeUrl(look)}">` : '',
  );
}

/**
 * Goes on to `next`, a path of ours. A redirect by the page and not by a status: the cookie is SameSite=Strict, which
 * a browser leaves out of a redirect that began at another site's link.
 */
export function signedInPage(next: string): string {
  const target = escapeUrl(next);
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

/** For 400 and 403: reached under another name than its own, or from another site's page. */
export function forbiddenPage(): string {
  return page(
    'Forbidden',
    `<h1>Not from here</h1><p>The lab answers only under the address that <code>npm start</code> printed, and only its own pages.</p>
<hr><section lang="pt-BR"><h1>Daqui não</h1>
<p>O laboratório só responde no endereço que o <code>npm start</code> mostrou, e só às próprias páginas.</p></section>`,
  );
}
