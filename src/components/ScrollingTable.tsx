/** A table that is wider than the page scrolls by itself, also by keyboard. */
import { type ComponentProps, type ReactNode, useEffect, useRef, useState } from 'react';

export function ScrollingTable(props: ComponentProps<'table'>): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setScrolls(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    // Focusable only while it scrolls: else it would be a stop without purpose.
    <div ref={frame} className="malha-table" tabIndex={scrolls ? 0 : undefined}>
      <table {...props} />
    </div>
  );
}
