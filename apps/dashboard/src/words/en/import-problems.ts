import type { Area } from '../phrase.ts';

/** What can be objected to when keys of another server are to be taken in, by code. */
export const importProblems = {
  'import-source-silent': '{name} cannot be read from: {problem} ({seen}).',
  'import-source-is-cluster': '{name} is a node of a cluster. Keys are taken in from a server of its own.',
  'import-source-is-replica':
    '{name} is a replica: keys cannot be taken away from it. Name its primary, or leave the keys there (copy).',
  'import-source-newer':
    '{name} runs {version} and the oldest primary {oldest}: a value in a newer form is refused, and that ends the import.',
  'import-no-keys': '{name} has no keys in the databases that were asked for.',
  'import-no-such-database':
    'The cluster has no database {databases}, where {name} has keys. Name the databases to take in.',
  'import-slots-missing': 'Nobody serves slots {slots}: keys of them have nowhere to go.',
  'import-removes': 'Each key is removed from {name} once the cluster has it.',
  'import-copies': 'The keys stay on {name}. What is written there during the import may not come along.',
  'import-replaces': 'A key that the cluster has already is overwritten, whatever its value.',
  'import-memory-tight': '{name} uses {bytes} bytes, and the primaries have {room} bytes up to their memory limits.',
} as const satisfies Area;
