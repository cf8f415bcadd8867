import { expect, test } from 'vitest';
import { judgeValue, valueOf, type KeyRecord } from './write-ledger.ts';

const record: KeyRecord = { name: 'k', acknowledged: 5, acknowledgedAt: 1_000, attempted: 7 };

test.each([5, 6, 7])('version %i may stand there: acknowledged or sent without an answer', (version) => {
  expect(judgeValue(record, valueOf(version, 20))).toEqual({ kind: 'kept' });
});

test('an older version or a missing key is a lost write with the time of its acknowledgement', () => {
  const lost = { key: 'k', acknowledgedVersion: 5, acknowledgedAt: 1_000 };
  expect(judgeValue(record, valueOf(4, 20))).toEqual({ kind: 'lost', lost: { ...lost, foundVersion: 4 } });
  expect(judgeValue(record, null)).toEqual({ kind: 'lost', lost: { ...lost, foundVersion: null } });
});

test('a value nobody sent is told apart from a lost write', () => {
  expect(judgeValue(record, valueOf(8, 20))).toMatchObject({ kind: 'foreign' });
  expect(judgeValue(record, 'hello')).toMatchObject({ kind: 'foreign' });
});

test('a key that was never acknowledged may be missing', () => {
  expect(judgeValue({ ...record, acknowledged: 0 }, null)).toEqual({ kind: 'kept' });
});
