import type { TranscriptLine } from '@slotdeck/model/operation-events';
import type { Plan, PlannedCommand } from '@slotdeck/model/plan';
import { countSlots, eachSlot, intersectSlots, printSlotRanges, type SlotRanges } from '@slotdeck/model/slot-ranges';

/** Where a node is called, for `redis-cli -h … -p …`. */
export type AddressOf = (node: string) => { readonly host: string; readonly port: number } | null;

const HEADER = [
  '#!/bin/sh',
  '# Commands for redis-cli, one per line, in the order in which they are sent.',
  '# Passwords are not part of it: set REDISCLI_AUTH.',
  'set -eu',
];

/**
 * A plan as a shell script to read or keep. It is no way to carry the plan out: the waits for the nodes to agree, and what is
 * decided from their answers, stand in it as comments.
 */
export function planAsScript(plan: Pick<Plan, 'id' | 'commands' | 'moves'>, addressOf: AddressOf): string {
  const lines = [...HEADER, `# Plan ${plan.id}`];
  for (const move of plan.moves) {
    lines.push(`# ${countSlots(move.slots)} slots ${printSlotRanges(move.slots)} from ${move.from} to ${move.to}`);
  }
  let phase: PlannedCommand['phase'] | null = null;
  for (const planned of plan.commands) {
    if (planned.phase !== phase) lines.push('', `# ${phaseTitles[planned.phase]}`);
    phase = planned.phase;
    lines.push(...linesOf(planned, plan, addressOf));
  }
  return `${lines.join('\n')}\n`;
}

/** What was really sent, as a script to read: what a command answered stands behind it. */
export function transcriptAsScript(lines: readonly TranscriptLine[], addressOf: AddressOf): string {
  const printed = lines.map((line) => {
    const more = line.more > 0 ? ` # and ${line.more} more` : '';
    const reply = line.reply.split('\n', 1)[0] ?? '';
    return `${prefixOf(line.node, addressOf)} ${line.command.map(quote).join(' ')}${more} # ${reply.slice(0, 80)}`;
  });
  return `${[...HEADER, ...printed].join('\n')}\n`;
}

const phaseTitles: Record<PlannedCommand['phase'], string> = {
  check: 'Look: every node must say what the plan was made from',
  introduce: 'Introduce the node, and wait until every node knows it',
  configure: 'Set what each node must be set to',
  replicate: 'Follow the primary, and wait until it is in step',
  promote: 'Let the replica take over, and wait until every node says so',
  assign: 'Give slots that nobody serves to a node',
  open: 'Open the slots, the target first',
  move: 'Move the keys',
  drained: 'Every count must be 0',
  'raise-epoch': 'Raise the epoch, where the target has the greatest one already, and wait until the target has heard',
  'hand-over': 'Hand the slots over',
  wait: 'Wait until every replica of the target and every primary shows the slots under the target',
  close: 'Clear what the source has still open',
  copy: 'Copy the keys',
  forget: 'Forget the node on all others within a minute',
  reset: 'Reset or end the node',
  verify: 'Every node must agree, and nothing may be open',
};

/** A command of which one goes out per slot is written once per slot; others once, with their number. */
function linesOf({ node, command, repeat }: PlannedCommand, plan: Pick<Plan, 'moves'>, addressOf: AddressOf): string[] {
  const print = (words: readonly string[]): string => `${prefixOf(node, addressOf)} ${words.map(quote).join(' ')}`;
  const slotAt = command[0] === 'CLUSTER' && command.length > 2 ? 2 : -1;
  const slots = slotAt === -1 ? null : slotsOfMove(Number(command[slotAt]), repeat, plan);
  if (slots !== null)
    return [...eachSlot(slots)].map((slot) => print(command.map((word, at) => (at === slotAt ? String(slot) : word))));
  return [`${print(command)}${repeat > 1 ? ` # ${repeat} times` : ''}`];
}

function slotsOfMove(first: number, count: number, { moves }: Pick<Plan, 'moves'>): SlotRanges | null {
  const move = moves.find(({ slots }) => slots[0]?.[0] === first && intersectSlots(slots, [[first, first]]).length > 0);
  return move !== undefined && countSlots(move.slots) === count ? move.slots : null;
}

function prefixOf(node: string, addressOf: AddressOf): string {
  const address = addressOf(node);
  return address === null ? `# ${node}:` : `redis-cli -h ${quote(address.host)} -p ${address.port}`;
}

function quote(word: string): string {
  return /^[\w.:<>@%+,/=-]+$/.test(word) && !/[<>]/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
