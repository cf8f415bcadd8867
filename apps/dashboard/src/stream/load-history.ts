import type { NodeStats, Topology } from '@slotdeck/model/topology';

/** Load over the last 15 minutes, as this browser saw it since the page was opened. */
export const HISTORY_MS = 15 * 60_000;

/**
 * Above this many nodes only the rates of commands are kept for each of them: fifteen minutes of four numbers of a thousand nodes
 * would be some hundred MB in the browser, and a chart shows a dozen lines.
 */
export const NODES_KEPT = 120;

/** What one node said of its load; null where it did not. */
export interface NodeLoad {
  readonly networkBytes: number | null;
  /** Share of one core. */
  readonly cpu: number | null;
  readonly clients: number | null;
}

/** Between two samples further apart than this nothing is known, and no line is drawn. */
export const GAP_MS = 5000;

export interface LoadSample {
  /** Time of the newest answer in it, epoch ms of the server. */
  readonly at: number;
  /** Commands per second of each node that said so. */
  readonly commands: ReadonlyMap<string, number>;
  /** The rest by node; empty above `NODES_KEPT`. */
  readonly nodes: ReadonlyMap<string, NodeLoad>;
  /** Sums over the nodes that said so; null where none did. */
  readonly totalCommands: number | null;
  readonly networkBytes: number | null;
  /** The busiest core. */
  readonly cpu: { readonly node: string; readonly share: number } | null;
  readonly clients: number | null;
  /** How many of how many primaries are in the sums: fewer means "at least". */
  readonly primaries: { readonly counted: number; readonly known: number };
}

/** The newest answer among these, epoch ms; 0 when there is none. */
export function newestAnswer(stats: readonly NodeStats[]): number {
  return stats.reduce((latest, each) => Math.max(latest, each.at), 0);
}

/** Numbers of a node that has fallen silent while others answer: the past, not a rate of now. */
export function isPast(stats: NodeStats, newest: number): boolean {
  return newest - stats.at >= GAP_MS;
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

function networkOf({ networkInBytesPerSecond, networkOutBytesPerSecond }: NodeStats): number | null {
  if (networkInBytesPerSecond === null || networkOutBytesPerSecond === null) return null;
  return networkInBytesPerSecond + networkOutBytesPerSecond;
}

function loadOf(stats: NodeStats): NodeLoad {
  return { networkBytes: networkOf(stats), cpu: stats.cpu, clients: stats.clients };
}

export function sampleLoad(topology: Topology | null, stats: readonly NodeStats[]): LoadSample | null {
  const at = newestAnswer(stats);
  if (at === 0) return null;
  // Numbers of a node that answers no more are the past: they stay in the cache with their age, but no sum may contain them.
  const current = stats.filter((each) => !isPast(each, at));
  const primaries = new Set(topology?.nodes.filter((node) => node.role === 'primary').map((node) => node.id));
  const serving = current.filter((each) => primaries.has(each.id));
  const counted = serving.filter((each) => each.commandsPerSecond !== null);
  const busiest = current
    .filter((each) => each.cpu !== null)
    .reduce<NodeStats | null>((most, each) => (most === null || (each.cpu ?? 0) > (most.cpu ?? 0) ? each : most), null);
  return {
    at,
    commands: new Map(
      current.flatMap((each) => (each.commandsPerSecond === null ? [] : [[each.id, each.commandsPerSecond]])),
    ),
    totalCommands: sum(serving.map((each) => each.commandsPerSecond)),
    nodes: new Map(current.length > NODES_KEPT ? [] : current.map((each) => [each.id, loadOf(each)])),
    networkBytes: sum(current.map(networkOf)),
    cpu: busiest?.cpu == null ? null : { node: busiest.id, share: busiest.cpu },
    clients: sum(current.map((each) => each.clients)),
    primaries: { counted: counted.length, known: primaries.size },
  };
}

/** Adds the sample of now, at most one per second, and drops what is older than the window. */
export function rememberLoad(
  held: readonly LoadSample[],
  topology: Topology | null,
  stats: readonly NodeStats[],
): readonly LoadSample[] {
  const sample = sampleLoad(topology, stats);
  if (sample === null) return held;
  const last = held.at(-1);
  const rest =
    last !== undefined && Math.floor(sample.at / 1000) === Math.floor(last.at / 1000) ? held.slice(0, -1) : held;
  return [...rest.filter((each) => sample.at - each.at <= HISTORY_MS), sample];
}
