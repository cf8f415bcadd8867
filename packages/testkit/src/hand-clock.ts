import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@slotdeck/model/clock';

export type HandClock = Clock & {
  /**
   * Moves both times on. Sleepers wake in the order they are due, each at its own time; what they do next (also sleep again within
   * the span) happens before the next one wakes.
   */
  advance(ms: number): Promise<void>;
  /** Moves only the wall time, in either direction, as a clock that is set does. Nobody wakes. */
  jump(ms: number): void;
  /** How many are asleep. */
  readonly sleepers: number;
};

type Sleeper = { readonly due: number; readonly wake: () => void };

/** A clock that stands still until it is told. Starts at 2026-01-01T00:00:00Z and monotonic 0 unless told otherwise. */
export function createHandClock(start: { readonly now?: number; readonly monotonic?: number } = {}): HandClock {
  let now = start.now ?? Date.UTC(2026, 0, 1);
  let monotonic = start.monotonic ?? 0;
  const sleepers = new Set<Sleeper>();

  function moveTo(time: number): void {
    now += time - monotonic;
    monotonic = time;
  }

  function nextDue(until: number): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const each of sleepers) if (each.due <= until && (next === undefined || each.due < next.due)) next = each;
    return next;
  }

  return {
    now: () => now,
    monotonic: () => monotonic,
    get sleepers() {
      return sleepers.size;
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(asError(signal.reason));
          return;
        }
        const abort = (): void => {
          sleepers.delete(sleeper);
          reject(asError(signal?.reason));
        };
        const sleeper: Sleeper = {
          due: monotonic + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          },
        };
        signal?.addEventListener('abort', abort, { once: true });
        sleepers.add(sleeper);
      });
    },
    async advance(ms) {
      const end = monotonic + ms;
      // One turn of the event loop lets promise chains of any length run until they wait for something real.
      await turn();
      for (let next = nextDue(end); next !== undefined; next = nextDue(end)) {
        sleepers.delete(next);
        moveTo(Math.max(monotonic, next.due));
        next.wake();
        await turn();
      }
      moveTo(end);
    },
    jump(ms) {
      now += ms;
    },
  };
}

/** An abort reason can be anything; the built-in ones are errors, and those are passed on as they are. */
function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
