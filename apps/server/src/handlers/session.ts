import { ApiError } from '@slotdeck/contract/errors';
import type { SessionUser } from '@slotdeck/contract/session';
import { can, Permission, type Principal } from '@slotdeck/model/access';
import type { Clock } from '@slotdeck/model/clock';
import type { Passwords } from '../access/passwords.ts';
import type { Sessions } from '../access/sessions.ts';
import type { Tries } from '../access/tries.ts';
import type { Handlers } from '../http/handler.ts';
import type { Audit } from '../store/audit.ts';
import { StoreError } from '../store/store-error.ts';
import type { Users } from '../store/users.ts';

interface Parts {
  users: Pick<Users, 'byName'>;
  sessions: Pick<Sessions, 'begin' | 'end'>;
  passwords: Pick<Passwords, 'matches'>;
  tries: Tries;
  audit: Audit;
  clock: Clock;
  version: string;
}

type SessionHandlers = Pick<Handlers, 'signIn' | 'getSession' | 'signOut'>;

export function sessionHandlers({ users, sessions, passwords, tries, audit, clock, version }: Parts): SessionHandlers {
  return {
    signIn: async ({ body, caller }) => {
      const name = body.username.trim();
      // Per pair of address and name: one bad neighbour behind a shared address locks nobody else out.
      const keys = [`${caller.address} ${name.toLowerCase()}`];
      const seconds = tries.secondsToWait(keys);
      if (seconds > 0) {
        throw new ApiError('too-many-tries', `Too many attempts. Try again in ${seconds} s.`, { seconds });
      }
      const user = users.byName(name);
      // Counted before the slow check, so that tries sent at the same time count too.
      tries.failed(keys);
      if (!(await passwords.matches(user?.passwordHash ?? null, body.password)) || user === null) {
        throw new ApiError('wrong-credentials', 'User name and password do not belong together.');
      }
      tries.succeeded(keys);
      caller.setSessionToken(sessions.begin(user.id));
      noteSignIn(audit, { userId: user.id, userName: user.name, address: caller.address, at: clock.now() });
      return { user: describeUser({ kind: 'user', id: user.id, name: user.name, role: user.role }) };
    },
    getSession: ({ caller }) => ({
      user: caller.principal.kind === 'user' ? describeUser(caller.principal) : null,
      version,
    }),
    signOut: ({ caller }) => {
      if (caller.sessionToken !== null) sessions.end(caller.sessionToken);
      caller.setSessionToken(null);
    },
  };
}

function describeUser(principal: Extract<Principal, { kind: 'user' }>): SessionUser {
  const permissions = Permission.options.filter((permission) => can(principal, permission));
  return { id: principal.id, name: principal.name, role: principal.role, permissions };
}

/** A sign-in changes nothing on a cluster: on a full disk seeing matters more than this row. */
function noteSignIn(audit: Audit, who: { userId: string; userName: string; address: string; at: number }): void {
  try {
    audit.write({ ...who, action: 'sign-in', subject: who.userId, facts: {} });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}
