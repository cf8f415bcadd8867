import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OperationId } from '@slotdeck/model/ids';
import type { NewOperationEvent } from '@slotdeck/model/operation-events';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import { clusterId, fakeDefinition, fakePlan, fakeStep, fakeWorld, operationId } from '../../test/fake-operation.ts';
import { openFileStore, type FileStore } from './file-journal.ts';
import { JournalError, type NewTranscriptLine } from './journal.ts';
import { createMemoryStore } from './memory-journal.ts';
import { createRunner } from './operations-runner.ts';

const clock = createHandClock();
const plan = fakePlan(['a', 'b', 'c'].map((id) => fakeStep(id)));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slotdeck-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (): FileStore => openFileStore({ folder, clock, linesKept: 5 });
const opFile = (): string => join(folder, 'operations', 'op-one.jsonl');

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

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof JournalError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

function take(store: FileStore, id: OperationId, holder = 'one'): number {
  const taken = store.leases.take({ clusterId, operationId: id, holder });
  if (!taken.ok) throw new Error(`held by ${taken.heldBy}`);
  return taken.fence;
}

function begin(store: FileStore, name: string): { id: OperationId; fence: number } {
  const id = OperationId.parse(name);
  const fence = take(store, id);
  const created: NewOperationEvent = {
    type: 'created',
    kind: plan.kind,
    planId: plan.id,
    by: 'ada',
    steps: plan.steps,
  };
  store.journal.create({ id, clusterId, plan }, [created], fence);
  return { id, fence };
}

describe.each([
  ['in memory', () => createMemoryStore({ clock, linesKept: 5 })],
  ['in a folder', open],
])('a journal %s', (_, make) => {
  test('events get their index and time, and come back as they were', () => {
    const store = make();
    const { id, fence } = begin(store, 'op-one');
    const written = store.journal.append(id, [started, note('a')], fence);
    expect(written.map((event) => event.index)).toEqual([1, 2]);
    expect(store.journal.events(id).slice(1)).toEqual(written);
    expect(store.journal.events(id, 1)).toEqual(written.slice(1));
    expect(store.journal.events(id, -1, 2)).toHaveLength(2);
  });

  test('whoever lost the lease, or gave it back, can write no more', () => {
    const store = make();
    const { id, fence } = begin(store, 'op-one');
    const newer = take(store, id, 'two');
    expect(codeOf(() => store.journal.append(id, [started], fence))).toBe('fenced');
    expect(codeOf(() => store.journal.appendTranscript(id, [line(['PING'])], fence))).toBe('fenced');
    expect(store.journal.append(id, [started], newer)).toHaveLength(1);
    store.leases.release(clusterId, newer);
    expect(codeOf(() => store.journal.append(id, [note('late')], newer))).toBe('fenced');
    expect(store.journal.events(id)).toHaveLength(2);
  });

  test('a cluster has one operation at a time, and a fence never comes twice', () => {
    const store = make();
    const { id, fence } = begin(store, 'op-one');
    const other = OperationId.parse('op-two');
    expect(store.leases.take({ clusterId, operationId: other, holder: 'one' })).toEqual({ ok: false, heldBy: id });
    store.leases.release(clusterId, fence - 1);
    expect(store.leases.current(clusterId)).toEqual({ clusterId, operationId: id, holder: 'one', fence });
    store.leases.release(clusterId, fence);
    expect(store.leases.held()).toEqual([]);
    expect(take(store, other)).toBe(fence + 1);
  });

  test('an operation is made once, and one that nobody knows cannot be written', () => {
    const store = make();
    const { id, fence } = begin(store, 'op-one');
    expect(codeOf(() => store.journal.create({ id, clusterId, plan }, [started], fence))).toBe('operation-exists');
    expect(codeOf(() => store.journal.append(OperationId.parse('op-none'), [started], 1))).toBe('no-such-operation');
    expect(store.journal.record(OperationId.parse('op-none'))).toBeNull();
    expect(store.journal.events(id)).toHaveLength(1);
  });

  test('unfinished are those that have not ended; the list begins with the newest', () => {
    const store = make();
    const first = begin(store, 'op-one');
    store.journal.append(first.id, [started, ended], first.fence);
    store.leases.release(clusterId, first.fence);
    const second = begin(store, 'op-two');
    expect(store.journal.unfinished().map(({ id }) => id)).toEqual([second.id]);
    expect(store.journal.list(clusterId).map(({ id }) => id)).toEqual([second.id, first.id]);
  });

  test('the transcript keeps the newest lines, counts the dropped ones and can be narrowed', () => {
    const store = make();
    const { id, fence } = begin(store, 'op-one');
    for (let at = 0; at < 12; at += 1) store.journal.appendTranscript(id, [line(['PING', String(at)])], fence);
    const page = store.journal.transcript(id, { limit: 3 });
    expect(page).toMatchObject({ total: 12, dropped: 7 });
    expect(page.lines.map((each) => each.index)).toEqual([11, 10, 9]);
    expect(store.journal.transcript(id, { limit: 9, before: 9 }).lines.map((each) => each.index)).toEqual([8, 7]);
    const handover = ['CLUSTER', 'SETSLOT', '7', 'NODE', 'b'.repeat(40)];
    store.journal.appendTranscript(id, [line(handover), line(['MIGRATE'], 'error')], fence);
    const lines = (filter: 'handovers' | 'errors') => store.journal.transcript(id, { limit: 9, filter }).lines;
    expect(lines('handovers').map((each) => each.command)).toEqual([handover]);
    expect(lines('errors').map((each) => each.command)).toEqual([['MIGRATE']]);
  });
});

