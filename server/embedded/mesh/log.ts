/** Log lines in the form of Istio's Go programs: time with microseconds, level, scope where there is one, message. */

export type Level = 'info' | 'warn' | 'error';

export interface Logger {
  info(message: string, scope?: string): void;
  warn(message: string, scope?: string): void;
  error(message: string, scope?: string): void;
}

/** `write` takes one line without its newline: `ContainerContext.log`. */
export function createLogger(write: (line: string) => void): Logger {
  const log = (level: Level, message: string, scope?: string): void =>
    write([new Date().toISOString().replace('Z', '000Z'), level, ...(scope ? [scope] : []), message].join('\t'));
  return {
    info: (message, scope) => log('info', message, scope),
    warn: (message, scope) => log('warn', message, scope),
    error: (message, scope) => log('error', message, scope),
  };
}
