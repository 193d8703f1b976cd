/** Stands in every page: loads the dock where there is a lab, and nothing where there is none. */
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { findLab, wantLab } from '../lab/lab';
import { labState } from '../lab/state';
import { useStore } from '../lab/store';
import { loadPreferences } from './preferences';

const Dock = lazy(() => import('./Dock'));

export function DockGate(): ReactNode {
  const presence = useStore(labState, (s) => s.presence);
  useEffect(() => {
    loadPreferences();
    findLab();
    wantLab();
  }, []);
  if (presence !== 'present') return null;
  return (
    <Suspense fallback={null}>
      <Dock />
    </Suspense>
  );
}
