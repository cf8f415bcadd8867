import type { Clock } from '@slotdeck/model/clock';

/** Time passes at once, so that no test waits for a back-off. */
export function hastyClock(): Clock {
  let time = 0;
  return {
    now: () => time,
    monotonic: () => time,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      time += ms;
    },
  };
}
