import type { NodeId } from '@slotdeck/model/ids';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import type { CallFailure, CommandWord, NodeCalls } from '../connection/node-calls.ts';

/** What came of one node. `no-address`: no node tells where it is, so that it was not asked. */
export type NodeReply =
  | { readonly state: 'answered'; readonly reply: unknown; readonly ms: number }
  | { readonly state: 'failed'; readonly failure: CallFailure; readonly ms: number }
  | { readonly state: 'no-address' };

export interface CalledNode {
  readonly node: NodeId;
  /** As it is shown everywhere else. */
  readonly name: string;
  readonly outcome: NodeReply;
}

export interface CallRequest {
  /** The command and its arguments. It is sent as it stands, also when it changes something. */
  readonly words: readonly CommandWord[];
  /** Default all. A node whose role nobody tells is asked only then. */
  readonly only?: 'all' | 'primaries' | 'replicas';
  /** Per node, in milliseconds. Default 60,000: longer than an administrator waits for one command. */
  readonly timeoutMs?: number;
}

/**
 * Sends one command to all nodes that were asked for, at the same time, and answers in the topology's order. One that fails or gives no
 * answer holds up nobody; none of them throws.
 */
export async function callNodes(
  calls: NodeCalls,
  { nodes }: Topology,
  { words, only = 'all', timeoutMs = 60_000 }: CallRequest,
): Promise<CalledNode[]> {
  const role = only === 'primaries' ? 'primary' : 'replica';
  const wanted = nodes.filter((node) => only === 'all' || node.role === role);
  return Promise.all(
    wanted.map(async (node) => ({
      node: node.id,
      name: node.name,
      outcome: await callNode(calls, node, { words, timeoutMs }),
    })),
  );
}

async function callNode(
  calls: NodeCalls,
  node: TopologyNode,
  { words, timeoutMs }: Required<Pick<CallRequest, 'words' | 'timeoutMs'>>,
): Promise<NodeReply> {
  if (node.host === '' || node.port === 0) return { state: 'no-address' };
  const [outcome] = await calls.pipeline(node, [words], { timeoutMs });
  if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
  const { ms } = outcome;
  return outcome.ok
    ? { state: 'answered', reply: outcome.reply, ms }
    : { state: 'failed', failure: outcome.error.failure, ms };
}
