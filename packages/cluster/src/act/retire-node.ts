import { clusterNodesCommand, readClusterNodes } from '../commands/cluster-nodes.ts';
import type { NodeAddress } from '../connection/node-calls.ts';
import type { NodeLine } from '../observe/node-view.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { createSender, failureOf, type CommandSender } from './command-sender.ts';
import { forgetNode, type Forgotten, type Leaving } from './forget-node.ts';
import { answeredViews, lineOf, lookAt } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { FIRST_REST_MS, nextRest } from './resting.ts';

export interface Retiring extends Leaving {
  readonly address: NodeAddress;
  /** `forget`: it gives no answer; the others only forget it. */
  readonly then: 'reset' | 'reset-hard' | 'shutdown' | 'forget';
}

export interface Retired extends Forgotten {
  readonly end: 'was-reset' | 'was-shut-down' | 'only-forgotten';
}

const RESET_MS = 10_000;

/**
 * Takes a node without slots out of the cluster: resets it first, so that it does not ask to be let in again (a node that still knows
 * the others comes back within a minute on Valkey 8.1 and newer), then lets every member forget it, then ends it where that was asked
 * for. Safe to repeat from anywhere in between.
 * @throws ActFailure
 */
export async function retireNode(retiring: Retiring, context: ActContext): Promise<Retired> {
  const sender = createSender(context);
  const member: ClusterMember = { id: retiring.node, name: retiring.name, address: retiring.address };
  if (retiring.then === 'forget') return { ...(await forgetNode(retiring, context)), end: 'only-forgotten' };
  const own = await ownTable(member, sender);
  if (own.state === 'silent') {
    if (await isListed(retiring, context, sender)) {
      throw new ActFailure('node-did-not-answer', { ...who(retiring), command: 'CLUSTER NODES', seen: own.seen });
    }
    // Nobody knows it any more, and it is gone: an earlier attempt got this far.
    return { ...(await forgetNode(retiring, context)), end: 'was-shut-down' };
  }
  const isMeant = own.lines.some((line) => line.isMyself && line.id === retiring.node);
  const isAlone = own.lines.every((line) => line.isMyself);
  // Alone under another id: a hard reset was carried out, and its answer did not arrive.
  if (isMeant && !isAlone) await reset(member, own.lines, retiring, { ...context, sender });
  const forgotten = await forgetNode(retiring, context);
  if (retiring.then !== 'shutdown') return { ...forgotten, end: 'was-reset' };
  if (isMeant || isAlone) await shutDown(member, { ...context, sender });
  return { ...forgotten, end: 'was-shut-down' };
}

type OwnTable =
  | { readonly state: 'answered'; readonly lines: readonly NodeLine[] }
  | { readonly state: 'silent'; readonly seen: string };

/** What stands at the address, whatever id it has by now. */
async function ownTable(member: ClusterMember, { send }: Pick<CommandSender, 'send'>): Promise<OwnTable> {
  const [outcome] = await send(member, [clusterNodesCommand]);
  if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
  if (!outcome.ok) {
    const { failure } = outcome.error;
    if (failure.kind === 'error-reply') throw failureOf(member, clusterNodesCommand, outcome.error);
    return { state: 'silent', seen: `${failure.problem.code}: ${failure.problem.seen}` };
  }
  const table = readClusterNodes(outcome.reply);
  if (!table.ok)
    throw new ActFailure('unexpected-reply', { ...who(member), command: 'CLUSTER NODES', seen: table.seen });
  return { state: 'answered', lines: table.value };
}

function who(node: Leaving | ClusterMember): { node: string; name: string } {
  return { node: 'id' in node ? node.id : node.node, name: node.name };
}

async function isListed({ node }: Retiring, context: ActContext, sender: CommandSender): Promise<boolean> {
  const others = context.members().filter(({ id }) => id !== node);
  const sight = await lookAt(sender, others);
  return answeredViews(sight).some((view) => lineOf(view, node) !== undefined);
}

async function reset(
  member: ClusterMember,
  lines: readonly NodeLine[],
  { then }: Retiring,
  { sender, clock, signal }: Pick<ActContext, 'clock' | 'signal'> & { sender: CommandSender },
): Promise<void> {
  const self = lines.find((line) => line.isMyself);
  if (self !== undefined && self.role === 'primary' && self.slots.length > 0) {
    throw new ActFailure('leaving-node-has-slots', who(member));
  }
  const command = ['CLUSTER', 'RESET', then === 'reset' ? 'SOFT' : 'HARD'];
  const [outcome] = await sender.send(member, [command]);
  if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
  if (!outcome.ok) {
    const { failure } = outcome.error;
    if (failure.kind === 'error-reply' && /containing keys/i.test(failure.line)) {
      throw new ActFailure('leaving-node-has-keys', { ...who(member), seen: failure.line });
    }
    throw failureOf(member, command, outcome.error);
  }
  const end = clock.monotonic() + RESET_MS;
  for (let rest = FIRST_REST_MS; ; rest = nextRest(rest)) {
    const now = await ownTable(member, sender);
    if (now.state === 'answered' && now.lines.every((line) => line.isMyself)) return;
    if (clock.monotonic() >= end) {
      throw new ActFailure('still-knows-others', who(member));
    }
    await clock.sleep(rest, signal);
  }
}

/** Until nobody listens at the address any more. The order itself is answered by a closed connection. */
async function shutDown(
  member: ClusterMember,
  { sender, clock, signal }: Pick<ActContext, 'clock' | 'signal'> & { sender: CommandSender },
): Promise<void> {
  const command = ['SHUTDOWN', 'NOSAVE'];
  const [outcome] = await sender.send(member, [command]);
  if (outcome?.ok === false && outcome.error.failure.kind === 'error-reply')
    throw failureOf(member, command, outcome.error);
  const end = clock.monotonic() + RESET_MS;
  for (let rest = FIRST_REST_MS; ; rest = nextRest(rest)) {
    const now = await ownTable(member, sender);
    if (now.state === 'silent') return;
    if (clock.monotonic() >= end) throw new ActFailure('did-not-end', who(member));
    await clock.sleep(rest, signal);
  }
}
