/** From chunks of output to lines of a log. */

/** Collects chunks and hands over whole lines; `end` hands over what is left. */
export function lineWriter(log: (line: string) => void): { write(chunk: string | Buffer): void; end(): void } {
  let rest = '';
  return {
    write(chunk) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) log(line);
    },
    end() {
      if (rest) log(rest);
      rest = '';
    },
  };
}
