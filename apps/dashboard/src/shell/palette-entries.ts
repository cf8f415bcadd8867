import keySlot from 'cluster-key-slot';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { ClusterId } from '@slotdeck/model/ids';
import { SLOT_COUNT } from '@slotdeck/model/slot-ranges';
import { ownerOfSlot, type Topology } from '@slotdeck/model/topology';
import { CHANGE_KINDS, type ChangeKind } from '../pages/change/change-names.ts';
import type { Words } from '../words/words.ts';
import { PLACES, type Place } from './use-shell-cluster.ts';

/** Where an entry of the palette leads. */
export type Destination =
  | { kind: 'clusters' }
  | { kind: 'operations' }
  | { kind: 'cluster'; id: ClusterId }
  | { kind: 'place'; id: ClusterId; place: Place }
  | { kind: 'plan'; id: ClusterId }
  | { kind: 'change'; id: ClusterId; change: ChangeKind }
  | { kind: 'node'; id: ClusterId; node: string }
  | { kind: 'slot'; id: ClusterId; slot: number };

export interface PaletteEntry {
  readonly key: string;
  readonly text: string;
  readonly note: string;
  readonly to: Destination;
}

interface Known {
  cluster: ClusterId | null;
  clusters: readonly ClusterSummary[];
  topology: Topology | null;
}

/** As many as fit without scrolling. */
const MOST = 12;

/** What the typed text may mean, likeliest first. A number is a slot; `key:name` or anything unknown is read as a key. */
export function paletteEntries(typed: string, known: Known, words: Words): readonly PaletteEntry[] {
  const text = typed.trim();
  const found = [...slotEntries(text, known, words), ...placeEntries(known, words), ...nodeEntries(known, words)];
  const isSaid = (entry: PaletteEntry): boolean =>
    entry.to.kind === 'slot' || `${entry.text} ${entry.note}`.toLowerCase().includes(text.toLowerCase());
  const matching =
    text === '' ? found.filter(({ to }) => to.kind !== 'node' && to.kind !== 'change') : found.filter(isSaid);
  const asKey =
    matching.length === 0 && known.cluster !== null && text !== '' ? keyEntry(text, known.cluster, known, words) : [];
  return [...matching, ...asKey].slice(0, MOST);
}

function slotEntries(text: string, { cluster, topology }: Known, words: Words): PaletteEntry[] {
  if (cluster === null) return [];
  if (/^key:./.test(text)) return keyEntry(text.slice(4), cluster, { cluster, topology, clusters: [] }, words);
  const slot = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(slot < SLOT_COUNT)) return [];
  const owner = topology === null ? undefined : ownerOfSlot(topology, slot);
  const said =
    topology === null
      ? words.t('shell.paletteSlot', { slot: String(slot) })
      : owner === undefined
        ? words.t('shell.paletteSlotNobody', { slot: String(slot) })
        : words.t('shell.paletteSlotOf', { slot: String(slot), owner: owner.name });
  return [{ key: `slot-${slot}`, text: said, note: '', to: { kind: 'slot', id: cluster, slot } }];
}

function keyEntry(key: string, cluster: ClusterId, { topology }: Known, words: Words): PaletteEntry[] {
  const slot = keySlot(key);
  const owner = topology === null ? undefined : ownerOfSlot(topology, slot);
  const text =
    owner === undefined
      ? words.t('shell.paletteKey', { key, slot: String(slot) })
      : words.t('shell.paletteKeyOf', { key, slot: String(slot), owner: owner.name });
  return [{ key: `key-${key}`, text, note: '', to: { kind: 'slot', id: cluster, slot } }];
}

function placeEntries({ cluster, clusters }: Known, { t }: Words): PaletteEntry[] {
  const here: PaletteEntry[] =
    cluster === null
      ? []
      : [
          ...PLACES.map((place) => ({
            key: place,
            text: t('shell.paletteGo', { place: t(`shell.${place}`) }),
            note: '',
            to: { kind: 'place', id: cluster, place } as const,
          })),
          { key: 'plan', text: t('shell.palettePlan'), note: '', to: { kind: 'plan', id: cluster } },
          ...CHANGE_KINDS.map((change) => ({
            key: `change-${change}`,
            text: t(`change.title.${change}`),
            note: change,
            to: { kind: 'change', id: cluster, change } as const,
          })),
        ];
  return [
    ...here,
    { key: 'clusters', text: t('shell.paletteGo', { place: t('shell.clusters') }), note: '', to: { kind: 'clusters' } },
    ...(cluster === null
      ? [
          {
            key: 'operations',
            text: t('shell.paletteGo', { place: t('shell.operations') }),
            note: '',
            to: { kind: 'operations' },
          } as const,
        ]
      : []),
    ...clusters
      .filter((each) => each.id !== cluster)
      .map((each) => ({
        key: each.id,
        text: t('shell.paletteCluster', { name: each.name }),
        note: t(`states.cluster.${each.health}`),
        to: { kind: 'cluster', id: each.id } as const,
      })),
  ];
}

function nodeEntries({ cluster, topology }: Known, { t }: Words): PaletteEntry[] {
  if (cluster === null || topology === null) return [];
  return topology.nodes.map((node) => ({
    key: node.id,
    text: t('shell.paletteNode', { name: node.name }),
    note: `${node.host}:${node.port} ${node.id.slice(0, 8)}`,
    to: { kind: 'node', id: cluster, node: node.id },
  }));
}
