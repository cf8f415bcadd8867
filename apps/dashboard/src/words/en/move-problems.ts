import type { Area } from '../phrase.ts';

/** Why an operation stopped, by code. */
export const moveProblems = {
  'node-did-not-answer': '{name} gave no answer to {command} ({seen}).',
  'still-followed': '{names} still follow {name}, and a node cannot forget the one it follows.',
  'still-knows-others': '{name} was reset and still lists other nodes.',
  'did-not-end': '{name} was told to shut down and still answers.',
  'not-seen-as-primary': '{names} do not show {name} as a primary of its own yet.',
  'newcomer-was-forgotten':
    '{name} was known and is gone again: the nodes were told to forget it a short time ago and refuse it for a minute.',
  'newcomer-knows-others':
    '{name} knows {count} node(s) that are no members of this cluster: introducing it would merge two clusters.',
  'leaving-node-has-slots': '{name} owns slots again; it is not reset.',
  'leaving-node-has-keys': '{name} still holds keys and refuses to be reset ({seen}).',
  'keeps-returning':
    '{names} list {name} again each time it is forgotten: its process runs and asks to be let in. Reset or stop it.',
  'cluster-not-ok': '{names} do not call the cluster ok yet.',
  'new-node-claims-more': '{name} claims slots {slots}, which were not meant for it.',
  'node-failed': '{name} has failed and no replica has taken its place yet.',
  'node-busy': '{name} cannot serve now: {seen}',
  'views-changed': 'The cluster changed under way: {seen}',
  'replicas-too-few': 'The replicas of {name} did not acknowledge the change: {seen}',
  'epoch-not-heard': '{name} has not heard of epoch {epoch}. Without it a failover could undo a hand-over.',
  'epoch-did-not-rise': '{name} took the slots without a new epoch ({epoch}). A failover now could undo it.',
  'replica-does-not-know':
    '{names} do not show slots {slots} under {target} yet. Until they do, a failover could lose the slots.',
  'majority-does-not-know': 'Only {heard} of {needed} primaries have heard that {target} owns slots {slots}.',
  'target-not-reachable-from-source': '{source} cannot pass keys to {target}: {seen}',
  'slots-not-closed': 'Slots {slots} are still open on {names}.',
  'nodes-do-not-agree': '{names} do not show the moved slots under their new owner: {slots}.',
  'failover-not-completed': 'The failover to {name} has not come about: {seen}.',
  'not-seen-as-replica': '{names} do not show {name} as a replica of {primary} yet.',
  'timeout-not-set': 'These nodes did not take a node timeout of {ms} ms: {names}.',
  'not-known-everywhere':
    '{names} and {name} do not know each other yet. Every node must reach every other on its bus port ({busPort}), in both directions.',
  'still-listed': '{names} still list {name}.',
  'node-changed-role': '{name} is no longer a primary.',
  'node-unknown': '{node} is not a member of the cluster any more.',
  'slot-owner-changed': 'Slots {slots} now belong to {owner}, which is neither end of the move.',
  'slot-without-owner': 'No node claims slots {slots} any more.',
  'two-owners': 'Both ends claim slots {slots}, and the epoch of the target is not the greater one.',
  'slot-open-for-others': 'Slots {slots} are open towards a node that is not part of this move.',
  'key-on-both-sides':
    '{count} keys exist on {source} and on {target} with different values: {keys}. Neither was touched. Clients are served the copies on {source}. Going on, or cancelling, keeps those and drops the copies on {target}, also of further such keys in this step. To keep another, delete the key on {source} first.',
  'target-memory-short':
    '{name} uses {usedBytes} of {limitBytes} bytes and may evict keys ({policy}): it would throw others away to take in more.',
  'target-out-of-memory': '{name} refuses keys because its memory is full ({seen}).',
  'no-permission': '{name} does not let this user do {command}: {seen}',
  'wrong-credentials': '{name} refuses the login ({seen}).',
  'target-refused': '{target} refused a key: {seen}',
  'other-migration': '{name} is busy with another migration: {seen}',
  'slot-does-not-drain': 'Slots {slots} still hold {keys} keys on {name}, and moving them does not make them fewer.',
  'keys-left-behind': '{name} holds {keys} keys of slots {slots} although it does not own them any more.',
  'unexpected-reply': '{name} answered {command} with: {seen}',
  'import-keys-left':
    '{count} key(s) of {name} were left alone: the cluster holds other values under them, or they changed while they were copied. Nothing was overwritten. Resume to leave it at that; to overwrite, import again with replace.',
  'import-source-unknown':
    'How to log in at {name} is not known here: passwords are not kept. Give them again when going on.',
  'end-gone':
    '{name} is gone, so this can neither go on nor be undone. If it will not come back, cancel once more: slots {slots} are then left as they are, open ones show among the findings, and keys that were moved to a node that is gone are gone with it.',
  'storage-full':
    'The disk of the console is full. What cannot be journalled is not done: free some space in its data folder, then resume.',
  'storage-failed':
    'The journal of the console could not be written ({seen}). What cannot be journalled is not done: repair that, then resume.',
  'unexpected-error': 'Something broke that should not: {message}',
} as const satisfies Area;
