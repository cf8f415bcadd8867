import type { Facts } from '@slotdeck/model/finding';
import type { PlanProblem } from '@slotdeck/model/plan';

const text = (value: Facts[string] | undefined): string =>
  Array.isArray(value) ? value.join(', ') : String(value ?? 'unknown');

/** What can be objected to when nodes come, go, or form a cluster. */
export const membershipProblems = {
  'candidate-no-answer': [
    'blocker',
    (f) => `${text(f['name'])} cannot become a node of the cluster: ${text(f['problem'])} (${text(f['seen'])}).`,
  ],
  'candidate-ambiguous': [
    'blocker',
    (f) => `${text(f['name'])} leads to different nodes: ${text(f['answers'])}. Name one of them by its own address.`,
  ],
  'candidate-is-member': ['blocker', (f) => `${text(f['name'])} is a node of this cluster already.`],
  'candidate-knows-others': [
    'blocker',
    (f) =>
      `${text(f['name'])} knows ${text(f['count'])} other node(s): it belongs to another cluster, and meeting it would merge the two. Reset it first (CLUSTER RESET) if it does not.`,
  ],
  'candidate-has-slots': [
    'blocker',
    (f) => `${text(f['name'])} claims ${text(f['slots'])} slots already. Reset it first (CLUSTER RESET).`,
  ],
  'candidate-has-keys': [
    'blocker',
    (f) => `${text(f['name'])} holds ${text(f['keys'])} keys. A new node must be empty in every database.`,
  ],
  'candidate-keys-unknown': ['blocker', (f) => `${text(f['name'])} does not say whether it is empty.`],
  'candidate-is-replica': ['blocker', (f) => `${text(f['name'])} follows another node.`],
  'candidate-has-functions': [
    'blocker',
    (f) =>
      `${text(f['name'])} has ${text(f['libraries'])} function librar(ies) of its own. Delete them first (FUNCTION FLUSH): it gets those of the cluster.`,
  ],
  'candidate-named-twice': [
    'blocker',
    (f) => `${text(f['name'])} and ${text(f['other'])} are the same node (${text(f['node'])}).`,
  ],
  'candidate-older': [
    'warning',
    (f) =>
      `${text(f['name'])} runs ${text(f['version'])}, older than ${text(f['newest'])} in the cluster: it may not be able to read what newer nodes send it.`,
  ],
  'add-primary-unknown': ['blocker', (f) => `No node of this cluster has the id ${text(f['node'])}.`],
  'add-no-primary': ['blocker', () => 'The cluster has no primary with slots that a replica could follow.'],
  'add-on-same-host': [
    'warning',
    (f) =>
      `${text(f['name'])} would stand on the host of its primary ${text(f['primary'])}: if it fails, both are gone.`,
  ],
  'remove-last-primary': ['blocker', (f) => `${text(f['name'])} is the only primary with slots.`],
  'remove-has-slots': [
    'blocker',
    (f) => `${text(f['name'])} owns ${text(f['count'])} slots. Drain it first, or ask for the drain with the removal.`,
  ],
  'remove-dead-with-slots': [
    'blocker',
    (f) =>
      `${text(f['name'])} gives no answer and owns ${text(f['count'])} slots: let a replica take its place, or repair the slots, before it is forgotten.`,
  ],
  'remove-has-keys': [
    'blocker',
    (f) =>
      `${text(f['name'])} owns no slots and holds ${text(f['keys'])} keys all the same. Resetting it would lose them; bring them to their owners first.`,
  ],
  'remove-only-forgotten': [
    'warning',
    (f) =>
      `${text(f['name'])} gives no answer, so it is only forgotten. It still knows this cluster: if its process comes back it asks to be let in again. Reset or delete it before it is started.`,
  ],
  'remove-peers-silent': [
    'warning',
    (f) =>
      `${text(f['names'])} cannot be told to forget ${text(f['name'])} now and will bring it back to the others when they return.`,
  ],
  'remove-no-heir-for-replicas': [
    'blocker',
    (f) => `${text(f['names'])} follow ${text(f['name'])} and there is no other primary with slots for them.`,
  ],
  'remove-moves-replicas': [
    'warning',
    (f) => `${text(f['names'])} follow ${text(f['name'])} and get another primary, whose data they copy whole.`,
  ],
  'detach-not-a-replica': ['blocker', (f) => `${text(f['name'])} is no replica.`],
  'detached-already': ['info', (f) => `${text(f['name'])} is a primary without slots already.`],
  'detach-by-reset': [
    'info',
    (f) =>
      `${text(f['name'])} has no command to leave its primary (Valkey 9.0 on has), so it is reset and introduced again, with the same id.`,
  ],
  'create-too-few-nodes': [
    'blocker',
    (f) => `${text(f['nodes'])} node(s) are too few for primaries with ${text(f['replicas'])} replica(s) each.`,
  ],
  'create-mixed-servers': ['warning', (f) => `The nodes run different servers: ${text(f['servers'])}.`],
  'create-few-primaries': [
    'blocker',
    (f) =>
      `${text(f['primaries'])} primar(ies) have no majority left when one fails, so no replica is ever elected. Three are the least; fewer are made only when asked for.`,
  ],
  'create-few-accepted': [
    'warning',
    (f) => `With ${text(f['primaries'])} primar(ies) no replica is ever elected by itself.`,
  ],
  'placement-same-zone': [
    'blocker',
    (f) =>
      `${text(f['count'])} replica(s) would have to stand in the zone of their own primary (${text(f['names'])}): if it fails, the shard is gone. Give nodes in other zones, or accept it.`,
  ],
  'placement-accepted': [
    'warning',
    (f) => `${text(f['count'])} replica(s) stand in the zone of their own primary: ${text(f['names'])}.`,
  ],
  'placement-zone-majority': [
    'warning',
    (f) =>
      `Zone ${text(f['zone'])} holds ${text(f['primaries'])} of ${text(f['of'])} primaries: when it fails, the others have no majority to elect replicas.`,
  ],
  'create-extra-replicas': ['info', (f) => `${text(f['count'])} node(s) more than needed become additional replicas.`],
} as const satisfies Record<string, readonly [PlanProblem['severity'], (facts: Facts) => string]>;
