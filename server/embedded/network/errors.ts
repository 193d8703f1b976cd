/** Errors with the codes, numbers and words of Node's own `net` and `dns`, so that callers need not know the difference. */
import { constants } from 'node:os';

type Errno = keyof typeof constants.errno;

export interface NetworkError extends Error {
  code: string;
  errno: number;
  syscall: string;
  address?: string;
  port?: number;
  hostname?: string;
}

/** What `net` reports of a socket: `read ECONNRESET`, `connect ECONNREFUSED 10.96.0.5:80`. */
export function socketError(code: Errno, syscall: string, address?: string, port?: number): NetworkError {
  const where = address === undefined ? '' : ` ${address}:${port}`;
  return Object.assign(new Error(`${syscall} ${code}${where}`), {
    code,
    errno: -constants.errno[code],
    syscall,
    ...(address === undefined ? {} : { address, port }),
  });
}

/** libuv's number for a name that does not resolve; it has no counterpart in errno. */
const UV_EAI_NONAME = -3008;

/** What `dns.lookup` reports of a name without an address. */
export function notFoundError(hostname: string): NetworkError {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    code: 'ENOTFOUND',
    errno: UV_EAI_NONAME,
    syscall: 'getaddrinfo',
    hostname,
  });
}
