import { expect, test } from 'vitest';
import { printCommand } from './mask-secrets.ts';

test.each([
  [
    ['AUTH', 'pw'],
    ['AUTH', '***'],
  ],
  [
    ['auth', 'ops', 'pw'],
    ['auth', 'ops', '***'],
  ],
  [
    ['HELLO', 3, 'AUTH', 'ops', 'pw', 'SETNAME', 'x'],
    ['HELLO', '3', 'AUTH', 'ops', '***', 'SETNAME', 'x'],
  ],
  [
    ['MIGRATE', 'h', 1, '', 0, 9, 'AUTH2', 'ops', 'pw', 'KEYS', 'a', 'b'],
    ['MIGRATE', 'h', '1', '', '0', '9', 'AUTH2', 'ops', '***', 'KEYS', 'a', 'b'],
  ],
  [
    ['MIGRATE', 'h', 1, '', 0, 9, 'REPLACE', 'AUTH', 'pw', 'KEYS', 'AUTH', 'key'],
    ['MIGRATE', 'h', '1', '', '0', '9', 'REPLACE', 'AUTH', '***', 'KEYS', 'AUTH', 'key'],
  ],
  [
    ['CONFIG', 'SET', 'requirepass', 'pw'],
    ['CONFIG', 'SET', 'requirepass', '***'],
  ],
  [
    ['ACL', 'SETUSER', 'ops', 'on', '>pw', '~*'],
    ['ACL', 'SETUSER', 'ops', 'on', '>***', '~*'],
  ],
  [
    ['CLUSTER', 'NODES'],
    ['CLUSTER', 'NODES'],
  ],
])('%j is shown as %j', (command, shown) => {
  expect(printCommand(command)).toEqual(shown);
});

test('a password that is called like an option is masked too', () => {
  expect(printCommand(['MIGRATE', 'h', 1, '', 0, 9, 'AUTH', 'KEYS', 'KEYS', 'a']).slice(6)).toEqual([
    'AUTH',
    '***',
    'KEYS',
    'a',
  ]);
});

test('a key that is text is shown as text, one of other bytes byte by byte', () => {
  expect(printCommand(['DUMP', Buffer.from('schlüssel')])).toEqual(['DUMP', 'schlüssel']);
  expect(printCommand(['DUMP', Buffer.from([0x61, 0xff, 0x0a, 0x5c])])).toEqual(['DUMP', String.raw`a\xff\x0a\x5c`]);
});
