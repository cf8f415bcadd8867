import { findNode, ownerOfSlot, type Topology } from '@slotdeck/model/topology';
import { printAmount } from '../../words/phrase.ts';
import { printBytes } from '../../words/format-number.ts';
import type { Words } from '../../words/words.ts';
import type { CountsBySlot } from './slot-counts.ts';
import { agreementOn, openSides, type SlotFacts } from './slot-facts.ts';
import { slotState } from './slot-rows.ts';

/** All that is said of one slot, for the tooltip and, as one sentence, for a screen reader. */
export interface SlotSaying {
  readonly slot: number;
  /** Index (1…); 0 for none. */
  readonly shard: number;
  readonly lines: readonly { readonly label: string; readonly value: string }[];
  readonly sentence: string;
}

export function sayingOfSlot(
  slot: number,
  topology: Topology,
  facts: SlotFacts,
  counts: CountsBySlot | null,
  { t }: Words,
): SlotSaying {
  const shard = facts.shard[slot] ?? 0;
  const target = facts.target[slot] ?? 0;
  const state = slotState(facts.flags[slot] ?? 0);
  const owner = ownerOfSlot(topology, slot);
  const { agree, asked } = agreementOn(topology, slot);
  const shardName = (index: number): string =>
    index === 0 ? t('slots.unknownShard') : t('states.shard', { index: String(index) });
  const lines = [
    { label: t('slots.owner'), value: owner?.name ?? t('slots.nobody') },
    { label: t('slots.agreement'), value: t('slots.agreementOf', { agree, n: asked }) },
  ];
  if (state === 'open' || state === 'half-open') lines.push({ label: t('slots.openTo'), value: shardName(target) });
  if (state === 'will-move') lines.push({ label: t('slots.willMoveTo'), value: shardName(target) });
  if (state === 'half-open') lines.push({ label: t('slots.state'), value: halfOpenWords(slot, topology, t) });
  if (state === 'unreachable') lines.push({ label: t('slots.state'), value: t('slots.stateUnreachable') });
  if (state === 'disputed') lines.push({ label: t('slots.state'), value: opinionsOn(slot, topology, t) });
  if (state === 'moved') lines.push({ label: t('slots.state'), value: t('slots.stateMoved') });
  if (counts !== null) {
    lines.push({ label: t('slots.keys'), value: known(counts.keys[slot], printAmount, t) });
    if (counts.bytes !== null)
      lines.push({ label: t('slots.memory'), value: known(counts.bytes[slot], printBytes, t) });
  }
  const title = t('slots.slotTitle', { slot: String(slot) });
  const parts = lines.map(({ label, value }) => t('slots.saidPart', { label, value }));
  return { slot, shard, lines, sentence: [title, shardName(shard), ...parts].join(', ') };
}

function known(value: number | undefined, print: (value: number) => string, t: Words['t']): string {
  return value === undefined || Number.isNaN(value) ? t('states.notKnown') : print(value);
}

function halfOpenWords(slot: number, topology: Topology, t: Words['t']): string {
  return openSides(topology).get(slot)?.migrating === null ? t('slots.importingOnly') : t('slots.migratingOnly');
}

/** "4 say orders-a1, 2 say orders-b2": who says what stands side by side. */
function opinionsOn(slot: number, topology: Topology, t: Words['t']): string {
  const dispute = topology.disputes.find((each) => each.slots.some(([from, to]) => slot >= from && slot <= to));
  return (dispute?.opinions ?? [])
    .map(({ owner, observers }) =>
      t('slots.opinion', {
        n: observers.length,
        owner: owner === null ? t('slots.nobody') : (findNode(topology, owner)?.name ?? owner),
      }),
    )
    .join(' · ');
}
