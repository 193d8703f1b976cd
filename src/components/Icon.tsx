/** The site's few drawings for buttons and states: 16 by 16, in the colour of the text, silent for screen readers. */
import type { ReactNode } from 'react';

const PATHS = {
  run: <path d="M4.5 2.8v10.4L13 8z" fill="currentColor" stroke="none" />,
  copy: <path d="M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z" />,
  check: <path d="m3 8.5 3.5 3.5L13 4.5" />,
  cross: <path d="m4 4 8 8m0-8-8 8" />,
  clock: <path d="M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8m0 2.7V8l2.5 2" />,
  spinner: <path d="M8 1.8A6.2 6.2 0 0 1 14.2 8" />,
  listening: (
    <path d="M8 8h.01M5 11a4.2 4.2 0 0 1 0-6m6 0a4.2 4.2 0 0 1 0 6M2.9 13a7 7 0 0 1 0-10m10.2 0a7 7 0 0 1 0 10" />
  ),
  stop: <path d="M3.8 3.8h8.4v8.4H3.8z" />,
  blocked: <path d="M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M3.7 3.7l8.6 8.6" />,
  differs: <path d="M3 6h10M3 10h10M10.5 3l-5 10" />,
  terminal: <path d="M1.8 2.8h12.4v10.4H1.8zM4.5 6l2 2-2 2m4 .2h3" />,
  plus: <path d="M8 3v10M3 8h10" />,
  down: <path d="m3.5 6 4.5 4.5L12.5 6" />,
  up: <path d="m3.5 10 4.5-4.5 4.5 4.5" />,
  bottom: <path d="M1.8 2.8h12.4v10.4H1.8zm0 6.2h12.4" />,
  right: <path d="M1.8 2.8h12.4v10.4H1.8zm7.2 0v10.4" />,
  reader: <path d="M8 2.2h.01M2.5 5.2 6.3 6v3L4.8 14M13.5 5.2 9.7 6v3l1.5 5M6.3 9h3.4" />,
  pause: <path d="M5.2 3v10M10.8 3v10" strokeWidth="2.4" />,
  again: <path d="M3 3v3.6h3.6M3.3 6.4A5.4 5.4 0 1 1 2.7 9.6" />,
  previous: <path d="M4 3.2v9.6M12.5 3.2v9.6L6 8z" />,
  next: <path d="M12 3.2v9.6M3.5 3.2v9.6L10 8z" />,
  arrow: <path d="M2.5 8h11M9 3.5 13.5 8 9 12.5" />,
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, className }: { name: IconName; className?: string }): ReactNode {
  return (
    <svg
      className={className}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {PATHS[name]}
    </svg>
  );
}
