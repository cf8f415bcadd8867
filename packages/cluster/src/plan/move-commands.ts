import type { NodeId } from '@slotdeck/model/ids';
import type { PlannedCommand, SlotMove } from '@slotdeck/model/plan';
import { countSlots } from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import { batchSize } from './move-steps.ts';

/** Keys that one GETKEYSINSLOT asks for, as shown; the pace decides how many one MIGRATE takes of them. */
const KEYS_SHOWN = 100;
/** Of slot ranges in one command, first and last each counted. */
const RANGES_SHOWN = 20;
/** As MIGRATE begins; a large key that a live target is slow to take gets more. Milliseconds. */
const TIMEOUT_SHOWN = 5_000;

/**
 * The commands of the moves as they will be sent, one line per kind and node; `repeat` says how many of that shape. Keys are not
 * known yet, so MIGRATE shows `<keys>`; secrets are never part of it.
 */
export function commandsForMoves(topology: Topology, moves: readonly SlotMove[]): PlannedCommand[] {
  if (moves.length === 0) return [];
  const look = topology.nodes.filter((node) => node.view.state === 'answered');
  const views = (phase: 'check' | 'verify'): PlannedCommand[] =>
    look.map((node) => ({ node: node.id, command: ['CLUSTER', 'NODES'], repeat: 1, phase }));
  const size = batchSize(moves);
  const sent = moves.flatMap((move) =>
    move.driver === 'atomic' ? jobCommandsOf(topology, move, size) : commandsOf(topology, move, size),
  );
  return [...views('check'), ...sent, ...views('verify')];
}

function commandsOf(topology: Topology, { from, to, slots, keys }: SlotMove, size: number): PlannedCommand[] {
  const first = String(slots[0]?.[0] ?? 0);
  const count = countSlots(slots);
  const batches = Math.ceil(count / size);
  const target = topology.nodes.find((node) => node.id === to);
  const witnesses = topology.nodes.filter(
    (node) => node.view.state === 'answered' && (node.primaryId === to || (node.role === 'primary' && node.id !== to)),
  );
  const raiser =
    witnesses.find((node) => node.role === 'primary' && node.id !== from && node.slots.length > 0)?.id ?? from;
  const setSlot = (...words: string[]): string[] => ['CLUSTER', 'SETSLOT', first, ...words];
  const migrate = [
    'MIGRATE',
    target?.host ?? '',
    String(target?.port ?? ''),
    '',
    '0',
    String(TIMEOUT_SHOWN),
    'KEYS',
    '<keys>',
  ];
  const handOver: PlannedCommand = { node: to, command: setSlot('NODE', to), repeat: count, phase: 'hand-over' };
  const once = (node: NodeId, command: string[], phase: PlannedCommand['phase']): PlannedCommand => ({
    node,
    command,
    repeat: batches,
    phase,
  });
  // Valkey from 8.0 on needs no raised epoch, and takes a batch in one turn while writes are held; see `act/hand-over.ts`.
  const isHeld = replicatesSetSlot(target);
  const before = isHeld
    ? [once(to, ['CLIENT', 'PAUSE', '300', 'WRITE'], 'hand-over')]
    : [once(to, ['MULTI'], 'hand-over')];
  const after = isHeld ? [once(to, ['CLIENT', 'UNPAUSE'], 'hand-over')] : [once(to, ['EXEC'], 'hand-over')];
  // All but the last slot of a batch lose their mark first, so that the target announces the batch once.
  const unmarked: PlannedCommand[] =
    !isHeld && count > batches
      ? [{ node: to, command: setSlot('STABLE'), repeat: count - batches, phase: 'hand-over' }]
      : [];
  return [
    { node: to, command: setSlot('IMPORTING', from), repeat: count, phase: 'open' },
    { node: from, command: setSlot('MIGRATING', to), repeat: count, phase: 'open' },
    { node: from, command: ['CLUSTER', 'GETKEYSINSLOT', first, String(KEYS_SHOWN)], repeat: count, phase: 'move' },
    ...(keys === 0
      ? []
      : [
          { node: from, command: migrate, repeat: Math.max(1, Math.min(keys ?? count, count)), phase: 'move' as const },
        ]),
    { node: from, command: ['CLUSTER', 'COUNTKEYSINSLOT', first], repeat: count, phase: 'drained' },
    ...(isHeld ? [] : [once(raiser, ['CLUSTER', 'BUMPEPOCH'], 'raise-epoch')]),
    ...before,
    ...unmarked,
    handOver,
    ...after,
    ...witnesses.map((node): PlannedCommand => ({
      node: node.id,
      command: ['CLUSTER', 'NODES'],
      repeat: batches,
      phase: 'wait',
    })),
    // Valkey's source drops its marks when it hears.
    ...(isHeld ? [] : [{ node: from, command: setSlot('NODE', to), repeat: count, phase: 'close' as const }]),
  ];
}

/** Where the servers move slots by themselves, with the epoch that we raise before and the looks that we take after. */
function jobCommandsOf(topology: Topology, { from, to, slots }: SlotMove, size: number): PlannedCommand[] {
  const batches = Math.ceil(countSlots(slots) / size);
  const others = topology.nodes.filter((node) => node.view.state === 'answered' && node.id !== to);
  const voters = others.filter((node) => node.role === 'primary' && node.slots.length > 0);
  const raiser = voters.find(({ id }) => id !== from)?.id ?? from;
  const ranges = slots.flatMap(([first, last]) => [String(first), String(last)]).slice(0, RANGES_SHOWN);
  const isValkey = topology.nodes.find(({ id }) => id === from)?.server?.flavour === 'valkey';
  const once = (node: NodeId, command: string[], phase: PlannedCommand['phase']): PlannedCommand => ({
    node,
    command,
    repeat: batches,
    phase,
  });
  return [
    once(raiser, ['CLUSTER', 'BUMPEPOCH'], 'raise-epoch'),
    ...(isValkey
      ? [
          once(from, ['CLUSTER', 'MIGRATESLOTS', 'SLOTSRANGE', ...ranges, 'NODE', to], 'move'),
          once(from, ['CLUSTER', 'GETSLOTMIGRATIONS'], 'move'),
        ]
      : [
          once(to, ['CLUSTER', 'MIGRATION', 'IMPORT', ...ranges], 'move'),
          once(to, ['CLUSTER', 'MIGRATION', 'STATUS', 'ALL'], 'move'),
        ]),
    ...others.map((node) => once(node.id, ['CLUSTER', 'NODES'], 'wait')),
  ];
}

/** Valkey from 8.0 on sends SETSLOT to the replicas before it obeys. */
function replicatesSetSlot(node: TopologyNode | undefined): boolean {
  return node?.server?.flavour === 'valkey' && Number.parseInt(node.server.version, 10) >= 8;
}
