import { infoCommand, readInfo } from '../commands/info.ts';
import {
  clusterCancelSlotMigrationsCommand,
  clusterGetSlotMigrationsCommand,
  clusterMigrateSlotsCommand,
  clusterMigrationCancelCommand,
  clusterMigrationImportCommand,
  clusterMigrationStatusCommand,
  readMigrationTasks,
  readSlotMigrations,
  type SlotJob,
} from '../commands/slot-jobs.ts';
import { broken, read, readInteger, readText, type Read } from '../commands/reply-reading.ts';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import { movesAtomically } from '@slotdeck/model/atomic-servers';
import type { CommandSender } from './command-sender.ts';
import type { SlotEnds } from './open-slots.ts';

/** How two servers are told to move slots between them by themselves, whichever kind they are. */
export interface AtomicDriver {
  /** Begins a job; it goes on by itself from then on. @throws ActFailure */
  begin(slots: SlotRanges): Promise<void>;
  /** Jobs from this source to this target, newest first, ended ones too. @throws ActFailure */
  jobs(): Promise<SlotJob[]>;
  /** Asks for the end of a job. False: it cannot be ended without ending another one. @throws ActFailure */
  cancel(job: SlotJob): Promise<boolean>;
}

/** Null: these two cannot, or not with each other. @throws ActFailure where one gives no answer */
export async function atomicDriverOf(ends: SlotEnds, sender: CommandSender): Promise<AtomicDriver | null> {
  const [source, target] = await Promise.all([
    sender.ask(ends.source, infoCommand, readInfo),
    sender.ask(ends.target, infoCommand, readInfo),
  ]);
  if (!movesAtomically(source.server, target.server)) return null;
  return source.server?.flavour === 'valkey' ? atSource(ends, sender) : atTarget(ends, sender);
}

const between = ({ source, target }: SlotEnds, { from, to }: SlotJob): boolean =>
  from === source.id && to === target.id;

/** Valkey: the source exports. */
function atSource(ends: SlotEnds, sender: CommandSender): AtomicDriver {
  const { source, target } = ends;
  const all = () => sender.ask(source, clusterGetSlotMigrationsCommand, readSlotMigrations);
  return {
    begin: async (slots) => {
      await sender.ask(source, clusterMigrateSlotsCommand(slots, target.id), readOk);
    },
    jobs: async () => (await all()).filter((job) => between(ends, job)),
    cancel: async ({ id }) => {
      // It knows only how to end all of them.
      const running = (await all()).filter(({ state }) => state === 'running');
      if (running.some((job) => job.id !== id)) return false;
      if (running.length > 0) await sender.send(source, [clusterCancelSlotMigrationsCommand]);
      return true;
    },
  };
}

/** Redis: the destination imports. */
function atTarget(ends: SlotEnds, sender: CommandSender): AtomicDriver {
  const { target } = ends;
  return {
    begin: async (slots) => {
      await sender.ask(target, clusterMigrationImportCommand(slots), readId);
    },
    jobs: async () =>
      (await sender.ask(target, clusterMigrationStatusCommand, readMigrationTasks)).filter((job) => between(ends, job)),
    cancel: async ({ id }) => {
      await sender.ask(target, clusterMigrationCancelCommand(id), readCount);
      return true;
    },
  };
}

function readOk(reply: unknown): Read<true> {
  return readText(reply) === 'OK' ? read(true) : broken(reply);
}

function readId(reply: unknown): Read<string> {
  const id = readText(reply);
  return id === null ? broken(reply) : read(id);
}

function readCount(reply: unknown): Read<number> {
  const count = readInteger(reply);
  return count === null ? broken(reply) : read(count);
}
