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
  arrowLeft: <path d="M13 8H3m4.5 4.5L3 8l4.5-4.5" />,
  arrowRight: <path d="M3 8h10M8.5 3.5 13 8l-4.5 4.5" />,
  arrowUp: <path d="M8 13V3M3.5 7.5 8 3l4.5 4.5" />,
  arrowDown: <path d="M8 3v10m4.5-4.5L8 13 3.5 8.5" />,
  search: <path d="M7 2.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6m3.5 8.3 3.3 3.3" />,
  help: (
    <path d="M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M6.1 6.3a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.8.6-.8 1.2m0 2.2h.01" />
  ),
  more: <path d="M3.2 8h.01M8 8h.01M12.8 8h.01" strokeWidth="2.4" />,
  paste: <path d="M6 3H3.8v10.7h8.4V3H10M6 1.8h4v2.7H6z" />,
  text: <path d="M2.5 3.5h11M2.5 6.5h11M2.5 9.5h11m-11 3h6.5" />,
  film: <path d="M1.8 3h12.4v10H1.8zM6.7 5.8v4.4L10 8z" />,
  record: <path d="M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8m0 3.9a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6" />,
  recording: <path d="M8 3.4a4.6 4.6 0 1 1 0 9.2 4.6 4.6 0 0 1 0-9.2" fill="currentColor" />,
  download: <path d="M8 2v8m3.5-3.5L8 10 4.5 6.5M2.8 13.5h10.4" />,
  trash: <path d="M2.8 4.2h10.4M6 4V2.2h4V4m-6 .2.7 9.6h6.6l.7-9.6M6.6 7v4m2.8-4v4" />,
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
