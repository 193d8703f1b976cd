/** How recordings are told of: durations and sizes. */

/** Seconds as `0:07`, `12:34` or `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Bytes as `812 B`, `12 KiB` or `3.4 MiB`, with the language's decimal sign. */
export function size(bytes: number, language: string): string {
  if (bytes < 1024) return `${bytes} B`;
  const [unit, divisor] = bytes < 1024 ** 2 ? ['KiB', 1024] : ['MiB', 1024 ** 2];
  return `${(bytes / divisor).toLocaleString(language, { maximumFractionDigits: bytes / divisor < 10 ? 1 : 0 })} ${unit}`;
}
