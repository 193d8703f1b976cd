/** The image `istio/pilot`: Istio's control plane, simulated. */
import type { Image } from '../../images/image.ts';
import { runIstiod } from './server.ts';

export const pilot: Image = {
  repositories: ['istio/pilot'],
  summary: 'istiod, simulated: sidecar injection, certificates, connected proxies',
  simulated: true,
  start: (context) => ({
    exited: runIstiod(context).catch((error: Error) => {
      context.log(`Error: ${error.message}`);
      return 1;
    }),
  }),
};
