import { hash, verify, type Algorithm } from '@node-rs/argon2';

/** The package declares a `const enum`, whose members this compiler setting cannot read; 2 is Argon2id in it. */
const ARGON2ID: Algorithm.Argon2id = 2;

/** RFC 9106's second recommended choice: 64 MiB, three passes; about 0.1 s here. */
const OPTIONS = { algorithm: ARGON2ID, memoryCost: 65_536, timeCost: 3, parallelism: 4 };

export interface Passwords {
  hash(password: string): Promise<string>;
  /** With null (no such user) it takes as long as with a real hash and says no. */
  matches(passwordHash: string | null, password: string): Promise<boolean>;
}

export function makePasswords(options: Partial<typeof OPTIONS> = {}): Passwords {
  const cost = { ...OPTIONS, ...options };
  let decoy: Promise<string> | null = null;
  return {
    hash: (password) => hash(password, cost),
    matches: async (passwordHash, password) => {
      decoy ??= hash('no user has this password', cost);
      const isRight = await verify(passwordHash ?? (await decoy), password);
      return isRight && passwordHash !== null;
    },
  };
}
