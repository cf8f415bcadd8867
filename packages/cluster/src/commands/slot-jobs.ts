import { NodeId } from '@slotdeck/model/ids';
import { parseSlotRanges, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Command } from '../connection/node-calls.ts';
import { broken, read, readInteger, readPairs, readText, type Read } from './reply-reading.ts';

/**
 * Slots that a server moves by itself, as it tells it: Valkey from 9.0 on (CLUSTER MIGRATESLOTS, GETSLOTMIGRATIONS, driven at the source) and
 * Redis from 8.4 on (CLUSTER MIGRATION, driven at the destination). Both forget their jobs when they are started anew.
 */
export interface SlotJob {
  readonly id: string;
  readonly slots: SlotRanges;
  readonly from: NodeId | null;
  readonly to: NodeId | null;
  readonly state: 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** Its state in the server's own word. */
  readonly said: string;
  /** Why it failed, or failed last; empty: nothing to say. */
  readonly message: string;
  /** Attempts that failed. Redis tries again by itself, Valkey never. */
  readonly failures: number;
  /** How long the source held all writes; null where it does not tell. Milliseconds. */
  readonly writePauseMs: number | null;
}

const words = (slots: SlotRanges): string[] => slots.flatMap(([first, last]) => [String(first), String(last)]);

/** Valkey ≥ 9.0, to the source. Answers OK at once; the move goes on by itself. */
export function clusterMigrateSlotsCommand(slots: SlotRanges, target: NodeId): Command {
  return ['CLUSTER', 'MIGRATESLOTS', 'SLOTSRANGE', ...words(slots), 'NODE', target];
}

/** Valkey ≥ 9.0: ends every export of the node that it is sent to. */
export const clusterCancelSlotMigrationsCommand: Command = ['CLUSTER', 'CANCELSLOTMIGRATIONS'];
export const clusterGetSlotMigrationsCommand: Command = ['CLUSTER', 'GETSLOTMIGRATIONS'];

/** Exports that the asked node makes or made, newest first. */
export function readSlotMigrations(reply: unknown): Read<SlotJob[]> {
  return readJobs(reply, (fields, slots) => {
    const said = readText(fields.get('state'));
    const name = readText(fields.get('name'));
    if (said === null || name === null) return null;
    return {
      id: name,
      slots,
      from: nodeOf(fields.get('source_node')),
      to: nodeOf(fields.get('target_node')),
      state: VALKEY_ENDS[said] ?? 'running',
      said,
      message: readText(fields.get('message')) ?? '',
      failures: said === 'failed' ? 1 : 0,
      writePauseMs: null,
      isOurs: readText(fields.get('operation')) === 'EXPORT',
    };
  });
}

const VALKEY_ENDS: Readonly<Record<string, SlotJob['state']>> = {
  success: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** Redis ≥ 8.4, to the destination. Answers the id of the task. */
export function clusterMigrationImportCommand(slots: SlotRanges): Command {
  return ['CLUSTER', 'MIGRATION', 'IMPORT', ...words(slots)];
}

export function clusterMigrationCancelCommand(id: string): Command {
  return ['CLUSTER', 'MIGRATION', 'CANCEL', 'ID', id];
}
export const clusterMigrationStatusCommand: Command = ['CLUSTER', 'MIGRATION', 'STATUS', 'ALL'];

/** Imports that the asked node makes or made, newest first. One that failed is tried again each second, so it runs. */
export function readMigrationTasks(reply: unknown): Read<SlotJob[]> {
  return readJobs(reply, (fields, slots) => {
    const said = readText(fields.get('state'));
    const id = readText(fields.get('id'));
    if (said === null || id === null) return null;
    return {
      id,
      slots,
      from: nodeOf(fields.get('source')),
      to: nodeOf(fields.get('dest')),
      state: said === 'completed' ? 'succeeded' : said === 'canceled' ? 'cancelled' : 'running',
      said,
      message: readText(fields.get('last_error')) ?? '',
      failures: (readInteger(fields.get('retries')) ?? 0) + (said === 'failed' ? 1 : 0),
      writePauseMs: readInteger(fields.get('write_pause_ms')),
      isOurs: readText(fields.get('operation')) === 'import',
    };
  });
}

type Told = SlotJob & { readonly isOurs: boolean };

function readJobs(
  reply: unknown,
  readJob: (fields: ReadonlyMap<string, unknown>, slots: SlotRanges) => Told | null,
): Read<SlotJob[]> {
  if (!Array.isArray(reply)) return broken(reply);
  const entries: readonly unknown[] = reply;
  const jobs: SlotJob[] = [];
  for (const entry of entries) {
    const fields = readPairs(entry);
    const slots = parseSlotRanges(readText(fields?.get('slot_ranges') ?? fields?.get('slots')) ?? '');
    const job = fields === null || !slots.ok ? null : readJob(fields, slots.slots);
    if (job === null) return broken(entry);
    const { isOurs, ...told } = job;
    if (isOurs) jobs.push(told);
  }
  return read(jobs);
}

function nodeOf(value: unknown): NodeId | null {
  const id = NodeId.safeParse(readText(value));
  return id.success ? id.data : null;
}