test('another process reads what was written, and what is written after it looked', () => {
  const { id, fence } = begin(open(), 'op-one');
  const [writer, reader] = [open(), open()];
  expect(reader.journal.events(id)).toHaveLength(1);
  writer.journal.append(id, [started], fence);
  writer.journal.appendTranscript(id, [line(['PING'])], fence);
  expect(reader.journal.events(id)).toEqual(writer.journal.events(id));
  expect(reader.journal.record(id)?.plan).toEqual(plan);
  expect(reader.journal.transcript(id, { limit: 9 }).total).toBe(1);
  expect(reader.leases.current(clusterId)?.fence).toBe(fence);
});

test('a write cut off by a crash at any byte counts as not written, and the next one goes on from there', () => {
  const { id, fence } = begin(open(), 'op-one');
  const before = readFileSync(opFile()).length;
  open().journal.append(id, [started, note('a')], fence);
  const whole = readFileSync(opFile());
  for (let size = before; size < whole.length - 1; size += 1) {
    writeFileSync(opFile(), whole);
    truncateSync(opFile(), size);
    expect(open().journal.events(id)).toHaveLength(1);
    expect(open().journal.append(id, [started], fence)[0]?.index).toBe(1);
    expect(
      open()
        .journal.events(id)
        .map((event) => event.type),
    ).toEqual(['created', 'status']);
  }
});

test('an operation whose first line was cut off was never begun', () => {
  const { id, fence } = begin(open(), 'op-one');
  truncateSync(opFile(), 20);
  expect(open().journal.record(id)).toBeNull();
  expect(open().journal.unfinished()).toEqual([]);
  expect(open().journal.create({ id, clusterId, plan }, [started], fence)).toHaveLength(1);
  expect(open().journal.events(id)).toHaveLength(1);
});

test('a history with a missing or unreadable part is refused, not shortened', () => {
  const { id, fence } = begin(open(), 'op-one');
  const store = open();
  for (const code of ['a', 'b']) store.journal.append(id, [note(code)], fence);
  const lines = readFileSync(opFile(), 'utf8').split('\n');
  writeFileSync(opFile(), [lines[0], lines[2], ''].join('\n'));
  expect(codeOf(() => open().journal.events(id))).toBe('storage-failed');
  writeFileSync(opFile(), [lines[0], '{"fence":1}', ''].join('\n'));
  expect(codeOf(() => open().journal.events(id))).toBe('storage-failed');
});

test('what a replaced process wrote at its last moment is passed over', () => {
  const { id, fence } = begin(open(), 'op-one');
  const newer = take(open(), id, 'two');
  const kept = open().journal.append(id, [started], newer);
  appendFileSync(opFile(), `${JSON.stringify({ fence, events: [{ ...note('late'), index: 1, at: 0 }] })}\n`);
  expect(open().journal.events(id).slice(1)).toEqual(kept);
  expect(open().journal.append(id, [note('next')], newer)[0]?.index).toBe(2);
});

test('a fence stays unique over many takes, though old ones are cleared away', () => {
  const id = OperationId.parse('op-one');
  const fences = Array.from({ length: 30 }, () => take(open(), id));
  expect(fences).toEqual(fences.map((_, at) => at + 1));
});

test('an operation whose process is gone is finished from the folder by the next one', async () => {
  const world = fakeWorld();
  const newRunner = (holder: string) =>
    createRunner({
      ...open(),
      clock,
      definitions: [fakeDefinition(world)],
      holder,
      onFault: (error) => {
        throw error;
      },
    });
  const first = newRunner('one');
  world.hook = async (step, moment) => {
    if (step === 'b' && moment === 'begin') void first.shutdown({ withinMs: 0 });
    return null;
  };
  first.start({ id: operationId, plan, by: 'ada' });
  await first.rested(operationId);
  expect(first.state(operationId)?.view.status).toBe('running');
  world.hook = async () => null;
  const second = newRunner('two');
  expect(second.takeOver().taken).toEqual([operationId]);
  await second.rested(operationId);
  expect(second.state(operationId)?.view.status).toBe('succeeded');
  expect(world.written).toEqual(['a', 'b', 'c']);
  expect(world.open.size).toBe(0);
  expect(open().leases.held()).toEqual([]);
});
