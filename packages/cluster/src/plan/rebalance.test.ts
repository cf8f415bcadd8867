import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBlocked, type Plan } from '@slotdeck/model/plan';
import { RebalanceParams } from '@slotdeck/model/plan-params';
import {
  ALL_SLOTS,
  countSlots,
  eachSlot,
  minusSlots,
  normalise,
  printSlotRanges,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import type { Topology } from '@slotdeck/model/topology';
import { planNode, reshardInput, sketchNode, sketchTopology, withNode } from '../../test/plan-topology.ts';
import { planDrain } from './drain.ts';
import { slotsAfter } from './node-shares.ts';
import { planRebalance, rebalanceMoves } from './rebalance.ts';
import type { SlotWeights } from './slot-weights.ts';

const three: readonly SlotRanges[] = [[[0, 5460]], [[5461, 10_922]], [[10_923, 16_383]]];
const rebalance = (params: Partial<RebalanceParams>, topology: Topology, weights: SlotWeights = new Map()): Plan =>
  planRebalance({ ...reshardInput(topology, {}), params: RebalanceParams.parse(params), weights });
const codes = (plan: Plan): string[] => plan.problems.map((problem) => problem.code);
const sizes = (plan: Plan): number[] => plan.after.map((share) => share.slots);

describe('by slots', () => {
  test('three new primaries get their share, in one range each, and the old ones stay whole', () => {
    const plan = rebalance({ useEmpty: true }, sketchTopology([...three, [], [], []]));
    expect(sizes(plan).toSorted((x, y) => x - y)).toEqual([2730, 2730, 2731, 2731, 2731, 2731]);
    expect(plan.after.every((share) => share.fragments <= 2)).toBe(true);
    expect(plan.slots).toBe(8191);
  });

  test('an empty primary takes no part unless it is asked for or has a weight of its own', () => {
    const topology = sketchTopology([...three, []]);
    expect(rebalance({}, topology).moves).toEqual([]);
    expect(sizes(rebalance({ weights: { [planNode(4)]: 1 } }, topology))[3]).toBe(4096);
  });

  test('weight 0 empties a primary, and a cluster is told when a primary is left empty', () => {
    const plan = rebalance({ weights: { [planNode(2)]: 0 } }, sketchTopology(three));
    expect(sizes(plan)).toEqual([8192, 0, 8192]);
    expect(codes(plan)).toContain('source-left-empty');
  });

  test('weights are shares of each other', () => {
    const weights = { [planNode(1)]: 2, [planNode(2)]: 1, [planNode(3)]: 1 };
    expect(sizes(rebalance({ weights }, sketchTopology(three)))).toEqual([8192, 4096, 4096]);
  });

  test('nothing moves while everyone is within the threshold, and that is no error', () => {
    const plan = rebalance({}, sketchTopology([[[0, 5400]], [[5401, 10_900]], [[10_901, 16_383]]]));
    expect(plan.moves).toEqual([]);
    expect(codes(plan)).toEqual(['balanced-already']);
    expect(isBlocked(plan)).toBe(false);
    expect(rebalance({ threshold: 0 }, sketchTopology([[[0, 5400]], [[5401, 10_900]], [[10_901, 16_383]]])).slots).toBe(
      60,
    );
  });

  test.each([
    ['a node that is not there', { weights: { [planNode(99)]: 1 } }, 'unknown-node'],
    ['a replica', { weights: { [planNode(101)]: 1 } }, 'weight-not-for-a-primary'],
    ['nobody', { weights: { [planNode(1)]: 0, [planNode(2)]: 0, [planNode(3)]: 0 } }, 'all-weights-zero'],
  ])('a weight for %s is refused', (_, params, code) => {
    const plan = rebalance(params, sketchTopology(three));
    expect(codes(plan)).toContain(code);
    expect(plan.steps).toEqual([]);
  });

  test('a cluster in which nobody has slots has nothing to level', () => {
    expect(codes(rebalance({ useEmpty: true }, sketchTopology([[], []])))).toContain('no-slots-to-level');
  });

  test('a failed primary that would have to give stops it', () => {
    const topology = withNode(sketchTopology([[[0, 10_000]], [[10_001, 16_383]]]), 1, { health: 'failed' });
    expect(codes(rebalance({}, topology))).toContain('node-failed');
  });
});

interface Case {
  readonly topology: Topology;
  readonly params: RebalanceParams;
}

/** 1–400 primaries that hold anything from nothing to everything, whole or in many pieces, with any weights. */
const anyCase: fc.Arbitrary<Case> = fc
  .record({
    primaries: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 12 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 400 }) },
    ),
    cuts: fc.array(fc.nat(16_383), { maxLength: 60 }),
    owners: fc.array(fc.nat(399), { minLength: 1, maxLength: 61 }),
    weighted: fc.array(
      fc.tuple(fc.nat(399), fc.oneof(fc.nat(5), fc.double({ min: 0, max: 100, noNaN: true }), fc.nat(1_000_000))),
      { maxLength: 20 },
    ),
    useEmpty: fc.boolean(),
    threshold: fc.constantFrom(0, 0, 2, 10),
  })
  .map(({ primaries, cuts, owners, weighted, useEmpty, threshold }) => {
    const bounds = [...new Set([0, ...cuts])].toSorted((a, b) => a - b);
    const owned: [number, number][][] = Array.from({ length: primaries }, () => []);
    bounds.forEach((from, at) => {
      const owner = (owners[at % owners.length] ?? 0) % primaries;
      owned[owner]?.push([from, (bounds[at + 1] ?? 16_384) - 1]);
    });
    const nodes = owned.map((slots, at) => sketchNode({ n: at + 1, slots: normalise(slots) }));
    const weights = Object.fromEntries(weighted.map(([n, weight]) => [planNode((n % primaries) + 1), weight]));
    return {
      topology: { ...sketchTopology([ALL_SLOTS]), nodes },
      params: RebalanceParams.parse({ weights, useEmpty, threshold }),
    };
  });

