import { expect, test } from 'vitest';
import { printSlotRanges, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { line, nodeId, type LineSketch } from '../../test/view-builder.ts';
import type { MoveBatch } from './act-context.ts';
import type { MemberView, Sight } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { judgeBatch, requireEnds, type BatchState } from './reconcile-batch.ts';

/** Each node's own line, and what it says of others where that differs from their own lines. */
type Said = Readonly<Record<string, { own: Omit<LineSketch, 'id'>; of?: readonly LineSketch[] } | 'silent'>>;

const healthy: Said = {
  a: { own: { slots: '0-99', epoch: 1 } },
  b: { own: { slots: '100-199', epoch: 2 } },
  c: { own: { slots: '200-16383', epoch: 3 } },
  d: { own: { of: 'b' } },
};

const batch: MoveBatch = { from: nodeId('a'), to: nodeId('b'), slots: [[10, 13]] };

function sightOf(said: Said): Sight {
  const own = Object.entries(said).flatMap(([id, each]) => (each === 'silent' ? [] : [{ id, ...each.own }]));
  const views = Object.entries(said).map(([id, each]): [ReturnType<typeof nodeId>, MemberView] => {
    const member = { id: nodeId(id), name: `node ${id}`, address: { host: '10.0.0.1', port: 6379 } };
    if (each === 'silent')
      return [member.id, { state: 'silent', member, problem: { code: 'timeout', seen: 'nothing' } }];
    const told = new Map([...own, ...(each.of ?? [])].map((sketch) => [sketch.id, sketch]));
    const lines = [...told.values()].map((sketch) => line(sketch, sketch.id === id));
    const self = lines.find((each) => each.isMyself);
    if (self === undefined) throw new Error(`node ${id} has no line of its own`);
    return [member.id, { state: 'answered', member, self, lines }];
  });
  return { views: new Map(views) };
}

function judge(said: Said, of: MoveBatch = batch, replicas: readonly string[] = []): Record<string, string> | string {
  const sight = sightOf(said);
  try {
    const state: Readonly<Record<keyof BatchState, SlotRanges>> = judgeBatch(
      requireEnds(sight, of, () => replicas.map(nodeId)),
      of,
      sight,
    );
    const sets: [string, SlotRanges][] = Object.entries(state);
    const filled = sets.filter(([, slots]) => slots.length > 0);
    return Object.fromEntries(filled.map(([name, slots]) => [name, printSlotRanges(slots)]));
  } catch (error) {
    if (!(error instanceof ActFailure)) throw error;
    return `${error.code} ${String(error.facts['newPrimary'] ?? error.facts['slots'] ?? '').slice(0, 5)}`.trim();
  }
}

test.each<[string, Said, ReturnType<typeof judge>]>([
  ['nothing was begun', healthy, { untouched: '10-13' }],
  [
    'the target was told and the source was not',
    { ...healthy, b: { own: { slots: '100-199', epoch: 2, importing: [[10, 'a']] } } },
    { untouched: '11-13', open: '10', importingAtTarget: '10' },
  ],
  [
    'both ends have it open',
    {
      ...healthy,
      a: { own: { slots: '0-99', epoch: 1, migrating: [[10, 'b']] } },
      b: { own: { slots: '100-199', epoch: 2, importing: [[10, 'a']] } },
    },
    { untouched: '11-13', open: '10', importingAtTarget: '10', migratingAtSource: '10' },
  ],
  [
    'the target took them and the source has not heard',
    {
      ...healthy,
      a: { own: { slots: '0-99', epoch: 1, migrating: [[10, 'b']] }, of: [{ id: 'b', slots: '100-199', epoch: 2 }] },
      b: { own: { slots: '10-13,100-199', epoch: 4 } },
    },
    { handedOver: '10-13', claimedBySource: '10-13', migratingAtSource: '10' },
  ],
  [
    'they arrived and a mark is left',
    {
      ...healthy,
      a: { own: { slots: '0-9,14-99', epoch: 1, migrating: [[12, 'b']] } },
      b: { own: { slots: '10-13,100-199', epoch: 4 } },
    },
    { handedOver: '12', done: '10-11,13', migratingAtSource: '12' },
  ],
  [
    'they arrived',
    { ...healthy, a: { own: { slots: '0-9,14-99', epoch: 1 } }, b: { own: { slots: '10-13,100-199', epoch: 4 } } },
    { done: '10-13' },
  ],
  [
    'they arrived and a replica still gives some to the source',
    {
      ...healthy,
      a: { own: { slots: '0-9,14-99', epoch: 1 } },
      b: { own: { slots: '10-13,100-199', epoch: 4 } },
      d: {
        own: { of: 'b' },
        of: [
          { id: 'a', slots: '0-9,12,14-99', epoch: 1 },
          { id: 'b', slots: '10-11,13,100-199', epoch: 4 },
        ],
      },
    },
    { handedOver: '12', done: '10-11,13' },
  ],
  [
    'they arrived and the source is gone since',
    { ...healthy, a: 'silent', b: { own: { slots: '10-13,100-199', epoch: 4 } } },
    { done: '10-13' },
  ],
  [
    'both claim them with the same epoch',
    { ...healthy, b: { own: { slots: '10,100-199', epoch: 1 } } },
    'two-owners 10',
  ],
  [
    'a third node has them',
    { ...healthy, a: { own: { slots: '0-9', epoch: 1 } }, c: { own: { slots: '10-99', epoch: 3 } } },
    'slot-owner-changed 10-13',
  ],
  ['nobody has them', { ...healthy, a: { own: { slots: '0-9', epoch: 1 } } }, 'slot-without-owner 10-13'],
  [
    'the source has one open towards a third node',
    { ...healthy, a: { own: { slots: '0-99', epoch: 1, migrating: [[11, 'c']] } } },
    'slot-open-for-others 11',
  ],
  ['the source gives no answer', { ...healthy, a: 'silent' }, 'node-did-not-answer'],
  [
    'the target is a replica now',
    { ...healthy, b: { own: { of: 'd' } }, d: { own: { slots: '100-199', epoch: 5 } } },
    'node-changed-role ddddd',
  ],
])('it is told from the tables that %s', (_, said, expected) => {
  expect(judge(said)).toEqual(expected);
});

test('a promoted replica of a silent node is named; who was no replica of it is not', () => {
  const failedOver: Said = { ...healthy, b: 'silent', d: { own: { slots: '100-199', epoch: 5 } } };
  expect(judge(failedOver, batch, ['d'])).toBe('node-changed-role ddddd');
  expect(judge(failedOver, batch, ['e'])).toBe('node-did-not-answer');
});

test('after a failover of the source, marks that name the old one are ours, and the target is found to be behind', () => {
  const said: Said = {
    a: 'silent',
    b: {
      own: { slots: '100-199', epoch: 2, importing: [[10, 'a']] },
      of: [
        { id: 'a', slots: '10', epoch: 1, flags: ['fail'] },
        { id: 'e', slots: '0-9,11-99', epoch: 5 },
      ],
    },
    c: { own: { slots: '200-16383', epoch: 3 } },
    e: { own: { slots: '0-99', epoch: 5 } },
  };
  const heir: MoveBatch = { ...batch, from: nodeId('e'), formerly: { from: [nodeId('a')], to: [] } };
  expect(judge(said, heir)).toEqual({ untouched: '11-13', open: '10', misattributedByTarget: '10' });
  expect(judge(said, { ...heir, formerly: { from: [], to: [] } })).toBe('slot-open-for-others 10');
});
