import { failureOfMigrate, LONGEST_MIGRATE_TIMEOUT_MS, migrate, MIGRATE_TIMEOUT_MS, type Carrier } from './carrier.ts';
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
  let timeoutMs = context.migrateTimeoutMs ?? MIGRATE_TIMEOUT_MS;
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
        if (await isAlive(carrier)) timeoutMs = Math.min(LONGEST_MIGRATE_TIMEOUT_MS, timeoutMs * 4);
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

/** Whether the target answers us, which tells a large key from a dead node. */
async function isAlive({ sender, target }: Carrier): Promise<boolean> {
  const [pong] = await sender.send(target, [['PING']]);
  return pong?.ok === true;
}
