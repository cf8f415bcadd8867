import { ClusterId, NodeId } from '@slotdeck/model/ids';
import { parseSlotRanges, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology } from '@slotdeck/model/topology';
import { mergeViews } from '../src/observe/merge-views.ts';
import type { NodeFacts, NodeLine, NodeView } from '../src/observe/node-view.ts';

export const clusterId = ClusterId.parse('cl-test1');

/** `a` → the id of forty a's; also `0`–`9` and `b`–`f`. */
export const nodeId = (letter: string): NodeId => NodeId.parse(letter.repeat(40));

export function slots(text: string): SlotRanges {
  if (text === '') return [];
  const parsed = parseSlotRanges(text);
  if (!parsed.ok) throw new Error(`no slots: ${text}`);
  return parsed.slots;
}

export type LineSketch = {
  readonly id: string;
  /** Letter of the primary; absent: it is a primary itself. */
  readonly of?: string;
  readonly slots?: string;
  readonly epoch?: number;
  readonly flags?: readonly string[];
  readonly down?: boolean;
  readonly host?: string;
  readonly migrating?: readonly (readonly [slot: number, to: string])[];
  readonly importing?: readonly (readonly [slot: number, from: string])[];
};

export function line(sketch: LineSketch, isMyself = false): NodeLine {
  const isHandshake = sketch.flags?.includes('handshake') === true;
  const roleFlag = isHandshake ? [] : [sketch.of === undefined ? 'master' : 'slave'];
  return {
    id: nodeId(sketch.id),
    isMyself,
    host: sketch.host ?? `10.0.0.${Number.parseInt(sketch.id, 16)}`,
    port: sketch.host === '' ? 0 : 6379,
    busPort: 16379,
    hostname: null,
    flags: [...roleFlag, ...(sketch.flags ?? [])],
    role: isHandshake ? 'unknown' : sketch.of === undefined ? 'primary' : 'replica',
    primaryId: sketch.of === undefined ? null : nodeId(sketch.of),
    configEpoch: sketch.epoch ?? Number.parseInt(sketch.id, 16),
    link: sketch.down === true ? 'disconnected' : 'connected',
    slots: slots(sketch.slots ?? ''),
    migrating: (sketch.migrating ?? []).map(([slot, to]) => ({ slot, to: nodeId(to) })),
    importing: (sketch.importing ?? []).map(([slot, from]) => ({ slot, from: nodeId(from) })),
  };
}

export function facts(given: Partial<NodeFacts> = {}): NodeFacts {
  return {
    server: { flavour: 'redis', version: '7.0.15' },
    clusterState: 'ok',
    currentEpoch: 9,
    replication: null,
    zone: null,
    runId: 'r',
    uptimeSeconds: 1,
    usedMemoryBytes: 1,
    maxMemoryBytes: null,
    clients: 1,
    keys: 0,
    replicationOffset: 0,
    counters: { commands: 0, networkInBytes: 0, networkOutBytes: 0, cpuSeconds: 0 },
    ...given,
  };
}

/** What `observer` says, when it answers: the lines of all, its own marked. */
export function answered(observer: string, table: readonly LineSketch[], given: Partial<NodeFacts> = {}): NodeView {
  return {
    state: 'answered',
    address: { host: `10.0.0.${Number.parseInt(observer, 16)}`, port: 6379 },
    nodeId: nodeId(observer),
    at: 1_000,
    roundTripMs: 1,
    lines: table.map((sketch) => line(sketch, sketch.id === observer)),
    facts: facts(given),
  };
}

export function silent(id: string, code: 'timeout' | 'connection-refused' | 'wrong-password' = 'timeout'): NodeView {
  return {
    state: 'silent',
    address: { host: `10.0.0.${Number.parseInt(id, 16)}`, port: 6379 },
    nodeId: nodeId(id),
    at: 1_000,
    problem: { code, seen: 'as seen' },
  };
}

/** Three primaries a, b, c with a replica each: 1, 2, 3. */
export const healthyTable: readonly LineSketch[] = [
  { id: 'a', slots: '0-5460' },
  { id: 'b', slots: '5461-10922' },
  { id: 'c', slots: '10923-16383' },
  { id: '1', of: 'a' },
  { id: '2', of: 'b' },
  { id: '3', of: 'c' },
];

/** The same table from everybody in it, but those who are named. */
export function viewsOf(table: readonly LineSketch[], without: readonly string[] = []): NodeView[] {
  return table.filter(({ id }) => !without.includes(id)).map(({ id }) => answered(id, table));
}

/** The table with some lines replaced or added. */
export function changed(table: readonly LineSketch[], ...lines: readonly LineSketch[]): LineSketch[] {
  const replaced = table.map((sketch) => lines.find(({ id }) => id === sketch.id) ?? sketch);
  return [...replaced, ...lines.filter(({ id }) => !table.some((sketch) => sketch.id === id))];
}

export function merge(views: readonly NodeView[], previous: Topology | null = null, now = 1_000): Topology {
  return mergeViews(views, { clusterId, previous, now });
}

export function findById(topology: Topology, id: string): Topology['nodes'][number] {
  const node = topology.nodes.find((each) => each.id === nodeId(id));
  if (node === undefined) throw new Error(`no node ${id}`);
  return node;
}
