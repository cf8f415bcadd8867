import fc from 'fast-check';
import { expect, test } from 'vitest';
import { someTopology } from '../test/arbitrary-topology.ts';
import { applyPatch, makePatch, TopologyPatch } from './topology-patch.ts';
import { Topology } from './topology.ts';

test('a patch brings the one topology to the other, also after it went over the wire', () => {
  fc.assert(
    fc.property(someTopology, someTopology, (before, after) => {
      const patch = makePatch(before, after);
      expect(applyPatch(before, patch)).toEqual(after);
      const received = TopologyPatch.parse(JSON.parse(JSON.stringify(patch)));
      expect(applyPatch(before, received)).toEqual(after);
    }),
  );
});

test('where nothing changed a patch is empty', () => {
  fc.assert(
    fc.property(someTopology, (topology) => {
      expect(makePatch(topology, structuredClone(topology))).toEqual({
        fromVersion: topology.version,
        nodes: [],
        removed: [],
        rest: {},
      });
    }),
  );
});

test('a patch carries only the nodes that changed', () => {
  fc.assert(
    fc.property(someTopology, (topology) => {
      const [first, ...others] = topology.nodes;
      if (first === undefined) return;
      const changed = { ...first, port: first.port + 1 };
      expect(makePatch(topology, { ...topology, nodes: [changed, ...others] }).nodes).toEqual([changed]);
    }),
  );
});

test('the topologies that these tests draw are topologies', () => {
  fc.assert(
    fc.property(someTopology, (topology) => {
      expect(Topology.safeParse(topology).success).toBe(true);
    }),
  );
});
