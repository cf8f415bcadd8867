import { describe, expect, test } from 'vitest';
import { isBlocked } from '@slotdeck/model/plan';
import { printSlotRanges } from '@slotdeck/model/slot-ranges';
import { planNode, reshardInput, sketchTopology, withNode } from '../../test/plan-topology.ts';
import type { LargeKey, LargeKeys } from '../observe/large-keys.ts';
import { stallOf } from './judge-large-keys.ts';
import { planReshard } from './reshard.ts';

const [a, b] = [planNode(1), planNode(2)];
const topology = sketchTopology([[[0, 8000]], [[8001, 16_383]]]);
const MB = 1_000_000;

const key = (more: Partial<LargeKey>): LargeKey => ({
  node: a,
  slot: 7,
  name: 'big:1',
  type: 'hash',
  bytes: 310 * MB,
  elements: 300,
  ...more,
});
const large = (keys: readonly LargeKey[], more: Partial<LargeKeys> = {}): LargeKeys => ({
  keys,
  weighed: 10,
  of: 10,
  longestValue: new Map([[b, 512 * 1024 * 1024]]),
  ...more,
});
const weights = new Map([...Array(10).keys()].map((slot) => [slot, { keys: 1, bytes: null }]));
const made = (found: LargeKeys | null, params: object = {}, nodeTimeoutMs: number | null = 15_000) =>
  planReshard({
    ...reshardInput(topology, { slots: '0-9', to: [b], ...params }),
    weights,
    large: found,
    nodeTimeoutMs,
  });
const codes = (plan: ReturnType<typeof made>): string[] =>
  plan.problems.map(({ code }) => code).filter((code) => /^(large|sizes)/.test(code));

describe('large keys among what moves', () => {
  test('are named with their size and how long they hold up both nodes', () => {
    const plan = made(large([key({})]));
    expect(codes(plan)).toEqual(['large-keys']);
    expect(plan.problems.find(({ code }) => code === 'large-keys')?.message).toContain(
      'big:1 (hash, 300 elements, 310 MB, slot 7, about 3.3 s)',
    );
    expect(isBlocked(plan)).toBe(false);
  });

  test.each([
    ['a string longer than the target takes', key({ type: 'string', bytes: 600 * MB, elements: null }), 30_000],
    ['a hash of which the same must be feared', key({ bytes: 1_200 * MB }), 60_000],
  ])('%s cannot be moved', (_, found, timeout) => {
    const plan = made(large([found]), {}, timeout);
    expect(codes(plan)).toEqual(['large-keys-too-long', 'large-keys']);
    expect(plan.steps).toEqual([]);
  });

  test('one that holds up its node as long as half of the node timeout cannot either', () => {
    const many = key({ elements: 5_000_000, bytes: 400 * MB });
    expect(codes(made(large([many])))).toEqual(['large-keys-outlast-timeout', 'large-keys']);
    expect(codes(made(large([many]), {}, 60_000))).toEqual(['large-keys']);
    expect(codes(made(large([many]), {}, null))).toEqual(['large-keys']);
  });

  test('move last, each slot of them in a step of its own', () => {
    const plan = made(large([key({ slot: 3 }), key({})]));
    const steps = plan.steps.flatMap(({ move }) => (move === null ? [] : [printSlotRanges(move.slots)]));
    expect(steps).toEqual(['0-2,4-6,8-9', '3', '7']);
  });

  test('stay with their slots when that is asked for, and all the others move', () => {
    const plan = made(large([key({}), key({ slot: 9, bytes: 2_000 * MB })]), { largeKeys: 'leave' });
    expect(isBlocked(plan)).toBe(false);
    expect(plan.moves.map(({ slots }) => slots)).toEqual([
      [
        [0, 6],
        [8, 8],
      ],
    ]);
    expect(codes(plan)).toEqual(['large-keys-left']);
    // Said also where nothing but empty slots is left to move.
    const alone = planReshard({
      ...reshardInput(topology, { slots: '0-9', to: [b], largeKeys: 'leave' }),
      weights: new Map([...weights.keys()].map((slot) => [slot, { keys: slot === 7 ? 1 : 0, bytes: 0 }])),
      large: large([key({})]),
    });
    expect(codes(alone)).toEqual(['large-keys-left']);
  });

  test('hold up nobody where the servers move them', () => {
    const valkey = [1, 2].reduce(
      (all, n) => withNode(all, n, { server: { flavour: 'valkey', version: '9.1.2' } }),
      topology,
    );
    const plan = planReshard({
      ...reshardInput(valkey, { slots: '0-9', to: [b], driver: 'atomic' }),
      weights,
      large: large([key({})]),
      nodeTimeoutMs: 1_000,
    });
    expect(codes(plan)).toEqual(['large-keys-by-servers']);
  });

  test('what was not looked at is said', () => {
    expect(codes(made(null))).toEqual(['sizes-not-known']);
    expect(codes(made(large([], { weighed: 3 })))).toEqual(['sizes-sampled']);
    expect(codes(made(large([])))).toEqual([]);
    // Elsewhere, it is no concern of this plan.
    expect(codes(made(large([key({ slot: 500 })])))).toEqual([]);
  });
});

test('many small elements take longer than few large ones', () => {
  expect(stallOf({ bytes: 300 * MB, elements: 300 })).toBe(3_158);
  expect(stallOf({ bytes: 300 * MB, elements: 3_000_000 })).toBe(5_000);
  expect(stallOf({ bytes: 600 * MB, elements: null })).toBe(6_316);
});
