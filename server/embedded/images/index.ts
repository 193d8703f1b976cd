/** Every image that the embedded node can run. */
import { meshImages } from '../mesh/images.ts';
import { fakeService } from './fake-service.ts';
import { httpbin } from './httpbin.ts';
import type { Image } from './image.ts';
import { nginx } from './nginx.ts';
import { pause } from './pause.ts';
import { alpine, busybox, curlImage } from './toolbox.ts';

export const images: Image[] = [fakeService, httpbin, nginx, curlImage, busybox, alpine, pause, ...meshImages];
