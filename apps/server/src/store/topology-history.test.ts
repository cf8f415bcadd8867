import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Topology } from '@slotdeck/model/topology';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import { sampleClusterId as id } from '../../test/sample-plan.ts';
import { primary, replica, topology as topologyOf } from '../../test/small-topology.ts';
import { makeTempFolder } from '../../test/temp-folder.ts';
import { openStore, type Store } from './open-store.ts';

let folder: ReturnType<typeof makeTempFolder>;
let store: Store;
const clock = createHandClock();

beforeEach(async () => {
  folder = makeTempFolder();
  store = await openStore(folder.path, clock);
});
afterEach(() => {
  store.close();
  folder.remove();
});

const smallTopology = (): Topology =>
  topologyOf(0, [primary('a', [[0, 8191]]), primary('b', [[8192, 16383]]), replica('c', 'a'), replica('d', 'b')]);

/** A topology after a change: an epoch, a health, a moved slot, or a node that goes and comes. */
function changed(topology: Topology, what: number, version: number): Topology {
  const nodes = topology.nodes.map((node, i) => {
    if (i !== what % topology.nodes.length) return node;
    if (what % 3 === 0) return { ...node, configEpoch: version };
    if (what % 3 === 1) return { ...node, health: what % 2 === 0 ? ('failed' as const) : ('healthy' as const) };
    return { ...node, slots: [[what % 100, (what % 100) + 5]] as const satisfies Topology['nodes'][number]['slots'] };
  });
  return { ...topology, nodes: what % 7 === 0 ? nodes.slice(1) : nodes, version, currentEpoch: version };
}

test('the topology of any of a thousand past moments is the one that was observed then, over whole ones, changes and restarts', async () => {
  const seen: { at: number; topology: Topology }[] = [];
  let at = 1_000_000;
  let topology = smallTopology();
  const steps = fc.sample(
    fc.record({ what: fc.nat(500), pause: fc.integer({ min: 1, max: 5_000 }), restart: fc.nat(80) }),
    {
      numRuns: 400,
      seed: 4,
    },
  );
  for (const [i, { what, pause, restart }] of steps.entries()) {
    at += pause;
    topology = changed(i % 90 === 0 ? smallTopology() : topology, what, i + 1);
    if (restart === 0) {
      store.close();
      store = await openStore(folder.path, clock);
    }
    store.topologies.record(id, topology, at);
    seen.push({ at, topology });
  }
  for (const moment of fc.sample(fc.integer({ min: 1_000_001, max: at + 1_000 }), { numRuns: 1_000, seed: 5 })) {
    const expected = seen.findLast((each) => each.at <= moment);
    const past = store.topologies.at(id, moment);
    expect(past?.topology ?? null).toEqual(expected?.topology ?? null);
    expect(past?.since).toBe(expected?.at);
  }
});

test('between the last look before a stop and the first after it nobody knows, and that can be told', async () => {
  store.topologies.record(id, smallTopology(), 1_000);
  store.topologies.stands(id, 30_000);
  store.topologies.stands(id, 61_000);
  expect(store.topologies.at(id, 70_000)).toMatchObject({ since: 1_000, seenUntil: 61_000 });
  store.close();
  store = await openStore(folder.path, clock);
  store.topologies.record(id, smallTopology(), 500_000);
  expect(store.topologies.at(id, 400_000)).toMatchObject({ since: 1_000, seenUntil: 61_000 });
  expect(store.topologies.span(id)).toEqual({ from: 1_000, to: 500_000 });
});

test('before the first look there is nothing, and neither for a cluster that nobody looked at', () => {
  expect(store.topologies.span(id)).toBeNull();
  store.topologies.record(id, smallTopology(), 1_000);
  expect(store.topologies.at(id, 999)).toBeNull();
});

test('what is too old goes, and what stood at the edge of the kept time can still be rebuilt', () => {
  let topology = smallTopology();
  for (let i = 1; i <= 300; i += 1) {
    topology = changed(topology, i * 3, i);
    store.topologies.record(id, topology, i * 1_000);
  }
  const atTheEdge = store.topologies.at(id, 200_500);
  store.topologies.trim(id, 200_500, Number.MAX_SAFE_INTEGER);
  expect(store.topologies.at(id, 200_500)).toEqual(atTheEdge);
  expect(store.topologies.at(id, 10_000)).toBeNull();
});

test('a history that grows too large loses its oldest part, never the present', () => {
  let topology = smallTopology();
  for (let i = 1; i <= 300; i += 1) {
    topology = changed(topology, i, i);
    store.topologies.record(id, topology, i * 1_000);
  }
  store.topologies.trim(id, 0, 1);
  expect(store.topologies.at(id, 300_000)?.topology).toEqual(topology);
  expect(store.topologies.at(id, 100_000)).toBeNull();
});

test('while the clock is set back changes are kept, each after the one that was seen before it', () => {
  store.topologies.record(id, smallTopology(), 5_000);
  store.topologies.record(id, changed(smallTopology(), 3, 2), 4_000);
  expect(store.topologies.at(id, 4_999)).toBeNull();
  expect(store.topologies.at(id, 5_000)?.topology).toEqual(changed(smallTopology(), 3, 2));
});
