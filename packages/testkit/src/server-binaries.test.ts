import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { availableServers, findServer, serversUnderTest } from './server-binaries.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slotdeck-servers-'));
  vi.stubEnv('SLOTDECK_SERVERS', folder);
  vi.stubEnv('SLOTDECK_TEST_SERVERS', undefined);
  vi.stubEnv('PATH', join(folder, 'path'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function install(bin: string, flavour: string, version: string) {
  mkdirSync(bin, { recursive: true });
  for (const tool of ['server', 'cli']) {
    const file = join(bin, `${flavour}-${tool}`);
    writeFileSync(file, `#!/bin/sh\necho "${flavour} ${tool} v=${version} sha=0:0 bits=64"\n`);
    chmodSync(file, 0o755);
  }
}

test('servers are found in the folder and on PATH, by what they say of themselves', () => {
  install(join(folder, 'valkey-9.1', 'bin'), 'valkey', '9.1.2');
  install(join(folder, 'path'), 'redis', '7.0.15');
  expect(availableServers().map(({ name, version }) => [name, version])).toEqual([
    ['redis-7.0', '7.0.15'],
    ['valkey-9.1', '9.1.2'],
  ]);
});

test('a server of another version under that name is not taken', () => {
  install(join(folder, 'redis-8.0', 'bin'), 'redis', '8.2.1');
  expect(findServer('redis-8.0')).toBeNull();
});

test('a server asked for by name must be there, or the run says so', () => {
  install(join(folder, 'path'), 'redis', '7.0.15');
  vi.stubEnv('SLOTDECK_TEST_SERVERS', 'redis-7.0');
  expect(serversUnderTest().map((server) => server.name)).toEqual(['redis-7.0']);
  vi.stubEnv('SLOTDECK_TEST_SERVERS', 'redis-7.0,valkey-9.1');
  expect(() => serversUnderTest()).toThrow(/valkey-9\.1 is neither in/);
  vi.stubEnv('SLOTDECK_TEST_SERVERS', 'redis-1.0');
  expect(() => serversUnderTest()).toThrow(/known are redis-7\.0/);
});
