import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixtureNode, fixtureTopology, nodeId } from '../../testing/cluster-fixture.ts';
import { changeDraft, draftOf, DraftSearch, furthestStep, notATarget, requestOf, searchOf, STEPS } from './draft.ts';

const A = nodeId('a');
const B = nodeId('b');
const C = nodeId('c');
const D = nodeId('d');

const topology = fixtureTopology();
const draft = (search: Record<string, unknown>) => draftOf(DraftSearch.parse(search));

test('a draft that was written to the URL reads back the same', () => {
  fc.assert(
    fc.property(
      fc.record({
        named: fc.boolean(),
        text: fc.stringMatching(/^[0-9,-]{0,12}$/),
        from: fc.subarray([A, B, C].map(String)),
        to: fc.subarray([A, B, C].map(String)),
        step: fc.constantFrom(...STEPS),
        pace: fc.constantFrom('gentle' as const, 'balanced' as const, 'fast' as const),
      }),
      ({ named, text, ...rest }) => {
        const before = {
          ...draftOf({}),
          ...rest,
          how: named ? ('named' as const) : ('count' as const),
          slots: named ? text : '',
          count: named ? '' : text,
        };
        expect(draft({ ...searchOf(before) })).toEqual(before);
      },
    ),
  );
});

test('a broken search is half a draft, not an error', () => {
  expect(draft({ step: 'nowhere', plan: 'x', slots: 12, pace: 7 })).toMatchObject({
    step: 'what',
    plan: null,
    slots: '12',
    pace: 'balanced',
  });
});

test.each([
  [{ slots: '' }, 'what', { code: 'no-slots-named' }],
  [{ slots: '5-x' }, 'what', { code: 'not-a-slot', part: '5-x' }],
  [{ slots: '16384' }, 'what', { code: 'out-of-range', part: '16384' }],
  [{ slots: '9-3' }, 'what', { code: 'reversed', part: '9-3' }],
  [{ count: '' }, 'what', { code: 'no-count' }],
  [{ count: 'many' }, 'what', { code: 'count-not-a-number', part: 'many' }],
  [{ count: '0' }, 'what', { code: 'count-not-a-number', part: '0' }],
  [{ count: '6000', from: A }, 'what', { code: 'count-too-large', available: 5461 }],
  [{ count: '10', from: 'e'.repeat(39) + '0' }, 'what', { code: 'node-gone', node: 'e'.repeat(39) + '0' }],
  [{ slots: '0-9' }, 'where', { code: 'no-target' }],
  [{ slots: '0-9', to: D }, 'where', { code: 'target-not-possible', node: 'orders-d1', why: 'replica' }],
  [{ slots: '0-9', to: A }, 'where', { code: 'all-there-already' }],
  [{ count: '9', from: A, to: A }, 'where', { code: 'target-not-possible', node: 'orders-a1', why: 'is-source' }],
])('the draft %j stops at %s', (search, step, problem) => {
  expect(requestOf(draft(search), topology)).toEqual({ ok: false, step, problem });
});

test('a finished draft becomes exactly what the server asks for', () => {
  expect(requestOf(draft({ slots: '200, 0-99', to: B }), topology)).toEqual({
    ok: true,
    params: { slots: '0-99,200', from: ['all'], to: [B] },
  });
  expect(requestOf(draft({ count: '2,000', from: `${A},${C}`, to: B }), topology)).toEqual({
    ok: true,
    params: { count: 2000, from: [A, C], to: [B] },
  });
});

test('a node that failed or is silent cannot be chosen as target', () => {
  const named = draft({ slots: '0-9' });
  expect(notATarget(fixtureNode('b', 'b', { health: 'failed' }), named)).toBe('failed');
  const problem = { code: 'timeout' as const, seen: 'ETIMEDOUT' };
  expect(notATarget(fixtureNode('b', 'b', { view: { state: 'silent', problem } }), named)).toBe('no-answer');
});

test('changing what moves drops the plan, changing the pace keeps it', () => {
  const planned = draft({ slots: '0-9', to: B, plan: 'pl-abcd', step: 'review' });
  expect(furthestStep(planned, topology)).toBe('review');
  expect(changeDraft(planned, { slots: '0-10' }).plan).toBeNull();
  expect(changeDraft(planned, { pace: 'fast' }).plan).toBe('pl-abcd');
});
