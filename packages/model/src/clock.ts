/** Time as it is passed into everything that needs it, so that a test can drive it by hand. */
export interface Clock {
  /** Wall time, milliseconds since 1970. May jump; only for what people read. */
  now(): number;
  /** Milliseconds that never run backwards. For durations, leases and time-outs. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
