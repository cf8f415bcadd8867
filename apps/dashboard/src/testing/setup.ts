import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

/** jsdom lays nothing out, so there is nothing to observe either. */
class NothingToObserve implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

/** What a browser has and jsdom has not, as far as our components ask for it. */
function completePage(): void {
  window.matchMedia = (query) => ({
    matches: false,
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    dispatchEvent: () => false,
  });
  window.ResizeObserver = NothingToObserve;
  window.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
}

// Tests that only read files run without a page.
const hasPage = typeof window !== 'undefined';
if (hasPage) completePage();
// Pages are loaded when first opened; on a busy machine that takes a while.
configure({ asyncUtilTimeout: 8000, getElementError: (message) => new Error(message ?? 'not found') });

afterEach(() => {
  if (!hasPage) return;
  cleanup();
  localStorage.clear();
});
