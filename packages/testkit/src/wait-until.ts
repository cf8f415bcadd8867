import { setTimeout as sleep } from 'node:timers/promises';

export type WaitOptions = {
  /** Milliseconds until the wait gives up. Default 20,000. */
  readonly timeoutMs?: number;
  /** Milliseconds between the end of one look and the start of the next. Default 25. */
  readonly everyMs?: number;
};

/** A condition did not come true in time. The message says what was awaited and what was seen last. */
export class WaitTimedOut extends Error {
  readonly code = 'wait-timed-out';
  readonly facts: { readonly description: string; readonly timeoutMs: number; readonly last: string };

  constructor(facts: WaitTimedOut['facts'], options?: ErrorOptions) {
    super(`waited ${facts.timeoutMs} ms for: ${facts.description}; last seen: ${facts.last}`, options);
    this.name = 'WaitTimedOut';
    this.facts = facts;
  }
}

type Missing = false | null | undefined;

type LastLook =
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'error'; readonly error: unknown };

/**
 * Looks again and again until `check` answers something other than false, null or undefined, and returns that.
 * A check that throws counts as "not yet": servers refuse connections while they start. The last error is the
 * cause of the `WaitTimedOut` thrown when the time is over. A single look is not cut short when it hangs.
 */
export async function waitUntil<T>(
  description: string,
  check: () => T | Missing | Promise<T | Missing>,
  options: WaitOptions = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 20_000;
  const everyMs = options.everyMs ?? 25;
  const end = performance.now() + timeoutMs;
  for (;;) {
    const look = await lookOnce(check);
    if (look.kind === 'value' && look.value !== false && look.value !== null && look.value !== undefined)
      return look.value;
    if (performance.now() >= end) {
      const facts = { description, timeoutMs, last: describeLook(look) };
      throw new WaitTimedOut(facts, look.kind === 'error' ? { cause: look.error } : undefined);
    }
    await sleep(everyMs);
  }
}

async function lookOnce<T>(
  check: () => T | Missing | Promise<T | Missing>,
): Promise<{ kind: 'value'; value: T | Missing } | { kind: 'error'; error: unknown }> {
  try {
    return { kind: 'value', value: await check() };
  } catch (error) {
    return { kind: 'error', error };
  }
}

function describeLook(look: LastLook): string {
  if (look.kind === 'error')
    return look.error instanceof Error ? `${look.error.name}: ${look.error.message}` : String(look.error);
  return String(look.value);
}
