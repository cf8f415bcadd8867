import type { NodeId } from '@slotdeck/model/ids';
import type { Command } from '../connection/node-calls.ts';

/** What CLUSTER SETSLOT is told of a slot. */
export type SlotChange =
  | { readonly kind: 'importing'; readonly slot: number; readonly from: NodeId }
  | { readonly kind: 'migrating'; readonly slot: number; readonly to: NodeId }
  | { readonly kind: 'node'; readonly slot: number; readonly owner: NodeId }
  | { readonly kind: 'stable'; readonly slot: number };

/** Answers OK; every refusal is an error line, which `readSetSlotRefusal` names. */
export function clusterSetSlotCommand(change: SlotChange): Command {
  const head = ['CLUSTER', 'SETSLOT', change.slot];
  switch (change.kind) {
    case 'importing':
      return [...head, 'IMPORTING', change.from];
    case 'migrating':
      return [...head, 'MIGRATING', change.to];
    case 'node':
      return [...head, 'NODE', change.owner];
    case 'stable':
      return [...head, 'STABLE'];
  }
}

/** Why SETSLOT was refused, where the server's words are known. */
export type SetSlotRefusal =
  | 'not-a-primary'
  | 'not-owner'
  | 'already-owner'
  | 'unknown-node'
  | 'target-not-a-primary'
  | 'keys-left'
  | 'too-few-replicas'
  | 'other-migration'
  | 'other';

/** Wordings of Redis 7.0 to 8.6 and Valkey 8.0 to 9.1. */
const wordings: readonly (readonly [RegExp, SetSlotRefusal])[] = [
  [/use SETSLOT only with (masters|primaries)/i, 'not-a-primary'],
  [/not the owner of hash slot/i, 'not-owner'],
  [/already the owner of (hash slot|the slot range)/i, 'already-owner'],
  [/(don't know about|unknown) node/i, 'unknown-node'],
  [/target node is not a (master|primary)/i, 'target-not-a-primary'],
  [/while I still hold keys/i, 'keys-left'],
  [/^NOREPLICAS/, 'too-few-replicas'],
  [/slot (import|export) in progress|active atomic slot migration|pending trim job/i, 'other-migration'],
  [/another ASM task|overlapping import|already migrating slot|migrations overlap/i, 'other-migration'],
  [/states must be STABLE|being manually/i, 'other-migration'],
  [/not served by this node|has no (owner|node served)|different source nodes|span multiple shards/i, 'not-owner'],
];

export function readSetSlotRefusal(line: string): SetSlotRefusal {
  return wordings.find(([pattern]) => pattern.test(line))?.[1] ?? 'other';
}
