/** curl's --write-out: the variables of a finished transfer. */

import type { Exchange } from './curl-exchange.ts';
import { withEscapes } from './text.ts';

const seconds = (report: Exchange, at: number | undefined): string =>
  (at === undefined ? 0 : (at - report.started) / 1000).toFixed(6);

type Variable = (report: Exchange, exitCode: number, message: string) => string;

const code: Variable = ({ response }) => String(response?.statusCode ?? 0).padStart(3, '0');

const VARIABLES: Record<string, Variable> = {
  http_code: code,
  response_code: code,
  http_version: ({ response }) => response?.httpVersion ?? '0',
  content_type: ({ response }) => response?.headers['content-type'] ?? '',
  exitcode: (_report, exitCode) => String(exitCode),
  errormsg: (_report, _exitCode, message) => message,
  method: ({ method }) => method,
  num_redirects: ({ redirects }) => String(redirects),
  num_connects: ({ connected, redirects }) => String(connected === undefined ? 0 : redirects + 1),
  redirect_url: ({ response, url }) =>
    response?.headers.location
      ? new URL(response.headers.location, `http://${url.replace(/^http:\/\//, '')}`).href
      : '',
  remote_ip: ({ remote }) => remote?.ip ?? '',
  remote_port: ({ remote }) => String(remote?.port ?? 0),
  local_ip: ({ local }) => local?.ip ?? '',
  local_port: ({ local }) => String(local?.port ?? 0),
  scheme: ({ url }) => (url.startsWith('https:') ? 'https' : 'http'),
  size_download: ({ size }) => String(size),
  speed_download: ({ size, started, ended }) =>
    String(Math.round(size / Math.max(((ended ?? started) - started) / 1000, 1e-6))),
  time_namelookup: (report) => seconds(report, report.named),
  time_connect: (report) => seconds(report, report.connected),
  time_appconnect: (report) => (report.url.startsWith('https:') ? seconds(report, report.secured) : '0.000000'),
  time_pretransfer: (report) => seconds(report, report.secured),
  time_starttransfer: (report) => seconds(report, report.firstByte),
  time_total: (report) => seconds(report, report.ended),
  url: ({ url }) => url,
  url_effective: ({ url }) => (url.includes('://') ? url : `http://${url}`),
};

export function writeOut(
  format: string,
  report: Exchange,
  exitCode: number,
  message: string,
): { text: string; problems: string[] } {
  const problems: string[] = [];
  const text = withEscapes(format).replace(/%(?:\{([^}]*)\}|%)/g, (all, name?: string) => {
    if (name === undefined) return all === '%%' ? '%' : all;
    const variable = VARIABLES[name];
    if (variable) return variable(report, exitCode, message);
    problems.push(`unknown --write-out variable: '${name}'`);
    return '';
  });
  return { text, problems };
}
