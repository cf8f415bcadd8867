import { describe, expect, test } from 'vitest';
import { readArguments } from './read-arguments.ts';
import { UsageError } from './usage-error.ts';

const read = (line: string, env: Record<string, string> = {}) => readArguments(line.split(' ').filter(Boolean), env);

const node = { host: '127.0.0.1', port: 7000 };

describe('which command for which node', () => {
  test.each([
    ['check 127.0.0.1:7000', { command: 'check', address: node }],
    ['--cluster check 127.0.0.1:7000', { command: 'check', address: node }],
    ['--cluster check 127.0.0.1 7000', { command: 'check', address: node }],
    ['-h 127.0.0.1 -p 7000 --cluster info', { command: 'info', address: node }],
    ['info -p 7000', { command: 'info', address: node }],
    ['info [::1]:7000', { command: 'info', address: { host: '::1', port: 7000 } }],
    ['--cluster check 127.0.0.1:7000 --cluster-search-multiple-owners', { command: 'check', address: node }],
    [
      'call 127.0.0.1:7000 CONFIG GET maxmemory',
      { command: 'call', words: ['CONFIG', 'GET', 'maxmemory'], only: 'all' },
    ],
    [
      '--cluster call 127.0.0.1:7000 PING --cluster-only-masters',
      { command: 'call', words: ['PING'], only: 'primaries' },
    ],
    ['--only-replicas call 127.0.0.1:7000 PING', { command: 'call', words: ['PING'], only: 'replicas' }],
    ['call 127.0.0.1:7000 SET key --tls', { command: 'call', words: ['SET', 'key', '--tls'] }],
    ['', { command: 'help', about: null }],
    ['--help check 127.0.0.1:7000', { command: 'help', about: 'check' }],
    ['help call', { command: 'help', about: 'call' }],
  ])('%s', (line, asked) => {
    expect(read(line)).toMatchObject(asked);
  });
});

test('a password comes from -a, from --pass or from REDISCLI_AUTH, the nearer one first', () => {
  expect(read('check 127.0.0.1:7000', { REDISCLI_AUTH: 'env' })).toMatchObject({ access: { password: 'env' } });
  expect(read('check 127.0.0.1:7000 -a arg', { REDISCLI_AUTH: 'env' })).toMatchObject({ access: { password: 'arg' } });
  expect(read('check 127.0.0.1:7000 --user ada --pass arg')).toMatchObject({
    access: { username: 'ada', password: 'arg', askPassword: false, tls: null },
  });
  expect(read('check 127.0.0.1:7000 --askpass')).toMatchObject({ access: { askPassword: true } });
});

test('any option about TLS means TLS', () => {
  expect(read('check 127.0.0.1:7000 --cacert ca.pem --sni name')).toMatchObject({
    access: { tls: { ca: 'ca.pem', sni: 'name', insecure: false } },
  });
  expect(read('check 127.0.0.1:7000 --tls --insecure')).toMatchObject({ access: { tls: { insecure: true } } });
});

test.each([
  ['reshuffle 127.0.0.1:7000', /no command "reshuffle"/],
  ['check', /host:port/],
  ['check 127.0.0.1:99999', /no address/],
  ['check 127.0.0.1:7000 127.0.0.1:7001', /Nothing is known of "127.0.0.1:7001"/],
  ['check 127.0.0.1:7000 --cluster-slot 4', /option --cluster-slot is not known/],
  ['check 127.0.0.1:7000 -a', /-a needs a value/],
  ['call 127.0.0.1:7000', /which command/],
  ['--only-primaries --only-replicas call 127.0.0.1:7000 PING', /exclude each other/],
])('"%s" makes no sense, and it is said why', (line, why) => {
  expect(() => read(line)).toThrow(UsageError);
  expect(() => read(line)).toThrow(why);
});
