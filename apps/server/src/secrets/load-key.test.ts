import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StoreError } from '../store/store-error.ts';
import { loadKey } from './load-key.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slotdeck-key-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the first start makes a key file that only its owner reads; later starts use it', () => {
  const first = loadKey(folder, null);
  expect(first.length).toBe(32);
  expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600);
  expect(Buffer.from(loadKey(folder, null)).equals(first)).toBe(true);
});

test('the same secret gives the same key in every folder, and needs no file', () => {
  const key = loadKey(folder, 'a secret of enough characters');
  expect(() => statSync(join(folder, 'secret.key'))).toThrow(/ENOENT/);
  expect(Buffer.from(loadKey('/elsewhere', 'a secret of enough characters')).equals(key)).toBe(true);
  expect(Buffer.from(loadKey(folder, 'another secret, also long')).equals(key)).toBe(false);
});

test('a damaged key file is named and left as it is', () => {
  const path = join(folder, 'secret.key');
  writeFileSync(path, 'abc\n');
  expect(() => loadKey(folder, null)).toThrow(StoreError);
  expect(() => loadKey(folder, null)).toThrow(/secret\.key is damaged/);
  expect(readFileSync(path, 'utf8')).toBe('abc\n');
});
