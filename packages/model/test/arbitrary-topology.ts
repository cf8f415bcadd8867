import fc from 'fast-check';
import { ClusterId, NodeId } from '../src/ids.ts';
import { normalise, SLOT_COUNT, slotsOf, type SlotRanges } from '../src/slot-ranges.ts';
import { NodeHealth, NodeRole, type Topology, type TopologyNode } from '../src/topology.ts';

const letters = 'abcdef'.split('');
const ids = letters.map((letter) => NodeId.parse(letter.repeat(40)));
const someId = fc.constantFrom(...ids);
const someIds = fc.subarray(ids);

const someSlots: fc.Arbitrary<SlotRanges> = fc
  .uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 12 })
  .map((list) => slotsOf(list));

function nodeOf(id: NodeId, slots: SlotRanges): fc.Arbitrary<TopologyNode> {
  return fc
    .record({
      role: fc.constantFrom(...NodeRole.options),
      health: fc.constantFrom(...NodeHealth.options),
      primaryId: fc.option(someId),
      configEpoch: fc.option(fc.integer({ min: 0, max: 5 })),
      port: fc.integer({ min: 1, max: 3 }),
      flags: fc.subarray(['fail', 'fail?', 'noaddr']),
      suspectedBy: someIds,
      state: fc.option(fc.constantFrom('ok' as const, 'fail' as const)),
      version: fc.option(fc.constantFrom('7.0.15', '8.6.3')),
    })
    .map(({ state, version, ...fields }) => ({
      id,
      name: `h:${fields.port}`,
      host: 'h',
      busPort: null,
      hostname: null,
      zone: null,
      failedBy: [],
      unlinkedFrom: [],
      unknownTo: [],
      view: { state: 'answered', clusterState: state, currentEpoch: null },
      server: version === null ? null : { flavour: 'redis', version },
      replication: null,
      slots,
      ...fields,
    }));
}

/** Small topologies of six possible nodes in which every slot has at most one owner. Slots above 40 belong to nobody. */
export const someTopology: fc.Arbitrary<Topology> = fc
  .record({
    members: someIds,
    owners: fc.array(fc.integer({ min: -1, max: letters.length - 1 }), { minLength: 41, maxLength: 41 }),
    version: fc.integer({ min: 1, max: 3 }),
    open: fc.uniqueArray(
      fc.record({
        slot: fc.integer({ min: 0, max: 40 }),
        node: someId,
        direction: fc.constantFrom('migrating' as const, 'importing' as const),
        peer: someId,
      }),
      { maxLength: 4, selector: ({ slot, node, direction, peer }) => `${slot} ${node} ${direction} ${peer}` },
    ),
    disputed: someSlots,
  })
  .chain(({ members, owners, version, open, disputed }) => {
    const slotsOfMember = (id: NodeId): SlotRanges =>
      slotsOf(owners.flatMap((owner, slot) => (ids[owner] === id ? [slot] : [])));
    const taken = members.flatMap((id) => [...slotsOfMember(id)]);
    return fc.tuple(...members.map((id) => nodeOf(id, slotsOfMember(id)))).map((nodes): Topology => ({
      clusterId: ClusterId.parse('cl-some'),
      version,
      since: 0,
      nodes,
      shards: [],
      unassigned: complement(normalise(taken)),
      unreachable: [],
      open,
      disputes: disputed.length === 0 ? [] : [{ slots: disputed, opinions: [] }],
      disagreements: [],
      currentEpoch: null,
      answered: nodes.length,
    }));
  });

function complement(slots: SlotRanges): SlotRanges {
  const free: [number, number][] = [];
  let at = 0;
  for (const [from, to] of slots) {
    if (from > at) free.push([at, from - 1]);
    at = to + 1;
  }
  if (at < SLOT_COUNT) free.push([at, SLOT_COUNT - 1]);
  return free;
}
