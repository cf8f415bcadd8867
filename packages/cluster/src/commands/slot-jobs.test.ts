import { describe, expect, test } from 'vitest';
import {
  clusterMigrateSlotsCommand,
  clusterMigrationImportCommand,
  readMigrationTasks,
  readSlotMigrations,
} from './slot-jobs.ts';
import { NodeId } from '@slotdeck/model/ids';

const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];

/** As Valkey 9.1.2 answers in RESP2. */
const valkey = (state: string, more: Record<string, unknown> = {}): unknown[] =>
  Object.entries({
    name: 'c'.repeat(40),
    operation: 'EXPORT',
    slot_ranges: '0-63 100-100',
    target_node: b,
    source_node: a,
    create_time: 1_795_756_302,
    state,
    message: '',
    remaining_repl_size: 0,
    ...more,
  }).flat();

/** As Redis 8.6.3 answers in RESP2. */
const redis = (state: string, more: Record<string, unknown> = {}): unknown[] =>
  Object.entries({
    id: 'd'.repeat(40),
    slots: '0-63 100',
    source: a,
    dest: b,
    operation: 'import',
    state,
    last_error: '',
    retries: 0,
    write_pause_ms: 4,
    ...more,
  }).flat();

describe('the jobs of both kinds of servers read alike', () => {
  test.each([
    ['snapshotting', 'running'],
    ['waiting-to-pause', 'running'],
    ['success', 'succeeded'],
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
  ])('Valkey says %s: it %s', (said, state) => {
    expect(readSlotMigrations([valkey(said)])).toMatchObject({
      ok: true,
      value: [
        {
          from: a,
          to: b,
          slots: [
            [0, 63],
            [100, 100],
          ],
          state,
          said,
          writePauseMs: null,
        },
      ],
    });
  });

  test.each([
    ['accumulate-buffer', 'running'],
    // It is tried again each second, for ever.
    ['failed', 'running'],
    ['completed', 'succeeded'],
    ['canceled', 'cancelled'],
  ])('Redis says %s: it %s', (said, state) => {
    expect(readMigrationTasks([redis(said, { retries: 2 })])).toMatchObject({
      ok: true,
      value: [
        {
          from: a,
          to: b,
          slots: [
            [0, 63],
            [100, 100],
          ],
          state,
          failures: said === 'failed' ? 3 : 2,
          writePauseMs: 4,
        },
      ],
    });
  });

  test('the other end of a job is not ours to drive, and a node that nobody names is null', () => {
    expect(readSlotMigrations([valkey('success', { operation: 'IMPORT' })])).toEqual({ ok: true, value: [] });
    expect(readMigrationTasks([redis('completed', { operation: 'migrate' })])).toEqual({ ok: true, value: [] });
    expect(readSlotMigrations([valkey('failed', { source_node: '' })])).toMatchObject({ value: [{ from: null }] });
  });

  test.each([
    [null],
    ['OK'],
    [[['name']]],
    [[valkey('x', { slot_ranges: '99999' })]],
    [[valkey('x', { slot_ranges: '' })]],
  ])('what is no list of jobs is said to be none: %o', (reply) => {
    expect(readSlotMigrations(reply)).toMatchObject({ ok: false });
  });
});

test('both commands name first and last slot of each range', () => {
  const slots = [
    [0, 63],
    [100, 100],
  ] as const;
  const target = NodeId.parse(b);
  expect(
    clusterMigrateSlotsCommand(
      slots.map(([x, y]) => [x, y]),
      target,
    ),
  ).toEqual(['CLUSTER', 'MIGRATESLOTS', 'SLOTSRANGE', '0', '63', '100', '100', 'NODE', b]);
  expect(clusterMigrationImportCommand(slots.map(([x, y]) => [x, y]))).toEqual([
    'CLUSTER',
    'MIGRATION',
    'IMPORT',
    '0',
    '63',
    '100',
    '100',
  ]);
});
