/** Durations as kubectl shows them in AGE and RESTARTS: two or three significant figures. */

const unit = (value: number, letter: string) => (value === 0 ? '' : `${value}${letter}`);

/**
 * `milliseconds` as Kubernetes' duration.HumanDuration writes them: `12s`, `3m5s`, `4h30m`, `2d3h`, `1y20d`. A time up
 * to two seconds ahead counts as now (clocks differ); one further ahead is `<invalid>`.
 */
export const humanDuration = (milliseconds: number): string => {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return `${minutes}m${unit(seconds % 60, 's')}`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return `${hours}h${unit(minutes % 60, 'm')}`;
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 24 * 8) return `${days}d${unit(hours % 24, 'h')}`;
  if (days < 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  if (days < 365 * 8) return `${years}y${unit(days % 365, 'd')}`;
  return `${years}y`;
};

/** How long ago an RFC 3339 time was; `<unknown>` without one. */
export const since = (time: unknown): string => {
  if (typeof time !== 'string' || time === '') return '<unknown>';
  const then = Date.parse(time);
  return Number.isNaN(then) ? '<invalid>' : humanDuration(Date.now() - then);
};
