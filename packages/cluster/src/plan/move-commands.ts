import type { PlannedCommand, SlotMove } from '@slotdeck/model/plan';
import { countSlots } from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import { batchSize } from './move-steps.ts';

/** Keys that one GETKEYSINSLOT asks for, as shown; the pace decides how many one MIGRATE takes of them. */
const KEYS_SHOWN = 100;
const TIMEOUT_SHOWN = 60_000;

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
  return [...views('check'), ...moves.flatMap((move) => commandsOf(topology, move, size)), ...views('verify')];
}

function commandsOf(topology: Topology, { from, to, slots, keys }: SlotMove, size: number): PlannedCommand[] {
  const first = String(slots[0]?.[0] ?? 0);
  const count = countSlots(slots);
  const batches = Math.ceil(count / size);
  const target = topology.nodes.find((node) => node.id === to);
  const witnesses = topology.nodes.filter(
    (node) => node.view.state === 'answered' && (node.primaryId === to || (node.role === 'primary' && node.id !== to)),
  );
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
  // Servers that replicate SETSLOT to their replicas first refuse it in a transaction, and need neither that nor a raised epoch.
  const inTransaction = !replicatesSetSlot(target);
  const transaction = (word: string): PlannedCommand[] =>
    inTransaction ? [{ node: to, command: [word], repeat: batches, phase: 'hand-over' }] : [];
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
    { node: from, command: ['CLUSTER', 'BUMPEPOCH'], repeat: batches, phase: 'raise-epoch' },
    ...transaction('MULTI'),
    // All but the last slot of a batch lose their mark first, so that the target announces the batch once.
    ...(inTransaction && count > batches
      ? [{ node: to, command: setSlot('STABLE'), repeat: count - batches, phase: 'hand-over' as const }]
      : []),
    handOver,
    ...transaction('EXEC'),
    ...witnesses.map((node): PlannedCommand => ({
      node: node.id,
      command: ['CLUSTER', 'NODES'],
      repeat: batches,
      phase: 'wait',
    })),
    { node: from, command: setSlot('NODE', to), repeat: count, phase: 'close' },
  ];
}

/** Valkey from 8.0 on sends SETSLOT to the replicas before it obeys, and stops with a failed assertion when told in a transaction. */
function replicatesSetSlot(node: TopologyNode | undefined): boolean {
  return node?.server?.flavour === 'valkey' && Number.parseInt(node.server.version, 10) >= 8;
}
