import type { ReactNode } from 'react';

/** Around a table that may be wider than its panel: it scrolls sideways by itself, by keyboard too, and the page does not. */
export function WideTable({ label, children }: { label: string; children: ReactNode }) {
  return (
    // Positioned, so that words only screen readers read are cut here too and do not widen the page.
    <div role="group" tabIndex={0} aria-label={label} style={{ overflowX: 'auto', position: 'relative' }}>
      {children}
    </div>
  );
}
