import type { NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';

/** What one node answered, or why not. */
export interface NodeAnswer {
  readonly node: string;
  readonly name: string;
  readonly ok: boolean;
  /** For people: as redis-cli prints a reply without a terminal. */
  readonly text: string;
  readonly reply: unknown;
}

/** Longer than an administrator waits for one command; a node that needs more is told as having given no answer. */
const REPLY_MS = 60_000;

/** Sends one command to all nodes that were asked for, at the same time. One that fails holds up nobody. */
export async function callNodes(
  calls: NodeCalls,
  { nodes }: Topology,
  { words, only }: { readonly words: readonly string[]; readonly only: 'all' | 'primaries' | 'replicas' },
): Promise<NodeAnswer[]> {
  const wanted = nodes.filter(
    ({ role }) => only === 'all' || (only === 'primaries' ? role === 'primary' : role === 'replica'),
  );
  return Promise.all(wanted.map((node) => callNode(calls, node, words)));
}

async function callNode(calls: NodeCalls, node: TopologyNode, words: readonly string[]): Promise<NodeAnswer> {
  const who = { node: node.id, name: node.name };
  if (node.host === '' || node.port === 0) return { ...who, ok: false, text: '(no address is known)', reply: null };
  const [outcome] = await calls.pipeline(node, [words], { timeoutMs: REPLY_MS });
  if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
  if (outcome.ok) return { ...who, ok: true, text: printReply(outcome.reply), reply: plainReply(outcome.reply) };
  const { failure } = outcome.error;
  const text =
    failure.kind === 'error-reply' ? failure.line : `(no answer: ${failure.problem.code} ${failure.problem.seen})`;
  return { ...who, ok: false, text, reply: null };
}

function printReply(reply: unknown): string {
  if (reply === null || reply === undefined) return '';
  if (Array.isArray(reply)) return reply.map(printReply).join('\n');
  if (reply instanceof Map)
    return [...reply].map(([name, value]) => `${printReply(name)}\n${printReply(value)}`).join('\n');
  if (Buffer.isBuffer(reply)) return reply.toString('utf8');
  if (typeof reply === 'string') return reply;
  return typeof reply === 'bigint' ? reply.toString() : (JSON.stringify(reply) ?? '');
}

/** What JSON can say. */
function plainReply(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(plainReply);
  if (reply instanceof Map)
    return Object.fromEntries([...reply].map(([name, value]) => [String(name), plainReply(value)]));
  if (Buffer.isBuffer(reply)) return reply.toString('utf8');
  return typeof reply === 'bigint' ? Number(reply) : reply;
}
