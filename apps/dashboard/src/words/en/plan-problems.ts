import { importProblems } from './import-problems.ts';
import { fixProblems } from './fix-problems.ts';
import { membershipProblems } from './membership-problems.ts';
import type { Area } from '../phrase.ts';

/** What a plan can object to, by code; `stale.` what changed since it was made. */
export const planProblems = {
  ...membershipProblems,
  ...fixProblems,
  ...importProblems,
  'already-primary': '{name} is a primary already.',
  'failover-not-a-replica': '{name} is no replica of a known primary.',
  'failover-primary-without-slots':
    '{primary} has no slots: a replica of it is not elected. Use takeover if it must become primary.',
  'failover-primary-gone':
    '{primary} gives no answer, so it cannot hand over. Force lets {name} be elected without it.',
  'failover-not-in-step': '{name} has no working link to {primary} or is still synchronising.',
  'failover-link-unknown': '{name} does not say whether it is in step with {primary}.',
  'failover-primary-alive':
    '{primary} answers. Without force it would hand over and nothing would be lost; with it, writes that {name} has not received are lost.',
  'failover-old-data': '{name} is not in step with {primary}: its data may be old.',
  'failover-without-vote':
    'A takeover asks nobody: if another failover of this shard is under way, two nodes may claim the same slots until the greater epoch wins.',
  'orphans-at-risk':
    '{primary} holds {count} keys in slots of others. Valkey deletes such keys at a promotion, newer servers at a start: repair first.',
  'failover-behind': '{name} is {bytes} bytes behind {primary}.',
  'failover-with-open-slots': '{count} slots are open at {name} ({slots}); its replica may not know of that.',
  'replicate-itself': '{name} cannot follow itself.',
  'replicate-not-a-primary': '{primary} is no primary: a replica of a replica is never elected.',
  'replicate-has-slots': '{name} has slots; drain it first.',
  'replicate-has-keys': '{name} is a primary with {keys} keys, which following another would delete.',
  'replicate-has-replicas': '{names} follow {name}; let them follow another primary first.',
  'replicates-already': '{name} follows {primary} already.',
  'replica-on-same-host': '{name} and {primary} are on the same host: if it fails, both are gone.',
  'leaves-primary-alone': '{primary} is left without a healthy replica.',
  'timeout-short':
    '{ms} ms is short: a pause of a second, as a fork or a slow command makes it, then starts a failover.',
  'timeouts-differ': 'The nodes have different timeouts now: {seen}.',
  'timeout-already': 'Every node has a timeout of {ms} ms already.',
  'weight-not-for-a-primary': 'A weight is given to {name}, which is a {role}: only primaries hold slots.',
  'all-weights-zero': 'Every node has weight 0, so nobody is left to hold the slots.',
  'no-slots-to-level': 'No primary of this cluster has slots.',
  'keys-unknown': 'The keys of some slots of {names} could not be counted; level by slots instead, or try again.',
  'memory-per-slot-unknown': '{names} cannot tell how much memory each slot takes; level by keys or by slots instead.',
  'nothing-to-drain': '{name} has no slots to give.',
  'nobody-to-drain-to': 'There is no other primary with slots that could take those of {name}.',
  'balanced-already': 'Nobody is off its share by more than {threshold} %: nothing has to move.',
  'neither-slots-nor-count': 'Say which slots to move, or how many.',
  'slots-and-count': 'Say either which slots to move or how many, not both.',
  'slots-not-readable': '“{part}” is not a slot or a range of slots. Write 0-99,200 for example.',
  'unknown-node': 'No node of this cluster has the id {node}.',
  'all-and-nodes': 'Sources are either all or a list of nodes, not both.',
  'all-as-target': 'Targets are named one by one.',
  'source-is-target': '{name} is named as source and as target.',
  'target-not-a-primary': '{name} is a {role}: only a primary can receive slots.',
  'source-not-a-primary': '{name} is a {role}: only a primary has slots to give.',
  'count-too-large': '{asked} slots were asked for; the sources have {available}.',
  'atomic-not-possible': '{source} and {target} ({servers}) cannot: Valkey 9.0 or Redis 8.4 is needed on both.',
  'atomic-holds-writes':
    'The servers move the slots: the source holds all writes for a moment at the end of each part, and may lose some if it is cut off just then.',
  'atomic-early-version': '{name} ({servers}): jobs can fail under writes with I/O threads; mended in 9.1.2.',
  'nothing-to-move': 'Nothing is left to move: the slots are already where they should go.',
  'slot-not-at-source': 'Slots {slots} belong to {name}, which is not one of the sources.',
  'slot-not-at-planned-source': '{name} does not own slots {slots} any more.',
  'slot-moved-twice': 'The plan moves slots {slots} more than once.',
  'nobody-answers': 'No node of the cluster answers; nothing can be planned on memory alone.',
  'majority-not-answering':
    'Only {answering} of {voters} primaries with slots answer. Without a majority a move cannot be agreed on.',
  'node-failed': '{name} has failed.',
  'node-not-answering': '{name} gives no answer ({seen}).',
  'node-loading': '{name} is still loading its data.',
  'slot-unassigned': 'Slots {slots} belong to nobody. Repair that first.',
  'slot-already-open': 'Slots {slots} are open on {name} already: another move is under way or was left half done.',
  'slot-disputed': 'The nodes do not agree on who owns slots {slots}.',
  'views-not-settled': 'The nodes do not agree on the {about} of {name}. Wait until they do, or look why not.',
  'memory-exceeded':
    '{name} would need about {needed} but may use {limit}: it would refuse keys in the middle of the move.',
  'memory-tight': '{name} would use about {percent} % of the memory it may use.',
  'nodes-not-answering': '{count} other nodes give no answer: {names}. They hear of the move from the others.',
  'target-without-replica': '{name} has no replica: if it dies, the slots moved to it are lost with it.',
  'replica-link-down': 'Replica {name} has no link to its primary; it would not have the moved keys.',
  'cluster-state-fail': '{names} say that the cluster is down.',
  'other-slots-open': '{count} slots outside this plan are open ({slots}).',
  'versions-mixed': 'The nodes run different versions: {versions}.',
  'source-left-empty':
    '{name} is left without slots. Where cluster-allow-replica-migration is on, it becomes a replica of the receiver and copies all of its data.',
  'slots-already-there': '{count} of the slots are at a target already and stay there.',
  'returning-owner-bug':
    '{versions}: in these versions a node that comes back after its slots were given away can take them again with their old content. Remove the old nodes.conf before starting such a node.',
  'keys-not-counted': 'Keys were not counted on every source; numbers of keys are not known.',
  'sizes-not-known':
    'How large single keys are is not known beforehand; a very large one holds up both nodes while it moves.',
  'sizes-sampled': '{weighed} of {of} keys were weighed; others may be large.',
  'large-keys':
    'Large keys move in one piece ({count}); both nodes stand still for up to {longestMs} ms: {keys}. They go last, or can be left.',
  'large-keys-by-servers': 'Large keys ({count}) move; the servers pass them on beside their other work: {keys}.',
  'large-keys-too-long':
    '{name} takes no value above {limit} (proto-max-bulk-len): {keys}. Leave their slots, let the servers move them, or raise it.',
  'large-keys-outlast-timeout':
    'Standing still for {longestMs} ms, a node may be taken for dead (node timeout {timeoutMs} ms). Leave the slots of large keys, let the servers move them, or raise the timeout.',
  'large-keys-left': 'Slots {slots} stay where they are, because they hold large keys.',
  'bytes-estimated':
    'Bytes are an estimate: the servers do not tell memory per slot, so the memory of each source is shared out over its keys.',
  'stale.node-gone': '{name} is not in the cluster any more.',
  'stale.role-changed': '{name} was {from} and is {to} now.',
  'stale.address-changed': '{name} moved from {from} to {to}.',
  'stale.slots-changed': 'The slots of {name} changed: came {added}, went {removed}.',
  'stale.epoch-changed': 'The config epoch of {name} went from {from} to {to}.',
  'stale.slot-open': 'Slot {slot} was opened.',
  'stale.slot-disputed': 'Nodes now name different owners of slots {slots}.',
} as const satisfies Area;
