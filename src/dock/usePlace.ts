/** Where the dock stands, and room in the page for it, so that it never covers what is read. */
import { useEffect, useState } from 'react';
import type { Preferences } from './preferences';
import { clamp, type Range, rangeOf } from './size';

/** `bar`: closed, one line at the bottom; `sheet`: over the whole of a small screen. */
export type Place = 'bar' | 'bottom' | 'right' | 'sheet';

/** Below this width in CSS pixels the open dock is a sheet; the same as Docusaurus' own mobile layout. */
const SMALL = 996;
/** A phone on its side is wide and has no height to share. */
const LOW = 480;

/** Room that a phone's own keyboard takes, in CSS pixels, as custom properties: browsers lay it over the page. */
function useKeyboardRoom(): void {
  useEffect(() => {
    const viewport = window.visualViewport;
    if (viewport === null) return;
    const { style } = document.documentElement;
    const measure = () => {
      // Zoomed in with two fingers, the viewport is small for another reason.
      const covered = viewport.scale > 1.01 ? 0 : Math.max(0, window.innerHeight - viewport.height);
      style.setProperty('--malha-keyboard', `${Math.round(covered)}px`);
      style.setProperty('--malha-offset', `${covered > 0 ? Math.round(viewport.offsetTop) : 0}px`);
    };
    measure();
    viewport.addEventListener('resize', measure);
    viewport.addEventListener('scroll', measure);
    return () => {
      viewport.removeEventListener('resize', measure);
      viewport.removeEventListener('scroll', measure);
      style.removeProperty('--malha-keyboard');
      style.removeProperty('--malha-offset');
    };
  }, []);
}

export function usePlace(state: Preferences): { place: Place; range: Range } {
  const [viewport, setViewport] = useState({ width: window.innerWidth, height: window.innerHeight });
  useEffect(() => {
    const measure = () => setViewport({ width: window.innerWidth, height: window.innerHeight });
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, []);
  useKeyboardRoom();
  const isSmall = viewport.width < SMALL || viewport.height < LOW;
  const place: Place = !state.open ? 'bar' : isSmall ? 'sheet' : state.side;
  const range = rangeOf(place === 'right' ? 'right' : 'bottom', viewport);
  const size = clamp(place === 'right' ? state.width : state.height, range);
  useEffect(() => {
    const root = document.documentElement;
    root.dataset.dock = place;
    root.style.setProperty('--malha-dock-size', `${size}px`);
    return () => {
      delete root.dataset.dock;
      root.style.removeProperty('--malha-dock-size');
    };
  }, [place, size]);
  return { place, range };
}
