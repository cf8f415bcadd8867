import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeSecretBox, WrongKey } from './secret-box.ts';

const box = makeSecretBox(randomBytes(32));

test('what was sealed comes out again and is not to be read in the box', () => {
  const sealed = box.seal('hünter2-password', 'cl-one');
  expect(box.open(sealed, 'cl-one')).toBe('hünter2-password');
  expect(Buffer.from(sealed).includes('password')).toBe(false);
});

test('the same text never makes the same box', () => {
  expect(Buffer.from(box.seal('x', 'cl-one')).equals(Buffer.from(box.seal('x', 'cl-one')))).toBe(false);
});

test('another key, another cluster, a changed or a short box do not open', () => {
  const sealed = box.seal('secret', 'cl-one');
  expect(() => makeSecretBox(randomBytes(32)).open(sealed, 'cl-one')).toThrow(WrongKey);
  expect(() => box.open(sealed, 'cl-two')).toThrow(WrongKey);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte));
    expect(() => box.open(changed, 'cl-one')).toThrow(WrongKey);
  }
  expect(() => box.open(sealed.slice(0, 20), 'cl-one')).toThrow(WrongKey);
});
