import type { Clock } from '@slotdeck/model/clock';
import type { Users } from '../store/users.ts';
import type { Passwords } from './passwords.ts';
import { drawPassword, drawUserId } from './random-ids.ts';

export const ADMIN_NAME = 'admin';

/**
 * Makes the first user. Never a default password: the one from the settings, or one drawn now, which is returned so that it
 * can be shown once.
 */
export async function ensureAdmin(
  users: Pick<Users, 'count' | 'add'>,
  passwords: Pick<Passwords, 'hash'>,
  given: string | null,
  clock: Pick<Clock, 'now'>,
): Promise<{ drawnPassword: string | null }> {
  if (users.count() > 0) return { drawnPassword: null };
  const password = given ?? drawPassword();
  users.add({
    id: drawUserId(),
    name: ADMIN_NAME,
    role: 'admin',
    passwordHash: await passwords.hash(password),
    createdAt: clock.now(),
  });
  return { drawnPassword: given === null ? password : null };
}
