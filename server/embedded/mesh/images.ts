/** The images of the mesh and its addons that the embedded node can run. */
import type { Image } from '../images/image.ts';
import { kiali } from './addons/kiali.ts';
import { placeholders } from './addons/placeholders.ts';
import { pilot } from './istiod/image.ts';
import { proxyv2 } from './proxy/image.ts';

export const meshImages: Image[] = [pilot, proxyv2, kiali, ...placeholders];
