import { expect, test } from 'vitest';
import { isOwnOrigin } from './request-origin.ts';

const here = { publicOrigin: null, protocol: 'http' };

test.each([
  ['a request of our own page', { origin: 'http://127.0.0.1:7700', host: '127.0.0.1:7700' }, true],
  ['a program that sends no origin', { host: '127.0.0.1:7700' }, true],
  ['another site', { origin: 'https://evil.example', host: '127.0.0.1:7700' }, false],
  ['another port of the same machine', { origin: 'http://127.0.0.1:7701', host: '127.0.0.1:7700' }, false],
  ['the same name by another protocol', { origin: 'https://127.0.0.1:7700', host: '127.0.0.1:7700' }, false],
  ['a page without an origin, as in a sandboxed frame', { origin: 'null', host: '127.0.0.1:7700' }, false],
  ['a browser that says "cross-site" and no origin', { host: 'console', 'sec-fetch-site': 'cross-site' }, false],
  ['a browser that says "same-site" and no origin', { host: 'console', 'sec-fetch-site': 'same-site' }, false],
  ['an address that a person typed', { host: 'console', 'sec-fetch-site': 'none' }, true],
  ['no host at all', { origin: 'http://127.0.0.1:7700' }, false],
] as const)('%s', (_, headers, isOwn) => {
  expect(isOwnOrigin(headers, here)).toBe(isOwn);
});

test('behind a proxy the public origin counts', () => {
  const proxied = { publicOrigin: 'https://console.example.org', protocol: 'http' };
  expect(isOwnOrigin({ origin: 'https://console.example.org', host: 'inside:7700' }, proxied)).toBe(true);
  expect(isOwnOrigin({ origin: 'https://console.example.com', host: 'inside:7700' }, proxied)).toBe(false);
});
