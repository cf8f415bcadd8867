import { expect, test } from 'vitest';
import { NodeCallError } from '../connection/node-calls.ts';
import { migrateCommand, readMigrateError, readMigrateOutcome } from './migrate.ts';

const target = { host: '10.0.0.2', port: 7001 };

test('keys of any bytes go behind KEYS, with the options before', () => {
  const key = Buffer.from([0, 255, 10]);
  expect(migrateCommand({ target, keys: [key], db: 0, timeoutMs: 5_000, replace: true })).toEqual([
    'MIGRATE',
    '10.0.0.2',
    7001,
    '',
    0,
    5_000,
    'REPLACE',
    'KEYS',
    key,
  ]);
});

test('a user with a password is AUTH2, a password alone is AUTH', () => {
  const request = { target, keys: [Buffer.from('k')], db: 0, timeoutMs: 1 };
  expect(migrateCommand({ ...request, auth: { username: 'ops', password: 'secret' } })).toContain('AUTH2');
  expect(migrateCommand({ ...request, auth: { password: 'secret' } })).toEqual(
    expect.arrayContaining(['AUTH', 'secret']),
  );
});

test.each([
  ['ERR Target instance replied with error: BUSYKEY Target key name already exists.', { kind: 'busy-key' }],
  [
    'ERR Target instance replied with error: NOAUTH Authentication required.',
    { kind: 'target-error', prefix: 'NOAUTH' },
  ],
  [
    "ERR Target instance replied with error: OOM command not allowed when used memory > 'maxmemory'.",
    { kind: 'target-error', prefix: 'OOM' },
  ],
  ['IOERR error or timeout connecting to the client', { kind: 'io-error', during: 'connect' }],
  ['IOERR error or timeout writing to target instance', { kind: 'io-error', during: 'write' }],
  ['IOERR error or timeout reading to target instance', { kind: 'io-error', during: 'read' }],
  ['NOPERM this user has no permissions to run the command', { kind: 'refused', prefix: 'NOPERM' }],
  ['TRYAGAIN Multiple keys request during rehashing of slot', { kind: 'refused', prefix: 'TRYAGAIN' }],
])('%s', (line, expected) => {
  expect(readMigrateError(line)).toMatchObject(expected);
});

test('moved, nothing there, and an answer that is neither are told apart', () => {
  expect(readMigrateOutcome({ ok: true, reply: 'OK', ms: 1 })).toEqual({ kind: 'moved' });
  expect(readMigrateOutcome({ ok: true, reply: Buffer.from('NOKEY'), ms: 1 })).toEqual({ kind: 'no-key' });
  expect(readMigrateOutcome({ ok: true, reply: 7, ms: 1 })).toEqual({ kind: 'broken-reply', seen: '7' });
});

test('a reply that never came keeps whether the command was sent', () => {
  const problem = { code: 'timeout', seen: 'no reply within 5 ms' } as const;
  const error = new NodeCallError(target, { kind: 'no-reply', problem, sent: true });
  expect(readMigrateOutcome({ ok: false, error, ms: 5 })).toEqual({ kind: 'no-reply', problem, sent: true });
});
