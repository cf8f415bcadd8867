import type { Facts } from '@slotdeck/model/finding';
import type { OperationProblem } from '@slotdeck/model/operation';

const text = (value: Facts[string] | undefined): string =>
  Array.isArray(value) ? value.join(', ') : String(value ?? 'unknown');

/**
 * Whether the same attempt may be made again by itself. Everything is derived anew from the cluster, so a retry never repeats a
 * harm; `person` is for what time does not heal, or where going on would be a guess.
 */
type Remedy = 'retry' | 'person';

/** All that can stop a move on its way, with the sentence a script or log reads. */
const table = {
  'node-did-not-answer': [
    'retry',
    (f) => `${text(f['name'])} gave no answer to ${text(f['command'])} (${text(f['seen'])}).`,
  ],
  'node-failed': ['retry', (f) => `${text(f['name'])} has failed and no replica has taken its place yet.`],
  'node-busy': ['retry', (f) => `${text(f['name'])} cannot serve now: ${text(f['seen'])}`],
  'views-changed': ['retry', (f) => `The cluster changed under way: ${text(f['seen'])}`],
  'replicas-too-few': [
    'retry',
    (f) => `${text(f['name'])} did not get the change acknowledged by its replicas: ${text(f['seen'])}`,
  ],
  'epoch-not-heard': [
    'retry',
    (f) =>
      `${text(f['name'])} has not heard of epoch ${text(f['epoch'])}; without it a hand-over could be undone by a failover.`,
  ],
  'epoch-did-not-rise': [
    'retry',
    (f) => `${text(f['name'])} took the slots without a new epoch (${text(f['epoch'])}); a failover now could undo it.`,
  ],
  'replica-does-not-know': [
    'retry',
    (f) =>
      `${text(f['names'])} do not show slots ${text(f['slots'])} under ${text(f['target'])} yet; until they do, a failover could lose the slots.`,
  ],
  'majority-does-not-know': [
    'retry',
    (f) =>
      `Only ${text(f['heard'])} of ${text(f['needed'])} primaries have heard that ${text(f['target'])} owns slots ${text(f['slots'])}.`,
  ],
  'target-not-reachable-from-source': [
    'retry',
    (f) => `${text(f['source'])} cannot pass keys to ${text(f['target'])}: ${text(f['seen'])}`,
  ],
  'slots-not-closed': ['retry', (f) => `Slots ${text(f['slots'])} are still open on ${text(f['names'])}.`],
  'nodes-do-not-agree': [
    'retry',
    (f) => `${text(f['names'])} do not show the moved slots under their new owner: ${text(f['slots'])}.`,
  ],

  'failover-not-completed': [
    'retry',
    (f) => `The failover to ${text(f['name'])} has not come about: ${text(f['seen'])}.`,
  ],
  'not-seen-as-replica': [
    'retry',
    (f) => `${text(f['names'])} do not show ${text(f['name'])} as a replica of ${text(f['primary'])} yet.`,
  ],
  'timeout-not-set': [
    'retry',
    (f) => `These nodes did not take a node timeout of ${text(f['ms'])} ms: ${text(f['names'])}.`,
  ],
  'not-known-everywhere': [
    'retry',
    (f) =>
      `${text(f['names'])} and ${text(f['name'])} do not know each other yet. Every node must reach every other on its bus port (${text(f['busPort'])}), in both directions.`,
  ],
  'still-listed': ['retry', (f) => `${text(f['names'])} still list ${text(f['name'])}.`],

  'still-followed': [
    'retry',
    (f) => `${text(f['names'])} still follow ${text(f['name'])}, and a node cannot forget the one it follows.`,
  ],
  'still-knows-others': ['retry', (f) => `${text(f['name'])} was reset and still lists other nodes.`],
  'did-not-end': ['retry', (f) => `${text(f['name'])} was told to shut down and still answers.`],
  'not-seen-as-primary': [
    'retry',
    (f) => `${text(f['names'])} do not show ${text(f['name'])} as a primary of its own yet.`,
  ],
  'newcomer-was-forgotten': [
    'retry',
    (f) =>
      `${text(f['name'])} was known and is gone again: the nodes were told to forget it a short time ago and refuse it for a minute.`,
  ],

  'cluster-not-ok': ['retry', (f) => `${text(f['names'])} do not call the cluster ok yet.`],

  'new-node-claims-more': [
    'person',
    (f) => `${text(f['name'])} claims slots ${text(f['slots'])}, which were not meant for it.`,
  ],
  'newcomer-knows-others': [
    'person',
    (f) =>
      `${text(f['name'])} knows ${text(f['count'])} node(s) that are no members of this cluster: introducing it would merge two clusters.`,
  ],
  'leaving-node-has-slots': ['person', (f) => `${text(f['name'])} owns slots again; it is not reset.`],
  'leaving-node-has-keys': [
    'person',
    (f) => `${text(f['name'])} still holds keys and refuses to be reset (${text(f['seen'])}).`,
  ],
  'keeps-returning': [
    'person',
    (f) =>
      `${text(f['names'])} list ${text(f['name'])} again each time it is forgotten: its process runs and asks to be let in. Reset or stop it.`,
  ],

  'node-changed-role': [
    'person',
    (f) =>
      `${text(f['name'])} is no longer a primary${typeof f['newPrimaryName'] === 'string' ? `; ${f['newPrimaryName']} took its place` : ''}.`,
  ],
  'node-unknown': ['person', (f) => `${text(f['node'])} is not a member of the cluster any more.`],
  'slot-owner-changed': [
    'person',
    (f) => `Slots ${text(f['slots'])} now belong to ${text(f['owner'])}, which is neither end of the move.`,
  ],
  'slot-without-owner': ['person', (f) => `No node claims slots ${text(f['slots'])} any more.`],
  'two-owners': [
    'person',
    (f) => `Both ends claim slots ${text(f['slots'])}, and the target's epoch is not the greater one.`,
  ],
  'slot-open-for-others': [
    'person',
    (f) => `Slots ${text(f['slots'])} are open towards a node that is not part of this move.`,
  ],
  'key-on-both-sides': [
    'person',
    (f) =>
      `${text(f['count'])} key(s) exist on ${text(f['source'])} and on ${text(f['target'])} with different values: ${text(f['keys'])}. Neither was touched; decide which one is right.`,
  ],
  'target-memory-short': [
    'person',
    (f) =>
      `${text(f['name'])} uses ${text(f['usedBytes'])} of ${text(f['limitBytes'])} bytes and may evict keys (${text(f['policy'])}): it would throw others away to take in more.`,
  ],
  'target-out-of-memory': [
    'person',
    (f) => `${text(f['name'])} refuses keys because its memory is full (${text(f['seen'])}).`,
  ],
  'no-permission': [
    'person',
    (f) => `${text(f['name'])} does not let this user do ${text(f['command'])}: ${text(f['seen'])}`,
  ],
  'wrong-credentials': ['person', (f) => `${text(f['name'])} refuses the login (${text(f['seen'])}).`],
  'target-refused': ['person', (f) => `${text(f['target'])} refused a key: ${text(f['seen'])}`],
  'other-migration': ['person', (f) => `${text(f['name'])} is busy with another migration: ${text(f['seen'])}`],
  'slot-does-not-drain': [
    'person',
    (f) =>
      `Slots ${text(f['slots'])} still hold ${text(f['keys'])} keys on ${text(f['name'])}, and moving them does not make them fewer.`,
  ],
  'keys-left-behind': [
    'person',
    (f) =>
      `${text(f['name'])} holds ${text(f['keys'])} keys of slots ${text(f['slots'])} although it does not own them any more.`,
  ],
  'unexpected-reply': ['person', (f) => `${text(f['name'])} answered ${text(f['command'])} with: ${text(f['seen'])}`],
} as const satisfies Record<string, readonly [Remedy, (facts: Facts) => string]>;

export type MoveProblemCode = keyof typeof table;

/** Why acting stopped here. Thrown inside `act/` and turned into a result where a public function ends. */
export class ActFailure extends Error {
  readonly code: MoveProblemCode;
  readonly facts: Facts;

  constructor(code: MoveProblemCode, facts: Facts, options?: ErrorOptions) {
    super(table[code][1](facts), options);
    this.name = 'ActFailure';
    this.code = code;
    this.facts = facts;
  }

  get mayRetry(): boolean {
    return table[this.code][0] === 'retry';
  }

  get problem(): OperationProblem {
    return { code: this.code, message: this.message, facts: this.facts };
  }
}
