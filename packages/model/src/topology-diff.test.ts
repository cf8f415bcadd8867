import fc from 'fast-check';
import { expect, test } from 'vitest';
import { someTopology } from '../test/arbitrary-topology.ts';
import { countSlots, eachSlot, intersectSlots } from './slot-ranges.ts';
import { diffTopology } from './topology-diff.ts';
import { ownerOfSlot } from './topology.ts';

test('between equal topologies nothing changed', () => {
  fc.assert(
    fc.property(someTopology, (topology) => {
      expect(diffTopology(topology, structuredClone(topology))).toEqual([]);
    }),
  );
});

test('moved slots tell for each slot who had it and who has it, and each slot once', () => {
  fc.assert(
    fc.property(someTopology, someTopology, (before, after) => {
      const moves = diffTopology(before, after).filter((change) => change.kind === 'slots-moved');
      const moved = new Set<number>();
      for (const move of moves) {
        for (const slot of eachSlot(move.slots)) {
          expect(moved.has(slot)).toBe(false);
          moved.add(slot);
          expect(ownerOfSlot(before, slot)?.id ?? null).toBe(move.from);
          expect(ownerOfSlot(after, slot)?.id ?? null).toBe(move.to);
        }
      }
      for (let slot = 0; slot <= 41; slot += 1) {
        expect(moved.has(slot)).toBe(ownerOfSlot(before, slot)?.id !== ownerOfSlot(after, slot)?.id);
      }
    }),
  );
});

test('read backwards, what appeared vanished, what opened closed, and each change has its ends swapped', () => {
  const mirror: Record<string, string> = {
    'node-appeared': 'node-vanished',
    'node-vanished': 'node-appeared',
    'slot-opened': 'slot-closed',
    'slot-closed': 'slot-opened',
    'dispute-began': 'dispute-ended',
    'dispute-ended': 'dispute-began',
  };
  fc.assert(
    fc.property(someTopology, someTopology, (before, after) => {
      const forward = diffTopology(before, after).map((change) => mirror[change.kind] ?? change.kind);
      const backward = diffTopology(after, before).map((change) => change.kind);
      expect(forward.toSorted()).toEqual(backward.toSorted());
    }),
  );
});

test('a dispute that begins and one that ends never name the same slot', () => {
  fc.assert(
    fc.property(someTopology, someTopology, (before, after) => {
      const changes = diffTopology(before, after);
      const began = changes.find((change) => change.kind === 'dispute-began')?.slots ?? [];
      const ended = changes.find((change) => change.kind === 'dispute-ended')?.slots ?? [];
      expect(countSlots(intersectSlots(began, ended))).toBe(0);
    }),
  );
});

test('learning a version for the first time is no change, another version is', () => {
  fc.assert(
    fc.property(someTopology, (topology) => {
      const [first, ...others] = topology.nodes;
      if (first === undefined) return;
      const asVersion = (version: string | null) => ({
        ...topology,
        nodes: [{ ...first, server: version === null ? null : ({ flavour: 'redis', version } as const) }, ...others],
      });
      expect(diffTopology(asVersion(null), asVersion('7.0.15'))).toEqual([]);
      expect(diffTopology(asVersion('7.0.15'), asVersion('8.6.3'))).toMatchObject([
        { kind: 'server-changed', node: first.id },
      ]);
    }),
  );
});
