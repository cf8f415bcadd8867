import { expect, test } from 'vitest';
import { featuresOf } from './server-features.ts';

test.each([
  ['redis', '7.0.15', { slotStats: false, atomicMigration: null, forgetSpreads: false, staleOwnerMayReturn: true }],
  ['redis', '7.2.4', { forgetSpreads: true, staleOwnerMayReturn: false }],
  ['redis', '8.0.6', { slotStats: false, deletesUnownedKeys: false }],
  ['redis', '8.2.0', { slotStats: true, slotStatsMemory: false, atomicMigration: null }],
  [
    'redis',
    '8.6.3',
    { slotStatsMemory: true, atomicMigration: 'redis', hidesUnownedKeys: true, deletesUnownedKeys: true },
  ],
  ['valkey', '8.0.1', { slotStats: true, replicatedSetSlot: true, atomicMigration: null, hidesUnownedKeys: false }],
  ['valkey', '9.1.2', { atomicMigration: 'valkey', deletesUnownedKeys: true }],
] as const)('%s %s', (flavour, version, expected) => {
  expect(featuresOf({ flavour, version })).toMatchObject(expected);
});

test('of an unknown server nothing is taken for granted', () => {
  expect(new Set(Object.values(featuresOf(null)))).toEqual(new Set([false, null]));
  expect(featuresOf({ flavour: 'redis', version: 'nightly' }).slotStats).toBe(false);
});
