/** registry.k8s.io/pause: does nothing until it is told to stop. */
import type { Image } from './image.ts';
import { startEntrypoint, untilStopped } from './program.ts';

export const pause: Image = {
  repositories: ['registry.k8s.io/pause', 'k8s.gcr.io/pause'],
  summary: 'waits',
  simulated: false,
  start: (context) =>
    startEntrypoint(context, { names: ['pause'], noShell: true, main: (_args, { signal }) => untilStopped(signal) }),
};
