/** Pulls one container's image as far as the embedded node can: finds its program, or says why not and tries again later. */
import type { Image } from '../images/image.ts';
import type { Container, ContainerStateWaiting } from '../types.ts';
import type { ContainerHost } from './container-host.ts';

export class ImagePull {
  private failures = 0;
  private notBefore = 0;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly spec: Container,
    private readonly host: ContainerHost,
    /** Why the container waits. */
    private readonly onWaiting: (waiting: ContainerStateWaiting) => void,
  ) {}

  /** Milliseconds until the next pull may be tried. */
  get pause(): number {
    return this.notBefore - Date.now();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Undefined where the image cannot be had: `onWaiting` has been told why. */
  pull(): Image | undefined {
    const { spec, host } = this;
    const { images } = host;
    const image = images.find(spec.image);
    if (image && images.isPresent(spec.image) && spec.imagePullPolicy !== 'Always') {
      const message = `Container image "${spec.image}" already present on machine and can be accessed by the pod`;
      host.event(spec, 'Normal', 'Pulled', message);
      return image;
    }
    if (!image && spec.imagePullPolicy === 'Never') {
      const message = `Container image "${spec.image}" is not present with pull policy of Never`;
      this.onWaiting({ reason: 'ErrImageNeverPull', message });
      host.event(spec, 'Warning', 'ErrImageNeverPull', message);
      this.notBefore = Date.now() + host.timings.firstBackOff;
      return undefined;
    }
    host.event(spec, 'Normal', 'Pulling', `Pulling image "${spec.image}"`);
    if (!image) {
      this.fail(images.unknown(spec.image));
      return undefined;
    }
    images.markPulled(spec.image);
    this.failures = 0;
    // Nothing travels: the programs are part of the node.
    host.event(spec, 'Normal', 'Pulled', `Successfully pulled image "${spec.image}" in 0s (0s including waiting)`);
    return image;
  }

  /** ErrImagePull for a moment, then ImagePullBackOff until the next try: 10 s, 20 s … five minutes. */
  private fail(reason: string): void {
    const { spec, host } = this;
    const { firstBackOff, longestBackOff, pullError } = host.timings;
    this.onWaiting({ reason: 'ErrImagePull', message: reason });
    host.event(spec, 'Warning', 'Failed', `Failed to pull image "${spec.image}": ${reason}`);
    host.event(spec, 'Warning', 'Failed', 'Error: ErrImagePull');
    const pause = Math.min(firstBackOff * 2 ** this.failures++, longestBackOff);
    this.notBefore = Date.now() + pause;
    const backOff = () => {
      const message = `Back-off pulling image "${spec.image}": ErrImagePull: ${reason}`;
      this.onWaiting({ reason: 'ImagePullBackOff', message });
      host.event(spec, 'Normal', 'BackOff', `Back-off pulling image "${spec.image}"`);
      host.event(spec, 'Warning', 'Failed', 'Error: ImagePullBackOff');
      host.changed();
    };
    this.timer = setTimeout(backOff, Math.min(pullError, pause));
  }
}
