import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NodeId } from '@slotdeck/model/ids';
import { planNode } from '../../test/plan-topology.ts';
import { judgeSlot, type SlotCase, type SlotVerdict } from './judge-slot.ts';

const [a, b, c, dead] = [planNode(1), planNode(2), planNode(3), planNode(9)];

const fine: SlotCase = {
  claimers: [a],
  migrating: [],
  importing: [],
  holders: new Map(),
  uncounted: [],
  named: new Map(),
  able: new Set([a, b, c]),
  chosen: null,
};

const sending = [{ node: a, to: b }];
const receiving = [{ node: b, from: a }];
const held = (...nodes: NodeId[]): Map<NodeId, number> => new Map(nodes.map((node) => [node, 5]));

describe('whose a slot is, from what the nodes say', () => {
  test.each<[string, Partial<SlotCase>, SlotVerdict]>([
    [
      'open on both sides, nothing moved',
      { migrating: sending, importing: receiving, holders: held(a) },
      { kind: 'gather', owner: a, reason: 'nothing-moved' },
    ],
    [
      'open on both sides, some keys moved',
      { migrating: sending, importing: receiving, holders: held(a, b) },
      { kind: 'finish', from: a, to: b, reason: 'move-under-way' },
    ],
    [
      'open on both sides, all keys moved',
      { migrating: sending, importing: receiving, holders: held(b) },
      { kind: 'finish', from: a, to: b, reason: 'move-under-way' },
    ],
    [
      'open at the source, keys of the target not known',
      { migrating: sending, uncounted: [b] },
      { kind: 'finish', from: a, to: b, reason: 'move-under-way' },
    ],
    [
      'open at the source towards a node that is gone',
      { migrating: [{ node: a, to: dead }], holders: held(a) },
      { kind: 'gather', owner: a, reason: 'only-claimer' },
    ],
    [
      'open at the target only, with keys there',
      { importing: receiving, holders: held(a, b) },
      { kind: 'gather', owner: a, reason: 'only-claimer' },
    ],
    [
      'keys with somebody who is not the owner',
      { holders: held(a, c) },
      { kind: 'gather', owner: a, reason: 'only-claimer' },
    ],
    [
      'given away by the source, not taken by the target',
      { claimers: [], importing: receiving, named: new Map([[b, 1]]), holders: held(b) },
      { kind: 'gather', owner: b, reason: 'named-by-others' },
    ],
    ['lost, one holder', { claimers: [], holders: held(c) }, { kind: 'gather', owner: c, reason: 'only-holder' }],
    [
      'lost, one holder, and another is named',
      { claimers: [], holders: held(c), named: new Map([[a, 3]]) },
      { kind: 'gather', owner: c, reason: 'only-holder' },
    ],
    [
      'lost, several holders of whom the others name one',
      { claimers: [], holders: held(a, c), named: new Map([[a, 3]]) },
      { kind: 'gather', owner: a, reason: 'named-by-others' },
    ],
    [
      'lost, several holders',
      { claimers: [], holders: held(a, c) },
      { kind: 'ask', why: 'several-hold-keys', candidates: [a, c] },
    ],
    [
      'lost, and somebody does not say what it holds',
      { claimers: [], uncounted: [b] },
      { kind: 'ask', why: 'keys-unknown', candidates: [b] },
    ],
    ['lost without keys', { claimers: [] }, { kind: 'spread' }],
    ['lost without keys, named is a dead node', { claimers: [], named: new Map([[dead, 5]]) }, { kind: 'spread' }],
    [
      'lost without keys, and others still name its owner',
      { claimers: [], named: new Map([[b, 2]]) },
      { kind: 'gather', owner: b, reason: 'named-by-others' },
    ],
    [
      'claimed by two, one has the keys although its epoch is the smaller',
      { claimers: [b, a], holders: held(a) },
      { kind: 'gather', owner: a, reason: 'only-holder' },
    ],
    ['claimed by two, no keys', { claimers: [b, a] }, { kind: 'gather', owner: b, reason: 'greatest-epoch' }],
    [
      'claimed by two who both have keys',
      { claimers: [b, a], holders: held(a, b) },
      { kind: 'ask', why: 'several-claim-and-hold', candidates: [b, a] },
    ],
    [
      'claimed by two of whom one does not say what it holds',
      { claimers: [b, a], uncounted: [a] },
      { kind: 'ask', why: 'keys-unknown', candidates: [b, a] },
    ],
    [
      'chosen against the direction of a move',
      { migrating: sending, importing: receiving, holders: held(a, b), chosen: a },
      { kind: 'gather', owner: a, reason: 'chosen' },
    ],
    [
      'chosen along a move of which nothing is seen at the target',
      { migrating: sending, chosen: b },
      { kind: 'finish', from: a, to: b, reason: 'chosen' },
    ],
  ])('%s', (_, differing, verdict) => {
    expect(judgeSlot({ ...fine, ...differing })).toEqual(verdict);
  });

  test('an owner is always a node that answers, and where keys are it never gives the slot to a node without any by itself', () => {
    const nodes = [a, b, c];
    const some = fc.subarray(nodes);
    const mark = fc.record({ node: fc.constantFrom(...nodes), peer: fc.constantFrom(...nodes, dead) });
    const cases = fc
      .record({
        claimers: some,
        holders: some,
        uncounted: some,
        named: fc.subarray([...nodes, dead]),
        migrating: fc.array(mark, { maxLength: 2 }),
      })
      .map(({ claimers, holders, uncounted, named, migrating }): SlotCase => ({
        ...fine,
        claimers,
        holders: held(...holders),
        uncounted: uncounted.filter((node) => !holders.includes(node)),
        named: new Map(named.filter((node) => !claimers.includes(node)).map((node) => [node, 1])),
        migrating: migrating.map(({ node, peer }) => ({ node, to: peer })),
      }));
    fc.assert(
      fc.property(cases, (each) => {
        const verdict = judgeSlot(each);
        const owner = verdict.kind === 'gather' ? verdict.owner : verdict.kind === 'finish' ? verdict.to : null;
        expect(owner === null || each.able.has(owner)).toBe(true);
        const isFree = each.claimers.length !== 1 && each.holders.size > 0;
        const keepsKeys =
          owner === null || each.holders.has(owner) || each.importing.some(({ node }) => node === owner);
        const holdersClaim = each.claimers.length < 2 || each.claimers.some((node) => each.holders.has(node));
        expect(!isFree || !holdersClaim || keepsKeys).toBe(true);
      }),
    );
  });
});
