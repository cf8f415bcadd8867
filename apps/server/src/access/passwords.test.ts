import { expect, test } from 'vitest';
import { makePasswords } from './passwords.ts';

/** Cheap on purpose: what is tested is not the strength. */
const passwords = makePasswords({ memoryCost: 1024, timeCost: 1, parallelism: 1 });

test('only the right password matches, and the hash does not hold it', async () => {
  const hash = await passwords.hash('correct horse');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=1024,t=1,p=1\$/);
  expect(hash).not.toContain('horse');
  expect(await passwords.matches(hash, 'correct horse')).toBe(true);
  expect(await passwords.matches(hash, 'correct horsf')).toBe(false);
});

test('for an unknown user a password is checked all the same, and none matches', async () => {
  expect(await passwords.matches(null, 'no user has this password')).toBe(false);
});

test('hashes are made with at least what RFC 9106 recommends where memory is short', async () => {
  expect(await makePasswords().hash('x')).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$/);
});
