/** nginx with its default configuration: the welcome page on port 80, or the files that a volume puts into its root. */
import { serveHttp } from '../network/http.ts';
import type { ContainerContext, Image } from './image.ts';
import { startEntrypoint, untilStopped } from './program.ts';

const ROOT = '/usr/share/nginx/html';
const SERVER = 'nginx/1.29.4';

const WELCOME = `<!DOCTYPE html>
<html>
<head><title>Welcome to nginx!</title></head>
<body>
<h1>Welcome to nginx!</h1>
<p>This page comes from a stand-in that the embedded cluster runs in nginx's place.</p>
</body>
</html>
`;

const errorPage = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>${SERVER}</center>\r\n</body>\r\n</html>\r\n`;

const TYPES: Record<string, string> = {
  html: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  svg: 'image/svg+xml',
};

async function main(args: string[], context: ContainerContext): Promise<number> {
  const { network, podIP, files, log, signal } = context;
  if (args.length > 0 && args.join(' ') !== '-g daemon off;') {
    log(`nginx: the embedded cluster does not simulate these arguments: ${args.join(' ')}`);
    return 1;
  }
  if ([...files.keys()].some((path) => path.startsWith('/etc/nginx/'))) {
    log('nginx: the embedded cluster does not simulate configuration files (a volume is mounted under /etc/nginx)');
    return 1;
  }
  const http = serveHttp(network, podIP, 80, (request, response) => {
    const path = decodeURIComponent((request.url ?? '/').split('?')[0]!);
    const file = `${ROOT}${path.endsWith('/') ? `${path}index.html` : path}`;
    const own = file === `${ROOT}/index.html` ? WELCOME : undefined;
    const content = files.get(file) ?? own;
    const allowed = request.method === 'GET' || request.method === 'HEAD';
    const status = !allowed ? 405 : content === undefined ? 404 : 200;
    const body = status === 200 ? content! : errorPage(status === 404 ? '404 Not Found' : '405 Not Allowed');
    const type = status === 200 ? (TYPES[file.split('.').at(-1)!] ?? 'application/octet-stream') : 'text/html';
    response.writeHead(status, { Server: SERVER, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
    response.end(request.method === 'HEAD' ? undefined : body);
    const agent = request.headers['user-agent'] ?? '-';
    const line = `${request.method} ${request.url} HTTP/${request.httpVersion}`;
    log(
      `${request.socket.remoteAddress} - - [${clock()}] "${line}" ${status} ${Buffer.byteLength(body)} "-" "${agent}" "-"`,
    );
  });
  log('nginx, simulated by the embedded cluster');
  log(`${new Date().toISOString().slice(0, 19).replace(/-/g, '/').replace('T', ' ')} [notice] 1#1: ${SERVER}`);
  await untilStopped(signal);
  http.close();
  return 0;
}

/** `23/Nov/2026:01:02:03 +0000` */
function clock(): string {
  const [, day, month, year, time] = new Date().toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

export const nginx: Image = {
  repositories: ['nginx'],
  summary: 'a web server with its welcome page',
  simulated: true,
  start: (context) => startEntrypoint(context, { names: ['nginx'], main }),
};
