import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { ClusterId } from '@slotdeck/model/ids';
import { ImportParams } from '@slotdeck/model/plan-params';
import { makeSecretBox } from '../secrets/secret-box.ts';
import type { ImportLoginOf, ImportLogins } from '../store/import-logins.ts';
import { makeImportSources } from './import-sources.ts';

const clock = { now: () => 5_000, monotonic: () => 0, sleep: () => Promise.resolve() };
const cluster = ClusterId.parse('cl-orders');
const params = ImportParams.parse({ from: '127.0.0.1:1', fromUsername: 'ada' });

function memoryLogins(): ImportLogins & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  const key = (of: ImportLoginOf): string => JSON.stringify(of);
  return {
    kept,
    put: (of, sealed) => {
      kept.set(key(of), sealed);
    },
    get: (of) => kept.get(key(of)) ?? null,
    removeOlder: () => 0,
  };
}

test('a password is kept sealed, for one source of one cluster', async () => {
  const logins = memoryLogins();
  const sources = makeImportSources({ logins, box: makeSecretBox(randomBytes(32)), clock });
  sources.remember(cluster, params, 'of the other server');
  const [sealed] = [...logins.kept.values()];
  expect(Buffer.from(sealed ?? []).includes('of the other server')).toBe(false);
  expect([...logins.kept.keys()]).toEqual([
    JSON.stringify({ clusterId: cluster, address: '127.0.0.1:1', username: 'ada' }),
  ]);
  await sources.close();
});

test('one that was sealed with a lost key counts as not given, and another may be given', async () => {
  const logins = memoryLogins();
  makeImportSources({ logins, box: makeSecretBox(randomBytes(32)), clock }).remember(cluster, params, 'old');
  const sources = makeImportSources({ logins, box: makeSecretBox(randomBytes(32)), clock });
  expect(() => sources.calls(cluster, params)).not.toThrow();
  sources.remember(cluster, params, 'new');
  expect(() => sources.calls(cluster, params)).not.toThrow();
  await sources.close();
});

test('addresses at which clouds give away secrets are never dialled', async () => {
  const sources = makeImportSources({ logins: memoryLogins(), box: makeSecretBox(randomBytes(32)), clock });
  const [outcome] = await sources.calls(cluster, params).pipeline({ host: '169.254.169.254', port: 80 }, [['PING']]);
  expect(outcome).toMatchObject({ ok: false, error: { failure: { problem: { code: 'other-error' } } } });
  await sources.close();
});
