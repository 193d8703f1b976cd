/** The page at /ui/: a plain stand-in for fake-service's own, drawn from the answer of its main handler. */
import type { Settings } from './settings.ts';

const html = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

export const page = (settings: Settings): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(settings.name)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color-scheme: light dark }
pre { overflow: auto; padding: 1rem; border: 1px solid #8888; border-radius: 6px }
</style>
<h1>${html(settings.name)}</h1>
<p>fake-service, simulated by the embedded cluster. What this service and those behind it answered:</p>
<p><button type="button">Call again</button></p>
<pre aria-live="polite">…</pre>
<script>
const call = async () => {
  const base = location.pathname.slice(0, -${JSON.stringify(settings.uiPath)}.length) || '';
  const response = await fetch(base + '/');
  document.querySelector('pre').textContent = response.status + ' ' + response.statusText + '\\n\\n' + await response.text();
};
document.querySelector('button').addEventListener('click', call);
call();
</script>
</html>
`;
