import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterLive } from '@slotdeck/contract/stream';
import { OperationId, PlanId } from '@slotdeck/model/ids';
import { emptyView, fold } from '@slotdeck/model/operation-view';
import type { OperationEvent, TranscriptLine } from '@slotdeck/model/operation-events';
import { makePatch } from '@slotdeck/model/topology-patch';
import type { Topology } from '@slotdeck/model/topology';
import {
  CLUSTER,
  fixtureFinding,
  fixtureLive,
  fixtureNode,
  fixtureStats,
  fixtureSummary,
  fixtureTopology,
  NOW,
} from '../testing/cluster-fixture.ts';
import {
  applyMessage,
  TRANSCRIPT_KEPT,
  type Applied,
  type ChannelMessage,
  type ChannelState,
} from './apply-message.ts';

const at = { life: 'life-1', now: NOW };
const cluster = { name: 'cluster', id: CLUSTER } as const;
const operation = { name: 'operation', id: OperationId.parse('op-1') } as const;

function changed(applied: Applied): ChannelState {
  if (applied.outcome !== 'changed') throw new Error(`expected a change, got ${applied.outcome}`);
  return applied.state;
}
function play(messages: readonly ChannelMessage[], from?: ChannelState): ChannelState | undefined {
  return messages.reduce<ChannelState | undefined>((held, message) => changed(applyMessage(held, message, at)), from);
}
function liveOf(state: ChannelState | undefined): ClusterLive {
  if (state?.state !== 'held' || state.name !== 'cluster') throw new Error('no cluster is held');
  return state.value.live;
}
const snapshot = (live: ClusterLive, version = 1): ChannelMessage => ({
  type: 'cluster-snapshot',
  channel: cluster,
  version,
  live,
});

test('a delta changes only what it names', () => {
  const held = play([snapshot(fixtureLive())]);
  const findings = [fixtureFinding()];
  const next = liveOf(play([{ type: 'cluster-delta', channel: cluster, version: 2, from: 1, findings }], held));
  expect(next).toEqual({ ...liveOf(held), findings });
});

test('a delta for another version than the one held asks for the channel again', () => {
  const held = play([snapshot(fixtureLive(), 4)]);
  expect(applyMessage(held, { type: 'cluster-delta', channel: cluster, version: 7, from: 6 }, at)).toEqual({
    outcome: 'gap',
  });
});

test('a delta that was applied already changes nothing', () => {
  const held = play([snapshot(fixtureLive(), 4)]);
  expect(applyMessage(held, { type: 'cluster-delta', channel: cluster, version: 4, from: 3 }, at)).toEqual({
    outcome: 'known',
  });
});

test('versions of another run of the server mean nothing', () => {
  const held = play([snapshot(fixtureLive(), 4)]);
  const delta: ChannelMessage = { type: 'cluster-delta', channel: cluster, version: 5, from: 4 };
  expect(applyMessage(held, delta, { ...at, life: 'life-2' })).toEqual({ outcome: 'gap' });
});

test('a topology patch made for another topology asks for the channel again', () => {
  const held = play([snapshot(fixtureLive())]);
  const patch = makePatch(fixtureTopology({ version: 8 }), fixtureTopology({ version: 9 }));
  const delta: ChannelMessage = { type: 'cluster-delta', channel: cluster, version: 2, from: 1, topology: patch };
  expect(applyMessage(held, delta, at)).toEqual({ outcome: 'gap' });
});

test('numbers of the nodes that are named replace the old ones, the others stay', () => {
  const held = play([snapshot(fixtureLive())]);
  const stats = [fixtureStats('b', { keys: 5 })];
  const next = liveOf(play([{ type: 'cluster-delta', channel: cluster, version: 2, from: 1, stats }], held));
  expect(next.stats.map((each) => each.keys)).toEqual([14_000, 5, 14_000, 14_000, 14_000, 14_000]);
});

test('any run of topologies arrives as it was sent, patch by patch', () => {
  const letters = fc.subarray(['a', 'b', 'c', 'd', 'e', 'f'], { minLength: 0 });
  const topology = fc.record({ letters, epoch: fc.nat(9), failed: fc.constantFrom('a', 'b', 'none') });
  fc.assert(
    fc.property(fc.array(topology, { minLength: 1, maxLength: 8 }), (runs) => {
      const topologies = runs.map(({ letters: here, epoch, failed }, i): Topology => {
        const nodes = here.map((letter) =>
          fixtureNode(letter, letter, { configEpoch: epoch, health: letter === failed ? 'failed' : 'healthy' }),
        );
        return fixtureTopology({ version: i + 1, nodes, shards: [], currentEpoch: epoch, answered: here.length });
      });
      let held = play([snapshot(fixtureLive({ topology: topologies[0] ?? null }))]);
      topologies.forEach((after, i) => {
        const before = topologies[i - 1];
        if (before === undefined) return;
        const delta = {
          type: 'cluster-delta',
          channel: cluster,
          version: i + 1,
          from: i,
          topology: makePatch(before, after),
        } as const;
        held = play([delta], held);
        expect(liveOf(held).topology).toEqual(after);
      });
    }),
  );
});

