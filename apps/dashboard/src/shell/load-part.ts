import { lazy, type ComponentType } from 'react';

/** What waiting for a part needs of the browser. */
export interface PartPorts {
  /** Whether the server answers now. */
  isThere: () => Promise<boolean>;
  wait: (ms: number) => Promise<void>;
}

const browser: PartPorts = {
  async isThere() {
    try {
      return (await fetch('/healthz', { cache: 'no-store' })).ok;
    } catch (error) {
      // Nobody listens: that is the answer. Anything else is a mistake of ours.
      if (error instanceof TypeError) return false;
      throw error;
    }
  },
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;
/** A server that is there and still does not give the part has another version: waiting brings nothing. */
const TRIES_WITH_SERVER = 3;

/**
 * Brings parts of the page that are loaded when they are first needed. That may be while the server restarts under the open page:
 * the part is then waited for, and what is on the screen stays. The server is asked first, because a browser remembers a module
 * that it once failed to fetch and does not try it again; only the first part, which belongs to a page that was served just now,
 * comes without asking. The returned function throws what `load` threw, when the server is there and will not give the part.
 */
export function makePartLoader({ isThere, wait }: PartPorts) {
  let isFirst = true;
  return async function loadPart<T>(load: () => Promise<T>): Promise<T> {
    let pause = FIRST_PAUSE_MS;
    let refusals = 0;
    for (;;) {
      const isAsked = !isFirst;
      isFirst = false;
      if (!isAsked || (await isThere())) {
        try {
          return await load();
        } catch (error) {
          refusals += 1;
          if (refusals >= TRIES_WITH_SERVER) throw error;
        }
      }
      await wait(pause);
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
    }
  };
}

export const loadPart = makePartLoader(browser);

/** A component that comes with its own part of the program. */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => ({ default: await loadPart(load) }));
}
