/** The look that the addons' pages share: one HTML document without a script, and without anything from elsewhere. */

/** Text from the cluster is never HTML. */
export const escapeHtml = (text: unknown): string =>
  String(text ?? '').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --good: #1a7f37; --off: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --off: #d29922; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 1rem 1.25rem; }
h1 { font-size: 1.6rem; margin: .5rem 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.note { border-left: .3rem solid var(--off); background: var(--soft); padding: .75rem 1rem; margin: 1rem 0; }
.numbers { display: flex; flex-wrap: wrap; gap: .75rem; padding: 0; list-style: none; }
.numbers li { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; min-width: 8rem; }
.numbers b { display: block; font-size: 1.5rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: inherit; padding: .25rem 0; }
th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.in { color: var(--good); } .out { color: var(--off); } code { font-family: ui-monospace, monospace; }
footer { border-top: 1px solid var(--line); font-size: .875rem; }
`;

/** A whole document. `body` is HTML whose texts are escaped already; `refreshSeconds` reloads it while it is open. */
export const page = (title: string, body: string, refreshSeconds?: number): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refreshSeconds ? `<meta http-equiv="refresh" content="${refreshSeconds}">\n` : ''}<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
<footer>Served from inside the embedded cluster by Malha.</footer>
</body>
</html>
`;

export const HTML = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } as const;