test('clusters that changed replace their row, new ones are added, removed ones go', () => {
  const held = play([
    { type: 'clusters-snapshot', channel: { name: 'clusters' }, version: 1, clusters: [fixtureSummary()] },
  ]);
  const delta = { type: 'clusters-delta', channel: { name: 'clusters' } } as const;
  const renamed = { ...delta, version: 2, from: 1, changed: [fixtureSummary({ name: 'renamed' })], removed: [] };
  const next = play([renamed], held);
  expect(next).toMatchObject({ value: [{ name: 'renamed' }] });
  expect(play([{ ...delta, version: 3, from: 2, changed: [], removed: [CLUSTER] }], next)).toMatchObject({ value: [] });
});

const created: OperationEvent = {
  index: 0,
  at: NOW,
  type: 'created',
  kind: 'reshard',
  planId: 'pl-0001',
  by: 'admin',
  steps: [],
};
const started: OperationEvent = {
  index: 1,
  at: NOW,
  type: 'status',
  status: 'running',
  cause: 'start',
  by: null,
  problem: null,
};

function operationSnapshot(): ChannelMessage {
  const view = fold(emptyView, created);
  return {
    type: 'operation-snapshot',
    channel: operation,
    version: 1,
    transcript: [],
    operation: {
      id: operation.id,
      clusterId: CLUSTER,
      planId: PlanId.parse('pl-0001'),
      kind: 'reshard',
      title: 'Move 3 slots',
      status: 'queued',
      createdAt: NOW,
      createdBy: 'admin',
      startedAt: null,
      endedAt: null,
      progress: null,
      error: null,
      reversePlanId: null,
      view,
    },
  };
}

test('events of an operation are folded as the server folds them', () => {
  const held = play([operationSnapshot()]);
  const next = play(
    [{ type: 'operation-delta', channel: operation, version: 2, from: 1, events: [created, started] }],
    held,
  );
  expect(next).toMatchObject({ value: { operation: { status: 'running', startedAt: NOW, view: { lastIndex: 1 } } } });
});

test('an event that is missing in between asks for the operation again', () => {
  const held = play([operationSnapshot()]);
  const late: OperationEvent = { ...started, index: 2 };
  expect(
    applyMessage(held, { type: 'operation-delta', channel: operation, version: 2, from: 1, events: [late] }, at),
  ).toEqual({
    outcome: 'gap',
  });
});

test('transcript lines come in order, once each, and only the newest are kept', () => {
  const line = (index: number): TranscriptLine => ({
    index,
    at: NOW,
    node: 'orders-a1',
    command: ['PING'],
    more: 0,
    reply: 'PONG',
    outcome: 'ok',
    ms: 1,
    step: null,
  });
  const held = play([operationSnapshot()]);
  const lines = Array.from({ length: TRANSCRIPT_KEPT + 5 }, (_, index) => line(index));
  const next = play(
    [
      { type: 'operation-delta', channel: operation, version: 2, from: 1, transcript: lines.slice(0, 10).toReversed() },
      { type: 'operation-delta', channel: operation, version: 3, from: 2, transcript: lines },
    ],
    held,
  );
  if (next?.state !== 'held' || next.name !== 'operation') throw new Error('no operation is held');
  expect(next.value.transcript.map((each) => each.index)).toEqual(lines.slice(5).map((each) => each.index));
});

test('a closed channel says why, and a snapshot opens it again', () => {
  const held = play([snapshot(fixtureLive()), { type: 'channel-closed', channel: cluster, reason: 'removed' }]);
  expect(held).toEqual({ state: 'closed', reason: 'removed' });
  expect(play([snapshot(fixtureLive(), 9)], held)).toMatchObject({ state: 'held', version: 9 });
});

test('the load of the last minutes survives a snapshot', () => {
  const later = fixtureLive({ stats: [fixtureStats('a', { at: NOW + 2000 })] });
  const held = play([snapshot(fixtureLive()), snapshot(later, 2)]);
  if (held?.state !== 'held' || held.name !== 'cluster') throw new Error('no cluster is held');
  expect(held.value.load.map((sample) => sample.at)).toEqual([NOW, NOW + 2000]);
});
