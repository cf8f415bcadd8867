import { expect, test } from 'vitest';
import { isRefusedHost } from './seed-rules.ts';

test.each([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '192.0.0.192',
  '0.0.0.0',
  '224.0.0.1',
  'metadata.google.internal',
  'METADATA.google.internal.',
  'fe80::1',
  'fd00:ec2::254',
  'ff02::1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '0:0:0:0:0:ffff:a9fe:a9fe',
  '::',
])('%s is never dialled', (host) => {
  expect(isRefusedHost(host)).toBe(true);
});

test.each([
  '127.0.0.1',
  '10.0.0.5',
  '192.168.1.9',
  '172.16.4.4',
  'redis-1.internal',
  '::1',
  'fd12:3456::1',
  'metadata.example.org',
])('%s may be a node', (host) => {
  expect(isRefusedHost(host)).toBe(false);
});