/** Exact shares, reckoned without the planner. */
function exactShares({ topology, params }: Case): Map<string, { has: number; share: number }> | null {
  const takesPart = topology.nodes
    .map((node) => ({ node, has: countSlots(node.slots), weight: params.weights[node.id] ?? 1 }))
    .filter(({ node, has }) => has > 0 || params.useEmpty || node.id in params.weights);
  const sum = takesPart.reduce((all, { weight }) => all + weight, 0);
  const total = takesPart.reduce((all, { has }) => all + has, 0);
  if (sum === 0) return null;
  return new Map(takesPart.map(({ node, has, weight }) => [node.id, { has, share: (total * weight) / sum }]));
}

test(
  'any primaries with any weights end within one slot of their share, by the fewest moves, no slot twice',
  { timeout: 120_000 },
  () => {
    let moved = 0;
    fc.assert(
      fc.property(anyCase, (each) => {
        const { topology, params } = each;
        const { moves, problems } = rebalanceMoves({ topology, params, weights: new Map() });
        const shares = exactShares(each);
        if (shares === null) {
          expect(problems.map(({ code }) => code)).toContain('all-weights-zero');
          return;
        }
        if (moves.length === 0) return;
        moved += 1;
        const after = slotsAfter(topology, moves);
        let surplus = 0;
        for (const node of topology.nodes) {
          const size = countSlots(after.get(node.id) ?? []);
          const { has, share } = shares.get(node.id) ?? { has: 0, share: 0 };
          if (Math.abs(size - share) >= 1 + 1e-6) throw new Error(`${node.name} has ${size}, its share is ${share}`);
          surplus += Math.max(0, has - Math.ceil(share - 1e-6));
        }
        const count = moves.reduce((sum, move) => sum + countSlots(move.slots), 0);
        const different = countSlots(normalise(moves.flatMap((move) => [...move.slots])));
        if (different !== count) throw new Error(`${count - different} slots move twice`);
        const owned = new Map(topology.nodes.map((node) => [node.id, node.slots]));
        for (const move of moves) {
          const foreign = minusSlots(move.slots, owned.get(move.from) ?? []);
          if (foreign.length > 0) throw new Error(`${move.from} does not own ${printSlotRanges(foreign)}`);
        }
        if (count !== fewestMoves(shares)) throw new Error(`${count} slots move, ${fewestMoves(shares)} would do`);
        if (count < surplus) throw new Error(`only ${count} slots move, ${surplus} are too many somewhere`);
      }),
      { numRuns: 10_000 },
    );
    // The cases are not all of the kind in which nothing has to be done.
    expect(moved).toBeGreaterThan(5000);
  },
);

/**
 * The least that must move when each may end at its share rounded down or up: everyone above it gives down to the upper value, and
 * as far as the numbers of upper values do not suffice, down to the lower one.
 */
function fewestMoves(shares: ReadonlyMap<string, { has: number; share: number }>): number {
  const nodes = [...shares.values()].map(({ has, share }) => {
    const low = Math.floor(share + 1e-6);
    return { has, low, mayBeHigh: share - low > 1e-6 };
  });
  const total = nodes.reduce((sum, { has }) => sum + has, 0);
  const highs = total - nodes.reduce((sum, { low }) => sum + low, 0);
  const down = nodes.reduce((sum, { has, low }) => sum + Math.max(0, has - low), 0);
  const keepers = nodes.filter(({ has, low, mayBeHigh }) => mayBeHigh && has > low).length;
  return down - Math.min(highs, keepers);
}

