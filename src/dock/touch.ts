/** Whether the reader points with a finger: then keys are shown, and the focus brings up a keyboard over half of the screen. */
import { useSyncExternalStore } from 'react';

const COARSE = '(pointer: coarse)';

export const isTouch = (): boolean => matchMedia(COARSE).matches;

export const useTouch = (): boolean => useSyncExternalStore(watch, isTouch);

function watch(changed: () => void): () => void {
  const media = matchMedia(COARSE);
  media.addEventListener('change', changed);
  return () => media.removeEventListener('change', changed);
}
