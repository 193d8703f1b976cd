/** Every image that the embedded node can run. */
import { meshImages } from '../mesh/images.ts';
import { productpage } from './bookinfo/productpage.ts';
import { details, ratings, reviews } from './bookinfo/services.ts';
import { fakeService } from './fake-service.ts';
import { fortio } from './fortio.ts';
import { httpbin } from './httpbin.ts';
import type { Image } from './image.ts';
import { nginx } from './nginx.ts';
import { pause } from './pause.ts';
import { alpine, busybox, curlImage } from './toolbox.ts';

const bookinfo = [productpage, details, ratings, ...reviews];
const toolbox = [curlImage, busybox, alpine, pause];

export const images: Image[] = [fakeService, httpbin, fortio, nginx, ...bookinfo, ...toolbox, ...meshImages];