describe('by keys and by memory', () => {
  const weigh = (each: (slot: number) => { keys: number; bytes: number | null }): SlotWeights =>
    new Map(Array.from({ length: 16_384 }, (_, slot) => [slot, each(slot)]));

  test('a primary with all the keys gives two thirds of them, in whole ranges', () => {
    const weights = weigh((slot) => ({ keys: slot <= 5460 ? 10 : 0, bytes: null }));
    const plan = rebalance({ by: 'keys' }, sketchTopology(three), weights);
    const keys = (slots: SlotRanges): number => [...eachSlot(slots)].filter((slot) => slot <= 5460).length * 10;
    for (const share of plan.after) expect(Math.abs(keys(share.slotRanges) - 18_203)).toBeLessThanOrEqual(20);
    expect(plan.moves.length).toBe(2);
    expect(plan.after.every((share) => share.fragments <= 2)).toBe(true);
  });

  test('keys that nobody could count are not guessed', () => {
    expect(codes(rebalance({ by: 'keys' }, sketchTopology(three)))).toContain('keys-unknown');
    const weights = weigh(() => ({ keys: 1, bytes: null }));
    expect(codes(rebalance({ by: 'memory' }, sketchTopology(three), weights))).toContain('memory-per-slot-unknown');
  });

  test('weight 0 empties a primary by keys too, slots without keys included', () => {
    const weights = weigh((slot) => ({ keys: slot % 7 === 0 ? 1 : 0, bytes: null }));
    const plan = rebalance({ by: 'keys', weights: { [planNode(1)]: 0 } }, sketchTopology(three), weights);
    expect(sizes(plan)[0]).toBe(0);
    expect(sizes(plan).reduce((a, b) => a + b, 0)).toBe(16_384);
  });

  test('whatever the slots weigh, nobody ends further off than before, and a second plan has little left to do', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 16, maxLength: 16 }),
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        (pattern, primaries, step) => {
          const weights = weigh((slot) => ({ keys: pattern[(slot * step) % 16] ?? 0, bytes: null }));
          const size = Math.floor(16_384 / (primaries + 1));
          const owned = Array.from({ length: primaries }, (_, at): SlotRanges => [
            [at * size, at === primaries - 1 ? 16_383 : (at + 1) * size - 1],
          ]);
          const topology = sketchTopology(owned);
          const { moves } = rebalanceMoves({ topology, params: RebalanceParams.parse({ by: 'keys' }), weights });
          const sum = (slots: SlotRanges): number =>
            [...eachSlot(slots)].reduce((all, slot) => all + (weights.get(slot)?.keys ?? 0), 0);
          const total = sum(ALL_SLOTS);
          const after = slotsAfter(topology, moves);
          const heaviest = Math.max(...pattern);
          const off = (slots: SlotRanges): number => Math.abs(sum(slots) - total / primaries);
          const before = Math.max(...owned.map(off));
          const now = Math.max(...topology.nodes.slice(0, primaries).map((node) => off(after.get(node.id) ?? [])));
          expect(now).toBeLessThanOrEqual(Math.max(before, heaviest));
          if (moves.length > 0) expect(now).toBeLessThanOrEqual(heaviest * primaries);
          const numbers = moves.flatMap((move) => [...eachSlot(move.slots)]);
          expect(new Set(numbers).size).toBe(numbers.length);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('drain', () => {
  const drain = (node: string, topology: Topology, to = ['all']): Plan =>
    planDrain({ ...reshardInput(topology, {}), params: { node, to } });

  test('every slot goes to the others, which end level', () => {
    const plan = drain(planNode(1), sketchTopology([[[0, 1000]], [[1001, 9000]], [[9001, 16_383]]]));
    expect(sizes(plan)).toEqual([0, 8192, 8192]);
    expect(plan.kind).toBe('drain');
  });

  test('named targets take all of it', () => {
    const plan = drain(planNode(1), sketchTopology(three), [planNode(3)]);
    expect(plan.moves.map((move) => `${printSlotRanges(move.slots)} to ${Number(move.to)}`)).toEqual(['0-5460 to 3']);
  });

  test.each([
    ['a node that is not there', planNode(77), three, ['all'], 'unknown-node'],
    ['a replica', planNode(101), three, ['all'], 'source-not-a-primary'],
    ['a primary without slots', planNode(4), [...three, []], ['all'], 'nothing-to-drain'],
    ['the only primary', planNode(1), [ALL_SLOTS], ['all'], 'nobody-to-drain-to'],
    ['a node to itself', planNode(1), three, [planNode(1)], 'source-is-target'],
  ])('%s is refused', (_, node, owned, to, code) => {
    expect(codes(drain(node, sketchTopology(owned), to))).toContain(code);
  });
});
