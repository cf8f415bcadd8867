import { expect, test } from 'vitest';
import { restAfterFailure } from './back-off.ts';
import { problemOfErrorLine, problemOfSocketError } from './call-problem.ts';
import { dialledAddress, parseAddress, printAddress } from './node-address.ts';

test.each([
  ['10.0.0.1:7000', { host: '10.0.0.1', port: 7000 }],
  ['redis.example', { host: 'redis.example', port: 6379 }],
  ['[::1]:7000', { host: '::1', port: 7000 }],
  ['[::1]', { host: '::1', port: 6379 }],
  ['h:0', null],
  ['h:65536', null],
  ['', null],
  ['a b:1', null],
])('%s is the address %j', (text, expected) => {
  expect(parseAddress(text)).toEqual(expected);
});

test('an address reads back from its print', () => {
  for (const address of [
    { host: '::1', port: 1 },
    { host: 'h', port: 65_535 },
  ]) {
    expect(parseAddress(printAddress(address))).toEqual(address);
  }
});

test('what a node says is dialled where the NAT map says, by address first, then by host', () => {
  const map = { '10.0.0.5:6379': '127.0.0.1:30001', '10.0.0.6': 'proxy.example', '10.0.0.7': '[::1]:9' };
  expect(dialledAddress({ host: '10.0.0.5', port: 6379 }, map)).toEqual({ host: '127.0.0.1', port: 30_001 });
  expect(dialledAddress({ host: '10.0.0.6', port: 7000 }, map)).toEqual({ host: 'proxy.example', port: 7000 });
  expect(dialledAddress({ host: '10.0.0.7', port: 7000 }, map)).toEqual({ host: '::1', port: 9 });
  expect(dialledAddress({ host: '10.0.0.5', port: 1 }, map)).toEqual({ host: '10.0.0.5', port: 1 });
});

test('a dead node is tried again within a second, one that refuses us is left alone for longer', () => {
  const rests = Array.from({ length: 12 }, (_, at) => restAfterFailure(at + 1, 'connection-refused', 0.99));
  expect(rests[0]).toBeLessThan(150);
  expect(Math.max(...rests)).toBeLessThan(1_000);
  expect(restAfterFailure(12, 'wrong-password', 0)).toBe(5_000);
  expect([...rests].sort((a, b) => a - b)).toEqual(rests);
});

test.each([
  ['WRONGPASS invalid username-password pair or user is disabled.', 'wrong-password'],
  ['ERR invalid password', 'wrong-password'],
  ['NOAUTH Authentication required.', 'password-required'],
  ["NOPERM User ops has no permissions to run the 'cluster|nodes' command", 'no-permission'],
  ['DENIED Redis is running in protected mode', 'no-permission'],
  ['ERR This instance has cluster support disabled', 'not-a-cluster'],
  ['LOADING Redis is loading the dataset in memory', 'loading'],
  ['ERR max number of clients reached', 'other-error'],
])('%s is %s', (line, code) => {
  expect(problemOfErrorLine(line)).toEqual({ code, seen: line });
});

test.each([
  ['ECONNREFUSED', 'connection-refused'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ETIMEDOUT', 'timeout'],
  ['ENOTFOUND', 'name-not-found'],
  ['ECONNRESET', 'connection-closed'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-untrusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-untrusted'],
  ['CERT_HAS_EXPIRED', 'tls-untrusted'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-not-spoken'],
])('the code %s means %s', (code, expected) => {
  const error = Object.assign(new Error(`it went wrong (${code})`), { code });
  expect(problemOfSocketError(error).code).toBe(expected);
});
