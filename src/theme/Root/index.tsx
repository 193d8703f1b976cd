/** Around every page, and outside of each: the dock lives here, so that terminals outlast a change of page. */

import BrowserOnly from '@docusaurus/BrowserOnly';
import type { ReactNode } from 'react';
import { DockGate } from '../../dock/DockGate';

export default function Root({ children }: { children: ReactNode }): ReactNode {
  return (
    <>
      {children}
      <BrowserOnly>{() => <DockGate />}</BrowserOnly>
    </>
  );
}
