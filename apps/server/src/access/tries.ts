import type { Clock } from '@slotdeck/model/clock';

/**
 * Counts failed tries per key in a sliding window. Kept in memory: a restart forgives, which costs an attacker more than it
 * gives. The number of keys is bounded so that invented names cannot fill the memory.
 */
export interface Tries {
  /** Seconds to wait, or 0 when one more try is allowed. */
  secondsToWait(keys: readonly string[]): number;
  failed(keys: readonly string[]): void;
  succeeded(keys: readonly string[]): void;
}

const KEYS_KEPT = 10_000;

export function makeTries(
  clock: Clock,
  { allowed = 5, windowMs = 60_000 }: { allowed?: number; windowMs?: number } = {},
): Tries {
  const failures = new Map<string, number[]>();
  const recent = (key: string): number[] => (failures.get(key) ?? []).filter((at) => clock.monotonic() - at < windowMs);
  return {
    secondsToWait(keys) {
      const waits = keys.map((key) => {
        const times = recent(key);
        const oldest = times.at(-allowed);
        return oldest === undefined ? 0 : windowMs - (clock.monotonic() - oldest);
      });
      return Math.ceil(Math.max(0, ...waits) / 1000);
    },
    failed(keys) {
      for (const key of keys) {
        const times = [...recent(key), clock.monotonic()].slice(-allowed);
        failures.delete(key);
        failures.set(key, times);
      }
      for (const key of failures.keys()) {
        if (failures.size <= KEYS_KEPT) break;
        failures.delete(key);
      }
    },
    succeeded(keys) {
      for (const key of keys) failures.delete(key);
    },
  };
}
