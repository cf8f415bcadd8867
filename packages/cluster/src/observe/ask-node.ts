import type { NodeId } from '@slotdeck/model/ids';
import type { Clock } from '@slotdeck/model/clock';
import type { ViewProblem } from '@slotdeck/model/topology';
import { clusterInfoCommand, readClusterInfo, type ClusterInfo } from '../commands/cluster-info.ts';
import { clusterNodesCommand, readClusterNodes, type KnownLines } from '../commands/cluster-nodes.ts';
import { infoCommand, readInfo, type Info } from '../commands/info.ts';
import { problemOfFailure } from '../connection/call-problem.ts';
import type { CallOptions, CallOutcome, NodeAddress, NodeCalls } from '../connection/node-calls.ts';
import type { NodeFacts, NodeLine, NodeView } from './node-view.ts';

/** `map`: who is where and owns what. `full`: also INFO, for versions, load and replication. */
export type ViewDepth = 'map' | 'full';

export interface AskOptions {
  readonly depth: ViewDepth;
  /** Of this node as far as it is known: stands in a silent view, and its INFO facts outlive rounds of depth `map`. */
  readonly previous?: NodeView | undefined;
  readonly expectedId?: NodeId | null;
  readonly known?: KnownLines;
  readonly timeoutMs?: number | undefined;
}

/** What the node at this address says now. Never throws for what a node does: a node that cannot be asked is a silent view. */
export async function askNode(
  calls: NodeCalls,
  clock: Pick<Clock, 'now' | 'monotonic'>,
  address: NodeAddress,
  options: AskOptions,
): Promise<NodeView> {
  const started = clock.monotonic();
  const commands = [clusterNodesCommand, clusterInfoCommand, ...(options.depth === 'full' ? [infoCommand] : [])];
  const callOptions: CallOptions = {};
  if (options.timeoutMs !== undefined) callOptions.timeoutMs = options.timeoutMs;
  const [nodes, clusterInfo, info] = await calls.pipeline(address, commands, callOptions);
  const at = clock.now();
  const answer = readAnswer(nodes, clusterInfo, info, options.known);
  if (!answer.ok) {
    const nodeId = options.expectedId ?? options.previous?.nodeId ?? null;
    return { state: 'silent', address, nodeId, at, problem: answer.problem };
  }
  const own = answer.lines.find((line) => line.isMyself);
  if (own === undefined) {
    const problem: ViewProblem = { code: 'broken-reply', seen: 'CLUSTER NODES without a line for the node itself' };
    return { state: 'silent', address, nodeId: options.expectedId ?? null, at, problem };
  }
  const earlier =
    options.previous?.state === 'answered' && options.previous.nodeId === own.id ? options.previous.facts : null;
  return {
    state: 'answered',
    address,
    nodeId: own.id,
    at,
    monotonicAt: clock.monotonic(),
    roundTripMs: nodes?.ms ?? clock.monotonic() - started,
    lines: answer.lines.map((line) => placeOwnLine(line, address)),
    facts: factsOf(answer.clusterInfo, answer.info, earlier),
  };
}

/** A node that met nobody does not know its own address and prints none; it answered where we dialled. */
function placeOwnLine(line: NodeLine, address: NodeAddress): NodeLine {
  if (!line.isMyself || line.host !== '') return line;
  return { ...line, host: address.host, port: line.port === 0 ? address.port : line.port };
}

type Answer =
  | {
      readonly ok: true;
      readonly lines: NodeLine[];
      readonly clusterInfo: ClusterInfo | null;
      readonly info: Info | null;
    }
  | { readonly ok: false; readonly problem: ViewProblem };

function readAnswer(
  nodes: CallOutcome | undefined,
  clusterInfo: CallOutcome | undefined,
  info: CallOutcome | undefined,
  known: KnownLines | undefined,
): Answer {
  if (nodes === undefined) return { ok: false, problem: { code: 'other-error', seen: 'nothing was asked' } };
  // INFO tells best that cluster mode is off; CLUSTER NODES answers that with a general error.
  const load = readOptional(info, readInfo);
  if (load?.clusterEnabled === false)
    return { ok: false, problem: { code: 'not-a-cluster', seen: 'cluster_enabled:0' } };
  if (!nodes.ok) return { ok: false, problem: problemOfFailure(nodes.error.failure) };
  const lines = readClusterNodes(nodes.reply, known);
  if (!lines.ok) return { ok: false, problem: { code: 'broken-reply', seen: lines.seen } };
  return { ok: true, lines: lines.value, clusterInfo: readOptional(clusterInfo, readClusterInfo), info: load };
}

/** The map is worth showing also where a user of few rights may not read INFO, so a refusal here only leaves facts unknown. */
function readOptional<T>(
  outcome: CallOutcome | undefined,
  reader: (reply: unknown) => { ok: true; value: T } | { ok: false; seen: string },
): T | null {
  if (outcome?.ok !== true) return null;
  const result = reader(outcome.reply);
  return result.ok ? result.value : null;
}

function factsOf(clusterInfo: ClusterInfo | null, info: Info | null, earlier: NodeFacts | null): NodeFacts | null {
  if (clusterInfo === null && info === null) return earlier;
  const now = { clusterState: clusterInfo?.state ?? null, currentEpoch: clusterInfo?.currentEpoch ?? null };
  if (info === null) return { ...(earlier ?? nothingKnown), ...now };
  return {
    ...now,
    server: info.server,
    replication: info.replication,
    zone: info.zone,
    runId: info.runId,
    uptimeSeconds: info.uptimeSeconds,
    usedMemoryBytes: info.usedMemoryBytes,
    maxMemoryBytes: info.maxMemoryBytes,
    clients: info.clients,
    keys: info.keys,
    replicationOffset: info.replicationOffset,
    counters: {
      commands: info.commands,
      networkInBytes: info.networkInBytes,
      networkOutBytes: info.networkOutBytes,
      cpuSeconds: info.cpuSeconds,
    },
  };
}

const nothingKnown: NodeFacts = {
  server: null,
  clusterState: null,
  currentEpoch: null,
  replication: null,
  zone: null,
  runId: null,
  uptimeSeconds: null,
  usedMemoryBytes: null,
  maxMemoryBytes: null,
  clients: null,
  keys: null,
  replicationOffset: null,
  counters: { commands: null, networkInBytes: null, networkOutBytes: null, cpuSeconds: null },
};
