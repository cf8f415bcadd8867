import { failureOfMigrate, migrate, timeoutBySizeMs, usualTimeoutMs, type Carrier } from './carrier.ts';
import { resolveConflicts } from './key-conflicts.ts';
import type { KeyLoad } from './list-keys.ts';
import { ActFailure } from './move-problems.ts';

const TRIES = 4;
const FIRST_REST_MS = 100;

/**
 * Carries one load over. Afterwards none of its keys is on the source, or an ActFailure says why. What a MIGRATE that ended with
 * an I/O error came to is never guessed: the keys still on the source are tried again, and one that turns up on both sides is
 * compared.
 */
export async function migrateLoad(load: KeyLoad, carrier: Carrier): Promise<void> {
  const { context, source, target } = carrier;
  let timeoutMs = usualTimeoutMs(carrier);
  for (let attempt = 1; ; attempt += 1) {
    const result = await migrate(load, { timeoutMs, replace: false }, carrier);
    switch (result.kind) {
      case 'moved':
      case 'no-key':
        return;
      case 'busy-key':
        await resolveConflicts(load, carrier);
        return;
      case 'io-error': {
        context.note('migrate-io-error', {
          source: source.name,
          target: target.name,
          slot: load.slot,
          seen: result.line,
        });
        if (attempt >= TRIES) {
          throw new ActFailure('target-not-reachable-from-source', {
            source: source.name,
            target: target.name,
            seen: result.line,
          });
        }
        await context.clock.sleep(FIRST_REST_MS * 2 ** attempt, context.signal);
        // Who cannot even be dialled is not at work on a large key.
        if (result.during !== 'connect') timeoutMs = await timeoutBySizeMs(load, carrier);
        break;
      }
      case 'target-error':
      case 'refused':
      case 'no-reply':
      case 'broken-reply':
        throw failureOfMigrate(result, carrier);
    }
  }
}
