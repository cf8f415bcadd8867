import { expect, test } from 'vitest';
import { NodeId } from '@slotdeck/model/ids';
import type { PlannedStep, SlotDriver } from '@slotdeck/model/plan';
import { moveBeside } from './side-by-side.ts';
import { createTurns } from './turns.ts';
import { ClusterId } from '@slotdeck/model/ids';

function move(id: string, from: string, to: string, driver?: SlotDriver): PlannedStep {
  const ends = { from: NodeId.parse(from.repeat(40)), to: NodeId.parse(to.repeat(40)) };
  const slots = [[0, 9] as const];
  return {
    id,
    title: id,
    component: 'move',
    onFailure: 'retry',
    facts: {},
    move: { ...ends, slots, ...(driver === undefined ? {} : { driver }) },
  };
}

const verify: PlannedStep = {
  id: 'verify',
  title: 'verify',
  component: 'verify',
  onFailure: 'retry',
  facts: {},
  move: null,
};

test.each([
  ['two pairs without a node in common', [move('2', 'c', 'd')], [move('1', 'a', 'b')], '2'],
  ['the same pair', [move('2', 'a', 'b')], [move('1', 'a', 'b')], null],
  ['one target for both', [move('2', 'c', 'b')], [move('1', 'a', 'b')], null],
  ['one source for both', [move('2', 'a', 'd')], [move('1', 'a', 'b')], null],
  ['a source that is a target', [move('2', 'b', 'd')], [move('1', 'a', 'b')], null],
  ['a later pair that is free', [move('2', 'a', 'b'), move('3', 'c', 'd')], [move('1', 'a', 'b')], '3'],
  [
    'a later move whose node an earlier one waits for',
    [move('2', 'a', 'c'), move('3', 'c', 'd')],
    [move('1', 'a', 'b')],
    null,
  ],
  ['what waits behind a step that is no move', [verify, move('2', 'c', 'd')], [move('1', 'a', 'b')], null],
  ['nothing beside a step that is no move', [move('2', 'c', 'd')], [verify], null],
  ['servers that move by themselves', [move('2', 'c', 'd', 'atomic')], [move('1', 'a', 'b', 'atomic')], null],
])('%s', (_, waiting, atWork, expected) => {
  expect(moveBeside(waiting, atWork)?.id ?? null).toBe(expected);
});

test('at most eight pairs move at once', () => {
  const letters = '0123456789abcdef'.split('');
  const pairs = letters.slice(0, 8).map((letter, at) => move(letter, letter, letters[at + 8] ?? 'f'));
  expect(moveBeside([], pairs)).toBeNull();
  expect(moveBeside([verify], pairs.slice(0, 7))).toBeNull();
  expect(moveBeside(pairs.slice(7), pairs.slice(0, 7))?.id).toBe('7');
});

test('turns of one cluster come one after the other, also after one that failed; other clusters do not wait', async () => {
  const turns = createTurns();
  const [one, other] = [ClusterId.parse('cl-test1'), ClusterId.parse('cl-test2')];
  const told: string[] = [];
  let release: () => void = () => undefined;
  const first = turns.take(one, async () => {
    await new Promise<void>((resolve) => (release = resolve));
    told.push('first');
    throw new Error('it failed');
  });
  const second = turns.take(one, async () => void told.push('second'));
  await turns.take(other, async () => void told.push('other'));
  expect(told).toEqual(['other']);
  release();
  await expect(first).rejects.toThrow('it failed');
  await second;
  expect(told).toEqual(['other', 'first', 'second']);
});
