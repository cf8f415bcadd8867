import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { makeClient, type Call } from '@slotdeck/contract/client';
import type { Role } from '@slotdeck/model/access';
import type { Clock } from '@slotdeck/model/clock';
import { makePasswords } from '../src/access/passwords.ts';
import { drawUserId } from '../src/access/random-ids.ts';
import { buildApp } from '../src/app.ts';
import { makeConsole, type Console } from '../src/console.ts';
import { SECRET_PATHS } from '../src/log.ts';
import { loadKey } from '../src/secrets/load-key.ts';
import { makeSecretBox } from '../src/secrets/secret-box.ts';
import { openStore, type Store } from '../src/store/open-store.ts';
import { systemClock } from '../src/system-clock.ts';
import { makeTempFolder } from './temp-folder.ts';

export interface LabOptions {
  /** Default: a new one, removed at the end. */
  folder?: string;
  clock?: Clock;
  secret?: string;
  publicOrigin?: string;
  observeMs?: number;
  maxPages?: number;
}

/** The whole server on a real store, in this process and without a port: requests are injected. */
export interface ConsoleLab {
  readonly folder: string;
  readonly app: FastifyInstance;
  readonly console: Console;
  readonly store: Store;
  /** The API as this role; null is nobody. Every answer is checked against the contract. */
  as(role: Role | null): Call;
  /** A new session of the user of that role, as a header. */
  cookie(role: Role): string;
  /** Every line that was logged, at the lowest level. */
  readonly logged: readonly string[];
  /** What was reported as broken beside a request. */
  readonly faults: readonly unknown[];
  /** Lets the folder be, for a next life on it. */
  close(): Promise<void>;
}

export const PASSWORD = 'a password of the test';

/** Cheap hashes: what is tested here is not their strength, and there are many. */
const cheapPasswords = makePasswords({ memoryCost: 1024, timeCost: 1, parallelism: 1 });

export async function openLab(options: LabOptions = {}): Promise<ConsoleLab> {
  const temp = options.folder === undefined ? makeTempFolder() : null;
  const folder = options.folder ?? temp?.path ?? '';
  const clock = options.clock ?? systemClock;
  const store = await openStore(folder, clock, options.maxPages === undefined ? {} : { maxPages: options.maxPages });
  const logged: string[] = [];
  const faults: unknown[] = [];
  const log = pino(
    { level: 'trace', redact: { paths: SECRET_PATHS, censor: '[redacted]' } },
    { write: (line: string) => void logged.push(line) },
  );
  const console = makeConsole({
    store,
    box: makeSecretBox(loadKey(store.folder, options.secret ?? null)),
    clock,
    version: '0.0.0-test',
    observeMs: options.observeMs ?? 500,
    sessionMs: 3_600_000,
    keepMs: 86_400_000,
    historyBytes: 50_000_000,
    passwords: cheapPasswords,
    onFault: (err, about) => {
      faults.push(err);
      log.error({ err, ...about }, 'something failed beside a request');
    },
  });
  if (store.users.count() === 0) await addUsers(store);
  const app = await buildApp(console, {
    version: '0.0.0-test',
    publicOrigin: options.publicOrigin ?? null,
    trustProxy: false,
    dashboard: null,
    checkReplies: true,
    logger: log,
    isReady: () => true,
  });

  function cookie(role: Role): string {
    const user = store.users.byName(role);
    if (user === null) throw new Error(`there is no user ${role}`);
    return `slotdeck_session=${console.sessions.begin(user.id).token}`;
  }

  return {
    folder,
    app,
    console,
    store,
    logged,
    faults,
    cookie,
    as(role) {
      const headers = role === null ? {} : { cookie: cookie(role) };
      return makeClient({ base: 'http://slotdeck.test', fetch: injectedFetch(app), headers: () => headers });
    },
    async close() {
      await console.shutdown(5_000);
      await app.close();
      store.close();
      temp?.remove();
    },
  };
}

async function addUsers(store: Store): Promise<void> {
  const passwordHash = await cheapPasswords.hash(PASSWORD);
  for (const role of ['viewer', 'operator', 'admin'] as const)
    store.users.add({ id: drawUserId(), name: role, role, passwordHash, createdAt: 1 });
}

/** The client of the contract, without a network between. */
function injectedFetch(app: FastifyInstance): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(typeof input === 'string' || input instanceof URL ? input : input.url);
    const answer = await app.inject({
      // The client uses no other methods than those of the contract.
      method: init.method as 'GET' | 'POST' | 'PATCH' | 'DELETE',
      url: url.pathname + url.search,
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(typeof init.body === 'string' ? { payload: init.body } : {}),
    });
    return new Response(answer.statusCode === 204 ? null : answer.body, { status: answer.statusCode });
  };
}
