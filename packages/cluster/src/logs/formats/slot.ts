import type { FormatRow } from '../log-format.ts';

export const slotFormats: readonly FormatRow[] = [
  ['asm-config-failed', 'ASM config update failed: {why}'],
  [
    'dirty-slot-deleted',
    'Deleting keys in dirty slot {slot:int} on node {node:node} ({nodeName}) in shard {shard:node}',
  ],
  [
    'foreign-slot-deleted',
    'I have keys for slot {slot:int}, but the slot is assigned to another node. Deleting keys in the slot.',
  ],
  [
    'foreign-slot-imported',
    'I have keys for slot {slot:int}, but the slot is assigned to another node. Setting it to importing state.',
  ],
  [
    'importing-slot-deleted',
    'I am importing keys from node {from:node} ({fromName}) in shard {fromShard:node} to slot {slot:int}, but the slot is now owned by node {owner:node} ({ownerName}) in shard {ownerShard:node}. Deleting keys in the slot',
  ],
  ['migration-task-event', 'Slot migration task {task} received event {event:int} for slots: {slots}'],
  ['slot-assigned', 'Assigning slot {slot:int} to node {to:node} ({toName}) in shard {shard:node}'],
  [
    'slot-import-ended',
    'Slot {slot:int} is no longer being imported from node {from:node} ({fromName}) in shard {shard:node}.',
  ],
  [
    'slot-import-ended',
    'Slot {slot:int} is no longer being imported from node {from:node} ({fromName}) in shard {shard:node}; Clear my importing source for the slot.',
  ],
  ['slot-importing', 'Importing slot {slot:int} from node {from:node} ({fromName})'],
  ['slot-migrating', 'Migrating slot {slot:int} to node {to:node} ({toName})'],
  [
    'slot-migration-ended',
    'Slot {slot:int} is no longer being migrated to node {to:node} ({toName}) in shard {shard:node}.',
  ],
  ['slot-stable', 'Marking slot {slot:int} stable'],
  [
    'slots-moved',
    'Slot range [{first:int}, {last:int}] is migrated from node {from:node} ({fromName}) in shard {fromShard:node} to node {to:node} ({toName}) in shard {toShard:node}.',
  ],
  [
    'slots-moved',
    'Slot {first:int} is migrated from node {from:node} ({fromName}) in shard {fromShard:node} to node {to:node} ({toName}) in shard {toShard:node}.',
  ],
  ['unassigned-slot-taken', 'I have keys for unassigned slot {slot:int}. Taking responsibility for it.'],
];
