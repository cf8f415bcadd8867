import { z } from 'zod';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OperationId, PlanId } from '@slotdeck/model/ids';
import type { NewOperationEvent } from '@slotdeck/model/operation-events';
import { JournalError, type NewTranscriptLine } from '@slotdeck/operations/engine/journal';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import { sampleClusterId, samplePlan, sampleRecord } from '../../test/sample-plan.ts';
import { makeTempFolder } from '../../test/temp-folder.ts';
import { migrate } from './migrations.ts';
import { makeOperationStore, type OperationStore } from './operation-journal.ts';
import { makePlans } from './plans.ts';
import { openSqliteFile, type SqliteFile } from './sqlite-file.ts';

const clock = createHandClock();
let folder: ReturnType<typeof makeTempFolder>;
let db: SqliteFile;
let store: OperationStore;
const anyCount = z.object({ page_count: z.number() });

beforeEach(async () => {
  folder = makeTempFolder();
  db = await openSqliteFile(join(folder.path, 'journal.db'));
  db.exec('PRAGMA journal_mode = WAL');
  migrate(db);
  store = makeOperationStore(db, clock, 5);
});
afterEach(() => {
  db.close();
  folder.remove();
});

const started: NewOperationEvent = { type: 'status', status: 'running', cause: 'start', by: null, problem: null };
const ended: NewOperationEvent = { type: 'status', status: 'succeeded', cause: 'steps-done', by: null, problem: null };
const note = (code: string): NewOperationEvent => ({ type: 'note', code, step: null, facts: {} });
const line = (command: string[], outcome: NewTranscriptLine['outcome'] = 'ok'): NewTranscriptLine => ({
  at: 1,
  node: 'n',
  command,
  more: 0,
  reply: 'OK',
  outcome,
  ms: 1,
  step: null,
});

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof JournalError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
};

function take(id: OperationId, holder = 'one'): number {
  const taken = store.leases.take({ clusterId: sampleClusterId, operationId: id, holder });
  if (!taken.ok) throw new Error(`held by ${taken.heldBy}`);
  return taken.fence;
}

function begin(id: string): { id: OperationId; fence: number } {
  const record = sampleRecord(id);
  const fence = take(record.id);
  const { kind, id: planId, steps } = record.plan;
  store.journal.create(record, [{ type: 'created', kind, planId, by: 'ada', steps }], fence);
  return { id: record.id, fence };
}

test('events get their index and time, and come back as they were', () => {
  const { id, fence } = begin('op-one');
  const written = store.journal.append(id, [started, note('a')], fence);
  expect(written.map((event) => event.index)).toEqual([1, 2]);
  expect(written[0]?.at).toBe(clock.now());
  expect(store.journal.events(id).slice(1)).toEqual(written);
  expect(store.journal.events(id, 1)).toEqual(written.slice(1));
  expect(store.journal.events(id, -1, 2)).toHaveLength(2);
});

test('whoever lost the lease can write no more', () => {
  const { id, fence } = begin('op-one');
  const newer = take(id, 'two');
  expect(newer).toBeGreaterThan(fence);
  expect(codeOf(() => store.journal.append(id, [started], fence))).toBe('fenced');
  expect(codeOf(() => store.journal.appendTranscript(id, [line(['PING'])], fence))).toBe('fenced');
  expect(store.journal.events(id)).toHaveLength(1);
  expect(store.journal.append(id, [started], newer)).toHaveLength(1);
});

test('after the lease was given back nobody writes', () => {
  const { id, fence } = begin('op-one');
  store.leases.release(sampleClusterId, fence);
  expect(codeOf(() => store.journal.append(id, [started], fence))).toBe('fenced');
});

test('a cluster has one operation at a time, and a fence never comes twice', () => {
  const { id, fence } = begin('op-one');
  const other = OperationId.parse('op-two');
  expect(store.leases.take({ clusterId: sampleClusterId, operationId: other, holder: 'one' })).toEqual({
    ok: false,
    heldBy: id,
  });
  store.leases.release(sampleClusterId, fence - 1);
  expect(store.leases.current(sampleClusterId)?.operationId).toBe(id);
  store.leases.release(sampleClusterId, fence);
  expect(store.leases.current(sampleClusterId)).toBeNull();
  expect(store.leases.held()).toEqual([]);
  expect(take(other)).toBe(fence + 1);
});

