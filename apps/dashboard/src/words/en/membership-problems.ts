import type { Area } from '../phrase.ts';

/** What can be objected to when nodes come, go, or form a cluster, by code. */
export const membershipProblems = {
  'candidate-no-answer': '{name} cannot become a node of the cluster: {problem} ({seen}).',
  'candidate-ambiguous': '{name} leads to different nodes: {answers}. Name one of them by its own address.',
  'candidate-is-member': '{name} is a node of this cluster already.',
  'candidate-knows-others':
    '{name} knows {count} other node(s): it belongs to another cluster, and meeting it would merge the two. Reset it first (CLUSTER RESET) if it does not.',
  'candidate-has-slots': '{name} claims {slots} slots already. Reset it first (CLUSTER RESET).',
  'candidate-has-keys': '{name} holds {keys} keys. A new node must be empty in every database.',
  'candidate-keys-unknown': '{name} does not say whether it is empty.',
  'candidate-is-replica': '{name} follows another node.',
  'candidate-has-functions':
    '{name} has {libraries} function librar(ies) of its own. Delete them first (FUNCTION FLUSH): it gets those of the cluster.',
  'candidate-named-twice': '{name} and {other} are the same node ({node}).',
  'candidate-older':
    '{name} runs {version}, older than {newest} in the cluster: it may not be able to read what newer nodes send it.',
  'add-primary-unknown': 'No node of this cluster has the id {node}.',
  'add-no-primary': 'The cluster has no primary with slots that a replica could follow.',
  'add-on-same-host': '{name} would stand on the host of its primary {primary}: if it fails, both are gone.',
  'remove-last-primary': '{name} is the only primary with slots.',
  'remove-has-slots': '{name} owns {count} slots. Drain it first, or ask for the drain with the removal.',
  'remove-dead-with-slots':
    '{name} gives no answer and owns {count} slots: let a replica take its place, or repair the slots, before it is forgotten.',
  'remove-has-keys':
    '{name} owns no slots and holds {keys} keys all the same. Resetting it would lose them; bring them to their owners first.',
  'remove-only-forgotten':
    '{name} gives no answer, so it is only forgotten. It still knows this cluster: if its process comes back it asks to be let in again. Reset or delete it before it is started.',
  'remove-peers-silent':
    '{names} cannot be told to forget {name} now and will bring it back to the others when they return.',
  'remove-no-heir-for-replicas': '{names} follow {name} and there is no other primary with slots for them.',
  'remove-moves-replicas': '{names} follow {name} and get another primary, whose data they copy whole.',
  'detach-not-a-replica': '{name} is no replica.',
  'detached-already': '{name} is a primary without slots already.',
  'detach-by-reset':
    '{name} has no command to leave its primary (Valkey 9.0 on has), so it is reset and introduced again, with the same id.',
  'create-too-few-nodes': '{nodes} node(s) are too few for primaries with {replicas} replica(s) each.',
  'create-mixed-servers': 'The nodes run different servers: {servers}.',
  'create-few-primaries':
    '{primaries} primar(ies) have no majority left when one fails, so no replica is ever elected. Three are the least; fewer are made only when asked for.',
  'create-few-accepted': 'With {primaries} primar(ies) no replica is ever elected by itself.',
  'placement-same-zone':
    '{count} replica(s) would have to stand in the zone of their own primary ({names}): if it fails, the shard is gone. Give nodes in other zones, or accept it.',
  'placement-accepted': '{count} replica(s) stand in the zone of their own primary: {names}.',
  'placement-zone-majority':
    'Zone {zone} holds {primaries} of {of} primaries: when it fails, the others have no majority to elect replicas.',
  'create-extra-replicas': '{count} node(s) more than needed become additional replicas.',
} as const satisfies Area;
