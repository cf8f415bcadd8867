import type { Facts } from '@slotdeck/model/finding';
import type { PlanProblem } from '@slotdeck/model/plan';
import { fixProblems } from './fix-problems.ts';
import { importProblems } from './import-problems.ts';
import { membershipProblems } from './membership-problems.ts';

type Severity = PlanProblem['severity'];
type Wording = readonly [severity: Severity, sentence: (facts: Facts) => string];

const text = (value: Facts[string] | undefined): string =>
  Array.isArray(value) ? value.join(', ') : String(value ?? 'unknown');

/**
 * Everything that planning a move can object to: how grave it is, and an English sentence. Screens word it anew from code and
 * facts; scripts and the command line read the sentence.
 */
const table = {
  ...membershipProblems,
  ...fixProblems,
  ...importProblems,
  // What was asked for
  'neither-slots-nor-count': ['blocker', () => 'Say which slots to move, or how many.'],
  'slots-and-count': ['blocker', () => 'Say either which slots to move or how many, not both.'],
  'slots-not-readable': [
    'blocker',
    (f) => `"${text(f['part'])}" is not a slot or a range of slots (0–16383, for instance 0-99,200).`,
  ],
  'unknown-node': ['blocker', (f) => `No node of this cluster has the id ${text(f['node'])}.`],
  'all-and-nodes': ['blocker', () => 'Sources are either "all" or a list of nodes, not both.'],
  'all-as-target': ['blocker', () => 'Targets are named one by one; "all" is no target.'],
  'source-is-target': ['blocker', (f) => `${text(f['name'])} is named as source and as target.`],
  'target-not-a-primary': [
    'blocker',
    (f) => `${text(f['name'])} is a ${text(f['role'])}: only a primary can receive slots.`,
  ],
  'source-not-a-primary': [
    'blocker',
    (f) => `${text(f['name'])} is a ${text(f['role'])}: only a primary has slots to give.`,
  ],
  'count-too-large': [
    'blocker',
    (f) => `${text(f['asked'])} slots were asked for; the sources have ${text(f['available'])}.`,
  ],
  'atomic-not-possible': [
    'blocker',
    (f) =>
      `${text(f['source'])} and ${text(f['target'])} cannot move slots by themselves (${text(f['servers'])}): that needs Valkey 9.0 or Redis 8.4 on both.`,
  ],
  'atomic-holds-writes': [
    'info',
    () =>
      'The servers move the slots by themselves: the source holds all of its writes for a moment at the end of each part. If it is cut off just then, the server itself may lose writes; that is told with the slots.',
  ],
  'atomic-early-version': [
    'warning',
    (f) =>
      `${text(f['name'])} (${text(f['servers'])}): jobs of this version can fail under writes with I/O threads. It was mended in 9.1.2.`,
  ],
  'nothing-to-move': ['blocker', () => 'Nothing is left to move: the slots are already where they should go.'],
  'slot-not-at-source': [
    'blocker',
    (f) => `Slots ${text(f['slots'])} belong to ${text(f['name'])}, which is not one of the sources.`,
  ],
  'slot-not-at-planned-source': [
    'blocker',
    (f) => `${text(f['name'])} does not own slots ${text(f['slots'])} (any more).`,
  ],
  'slot-moved-twice': ['blocker', (f) => `The plan moves slots ${text(f['slots'])} more than once.`],
  'weight-not-for-a-primary': [
    'blocker',
    (f) => `A weight is given to ${text(f['name'])}, which is a ${text(f['role'])}: only primaries hold slots.`,
  ],
  'all-weights-zero': ['blocker', () => 'Every node has weight 0, so nobody is left to hold the slots.'],
  'no-slots-to-level': ['blocker', () => 'No primary of this cluster has slots.'],
  'keys-unknown': [
    'blocker',
    (f) => `The keys of some slots of ${text(f['names'])} could not be counted; level by slots instead, or try again.`,
  ],
  'memory-per-slot-unknown': [
    'blocker',
    (f) =>
      `${text(f['names'])} cannot tell how much memory each slot takes (CLUSTER SLOT-STATS, Redis 8.2 and Valkey 8.0 on); level by keys or by slots instead.`,
  ],
  'nothing-to-drain': ['blocker', (f) => `${text(f['name'])} has no slots to give.`],
  'nobody-to-drain-to': [
    'blocker',
    (f) => `There is no other primary with slots that could take those of ${text(f['name'])}.`,
  ],

  // Nodes that change their role
  'already-primary': ['info', (f) => `${text(f['name'])} is a primary already.`],
  'failover-not-a-replica': ['blocker', (f) => `${text(f['name'])} is no replica of a known primary.`],
  'failover-primary-without-slots': [
    'blocker',
    (f) =>
      `${text(f['primary'])} has no slots: a replica of it is not elected. Use takeover if it must become primary.`,
  ],
  'failover-primary-gone': [
    'blocker',
    (f) =>
      `${text(f['primary'])} gives no answer, so it cannot hand over. Force lets ${text(f['name'])} be elected without it.`,
  ],
  'failover-not-in-step': [
    'blocker',
    (f) => `${text(f['name'])} has no working link to ${text(f['primary'])} or is still synchronising.`,
  ],
  'failover-link-unknown': [
    'warning',
    (f) => `${text(f['name'])} does not say whether it is in step with ${text(f['primary'])}.`,
  ],
  'failover-primary-alive': [
    'warning',
    (f) =>
      `${text(f['primary'])} answers. Without force it would hand over and nothing would be lost; with it, writes that ${text(f['name'])} has not received are lost.`,
  ],
  'failover-old-data': [
    'warning',
    (f) => `${text(f['name'])} is not in step with ${text(f['primary'])}: its data may be old.`,
  ],
  'failover-without-vote': [
    'warning',
    () =>
      'A takeover asks nobody: if another failover of this shard is under way, two nodes may claim the same slots until the greater epoch wins.',
  ],
  'failover-behind': [
    'warning',
    (f) => `${text(f['name'])} is ${text(f['bytes'])} bytes behind ${text(f['primary'])}.`,
  ],
  'orphans-at-risk': [
    'warning',
    (f) =>
      `${text(f['primary'])} holds ${text(f['count'])} keys in slots of others. Valkey deletes such keys when a replica is promoted, newer servers when one is started anew: repair first, they may be the only copies.`,
  ],
  'failover-with-open-slots': [
    'warning',
    (f) =>
      `${text(f['count'])} slots are open at ${text(f['name'])} (${text(f['slots'])}); its replica may not know of that.`,
  ],
  'replicate-itself': ['blocker', (f) => `${text(f['name'])} cannot follow itself.`],
  'replicate-not-a-primary': [
    'blocker',
    (f) => `${text(f['primary'])} is no primary: a replica of a replica is never elected.`,
  ],
  'replicate-has-slots': ['blocker', (f) => `${text(f['name'])} has slots; drain it first.`],
  'replicate-has-keys': [
    'blocker',
    (f) => `${text(f['name'])} is a primary with ${text(f['keys'])} keys, which following another would delete.`,
  ],
  'replicate-has-replicas': [
    'blocker',
    (f) => `${text(f['names'])} follow ${text(f['name'])}; let them follow another primary first.`,
  ],
  'replicates-already': ['info', (f) => `${text(f['name'])} follows ${text(f['primary'])} already.`],
  'replica-on-same-host': [
    'warning',
    (f) => `${text(f['name'])} and ${text(f['primary'])} are on the same host: if it fails, both are gone.`,
  ],
  'leaves-primary-alone': ['warning', (f) => `${text(f['primary'])} is left without a healthy replica.`],
  'timeout-short': [
    'warning',
    (f) =>
      `${text(f['ms'])} ms is short: a pause of a second, as a fork or a slow command makes it, then starts a failover.`,
  ],
  'timeouts-differ': ['warning', (f) => `The nodes have different timeouts now: ${text(f['seen'])}.`],
  'timeout-already': ['info', (f) => `Every node has a timeout of ${text(f['ms'])} ms already.`],

  // What the cluster is like
  'nobody-answers': ['blocker', () => 'No node of the cluster answers; nothing can be planned on memory alone.'],
  'majority-not-answering': [
    'blocker',
    (f) =>
      `Only ${text(f['answering'])} of ${text(f['voters'])} primaries with slots answer: without a majority a move cannot be agreed on.`,
  ],
  'node-failed': ['blocker', (f) => `${text(f['name'])} has failed.`],
  'node-not-answering': ['blocker', (f) => `${text(f['name'])} gives no answer (${text(f['seen'])}).`],
  'node-loading': ['blocker', (f) => `${text(f['name'])} is still loading its data.`],
  'slot-unassigned': ['blocker', (f) => `Slots ${text(f['slots'])} belong to nobody; repair that first.`],
  'slot-already-open': [
    'blocker',
    (f) =>
      `Slots ${text(f['slots'])} are already open on ${text(f['name'])}: another move is under way or was left half done.`,
  ],
  'slot-disputed': ['blocker', (f) => `The nodes do not agree on who owns slots ${text(f['slots'])}.`],
  'views-not-settled': [
    'blocker',
    (f) =>
      `The nodes do not agree on the ${text(f['about'])} of ${text(f['name'])}. Wait until they do, or look why not.`,
  ],
  'memory-exceeded': [
    'blocker',
    (f) =>
      `${text(f['name'])} would need about ${text(f['needed'])} bytes but may use ${text(f['limit'])}: it would refuse keys in the middle of the move.`,
  ],

  'memory-tight': [
    'warning',
    (f) => `${text(f['name'])} would use about ${text(f['percent'])} % of the memory it may use.`,
  ],
  'nodes-not-answering': [
    'warning',
    (f) =>
      `${text(f['count'])} other node(s) give no answer: ${text(f['names'])}. They hear of the move from the others.`,
  ],
  'target-without-replica': [
    'warning',
    (f) => `${text(f['name'])} has no replica: if it dies, the slots moved to it are lost with it.`,
  ],
  'replica-link-down': [
    'warning',
    (f) => `Replica ${text(f['name'])} has no link to its primary; it would not have the moved keys.`,
  ],
  'cluster-state-fail': ['warning', (f) => `${text(f['names'])} say that the cluster is down.`],
  'other-slots-open': ['warning', (f) => `${text(f['count'])} slots outside this plan are open (${text(f['slots'])}).`],
  'versions-mixed': ['warning', (f) => `The nodes run different versions: ${text(f['versions'])}.`],
  'source-left-empty': [
    'warning',
    (f) =>
      `${text(f['name'])} is left without slots. Where cluster-allow-replica-migration is on, it turns into a replica of the receiver and copies all of its data.`,
  ],

  'balanced-already': [
    'info',
    (f) => `Nobody is off its share by more than ${text(f['threshold'])} %: nothing has to move.`,
  ],
  'slots-already-there': ['info', (f) => `${text(f['count'])} of the slots are already at a target and stay there.`],
  'returning-owner-bug': [
    'info',
    (f) =>
      `${text(f['versions'])}: in these versions a node that comes back after its slots were given away can take them again with their old content. Remove the old nodes.conf before starting such a node.`,
  ],
  'keys-not-counted': ['info', () => 'Keys were not counted on every source; numbers of keys are unknown.'],
  'sizes-not-known': [
    'info',
    () => 'How large single keys are is not known beforehand; a very large one holds up both nodes while it moves.',
  ],
  'sizes-sampled': ['info', (f) => `${text(f['weighed'])} of ${text(f['of'])} keys were weighed; others may be large.`],
  'large-keys': [
    'warning',
    (f) =>
      `${text(f['count'])} large key(s) move in one piece; source and target stand still for up to ${text(f['longestMs'])} ms: ${text(f['keys'])}. They go last, each slot alone; or their slots can be left where they are.`,
  ],
  'large-keys-by-servers': [
    'info',
    (f) =>
      `${text(f['count'])} large key(s) move; the servers pass them on beside their other work, however long they are: ${text(f['keys'])}.`,
  ],
  'large-keys-too-long': [
    'blocker',
    (f) =>
      `${text(f['name'])} takes no value of more than ${text(f['limit'])} bytes in one piece (proto-max-bulk-len), so these would not arrive: ${text(f['keys'])}. Leave their slots, have the servers move them by themselves where they can, or raise that limit.`,
  ],
  'large-keys-outlast-timeout': [
    'blocker',
    (f) =>
      `A node that stands still for ${text(f['longestMs'])} ms may be taken for dead: the node timeout is ${text(f['timeoutMs'])} ms. Leave the slots of large keys, have the servers move them by themselves where they can, or raise the node timeout first.`,
  ],
  'large-keys-left': ['info', (f) => `Slots ${text(f['slots'])} stay where they are, because they hold large keys.`],
  'bytes-estimated': [
    'info',
    () =>
      'Bytes are an estimate: the servers do not tell memory per slot, so the memory of each source is shared out over its keys.',
  ],
} as const satisfies Record<string, Wording>;

export type PlanProblemCode = keyof typeof table;

export function planProblem(code: PlanProblemCode, facts: Facts = {}): PlanProblem {
  const [severity, sentence]: Wording = table[code];
  return { severity, code, message: sentence(facts), facts };
}

/** Blockers first, then warnings, then remarks; in the order found within each. */
export function sortProblems(problems: readonly PlanProblem[]): PlanProblem[] {
  const rank: Record<Severity, number> = { blocker: 0, warning: 1, info: 2 };
  return problems.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
}