test('an operation is made once', () => {
  const { id, fence } = begin('op-one');
  const record = sampleRecord('op-one');
  expect(codeOf(() => store.journal.create(record, [started], fence))).toBe('operation-exists');
  expect(store.journal.events(id)).toHaveLength(1);
});

test('an operation that nobody knows cannot be written', () => {
  expect(codeOf(() => store.journal.append(OperationId.parse('op-none'), [started], 1))).toBe('no-such-operation');
  expect(store.journal.record(OperationId.parse('op-none'))).toBeNull();
});

test('unfinished are those that have not ended', () => {
  const first = begin('op-one');
  store.journal.append(first.id, [started, ended], first.fence);
  store.leases.release(sampleClusterId, first.fence);
  const second = begin('op-two');
  expect(store.journal.unfinished().map(({ id }) => id)).toEqual([second.id]);
  expect(store.journal.list(sampleClusterId).map(({ id }) => id)).toEqual([second.id, first.id]);
});

test('several events are written all or not at all', () => {
  const { id, fence } = begin('op-one');
  db.exec(`PRAGMA max_page_count = ${db.get(anyCount, 'PRAGMA page_count')?.page_count ?? 0}`);
  const many = Array.from({ length: 400 }, (_, at) => note(`note ${at} ${'x'.repeat(500)}`));
  expect(codeOf(() => store.journal.append(id, many, fence))).toBe('storage-full');
  expect(store.journal.events(id)).toHaveLength(1);
  db.exec('PRAGMA max_page_count = 100000');
  expect(store.journal.append(id, many, fence)[0]?.index).toBe(1);
});

test('the transcript keeps the newest lines and counts the dropped ones', () => {
  const { id, fence } = begin('op-one');
  for (let at = 0; at < 12; at += 1) store.journal.appendTranscript(id, [line(['PING', String(at)])], fence);
  const page = store.journal.transcript(id, { limit: 3 });
  expect(page).toMatchObject({ total: 12, dropped: 7 });
  expect(page.lines.map((each) => each.index)).toEqual([11, 10, 9]);
  expect(store.journal.transcript(id, { limit: 9, before: 9 }).lines.map((each) => each.index)).toEqual([8, 7]);
});

test('the transcript can be narrowed to errors and to hand-overs', () => {
  const { id, fence } = begin('op-one');
  const handover = ['CLUSTER', 'SETSLOT', '7', 'NODE', 'b'.repeat(40)];
  store.journal.appendTranscript(id, [line(['PING']), line(handover), line(['MIGRATE'], 'error')], fence);
  const lines = (filter: 'handovers' | 'errors') => store.journal.transcript(id, { limit: 9, filter }).lines;
  expect(lines('handovers').map((each) => each.command)).toEqual([handover]);
  expect(lines('errors').map((each) => each.command)).toEqual([['MIGRATE']]);
});

test('a plan knows what it was started as, and an old plan that nobody started is dropped', () => {
  const plans = makePlans(db);
  const { id } = begin('op-one');
  plans.add(sampleRecord('op-one').plan);
  plans.add(samplePlan('pl-unused'));
  plans.add(samplePlan('pl-reverse'));
  store.reversePlans.set(id, PlanId.parse('pl-reverse'));
  expect(store.reversePlans.of(id)).toBe('pl-reverse');
  expect(plans.get(sampleRecord('op-one').plan.id)?.startedAs).toBe(id);
  expect(plans.removeUnused(Number.MAX_SAFE_INTEGER)).toBe(1);
  expect(
    plans
      .list(sampleClusterId)
      .map((plan) => plan.id)
      .toSorted(),
  ).toEqual(['pl-oneplan', 'pl-reverse']);
});
