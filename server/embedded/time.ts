/** Times as the Kubernetes API writes them. */

/** RFC 3339 in UTC with whole seconds, as `metav1.Time`. */
export const timestamp = (milliseconds = Date.now()): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** RFC 3339 in UTC with microseconds, as `metav1.MicroTime`. */
export const microTimestamp = (milliseconds = Date.now()): string =>
  `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`;

/** Milliseconds since the epoch; 0 where there is no time. */
export const millisOf = (time: string | null | undefined): number => (time ? Date.parse(time) : 0);
