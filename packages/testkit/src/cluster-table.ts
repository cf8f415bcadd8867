import type { SlotRange } from '@slotdeck/model/slot-ranges';

/** One line of CLUSTER NODES, read apart from the product's own reader so that tests of the product do not check it with itself. */
export type TableRow = {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly busPort: number;
  readonly isMyself: boolean;
  readonly role: 'primary' | 'replica' | 'unknown';
  /** `suspected` is "fail?": this observer alone cannot reach the node. */
  readonly health: 'ok' | 'suspected' | 'failed' | 'handshake' | 'no-address';
  readonly primaryId: string | null;
  readonly configEpoch: number;
  readonly isLinked: boolean;
  readonly slots: readonly SlotRange[];
  readonly openSlots: readonly OpenSlot[];
};

export type OpenSlot = { readonly slot: number; readonly direction: 'importing' | 'migrating'; readonly peer: string };

export function readClusterTable(text: string): TableRow[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(readRow);
}

function readRow(line: string): TableRow {
  const [id = '', address = '', flagText = '', primary = '-', , , epoch = '0', link = '', ...ranges] = line
    .trim()
    .split(' ');
  const match = /^(.*):(\d+)@(\d+)/.exec(address);
  const flags = new Set(flagText.split(','));
  return {
    id,
    host: match?.[1] ?? '',
    port: Number(match?.[2] ?? 0),
    busPort: Number(match?.[3] ?? 0),
    isMyself: flags.has('myself'),
    role: flags.has('master') ? 'primary' : flags.has('slave') ? 'replica' : 'unknown',
    health: readHealth(flags),
    primaryId: primary === '-' ? null : primary,
    configEpoch: Number(epoch),
    isLinked: link === 'connected',
    slots: ranges.filter((each) => !each.startsWith('[')).map(readRange),
    openSlots: ranges.filter((each) => each.startsWith('[')).map(readOpenSlot),
  };
}

function readHealth(flags: ReadonlySet<string>): TableRow['health'] {
  if (flags.has('fail')) return 'failed';
  if (flags.has('fail?')) return 'suspected';
  if (flags.has('handshake')) return 'handshake';
  if (flags.has('noaddr')) return 'no-address';
  return 'ok';
}

function readRange(text: string): SlotRange {
  const [from = '', to = from] = text.split('-');
  return [Number(from), Number(to)];
}

/** `[93->-id]` leaves this node, `[93-<-id]` arrives. */
function readOpenSlot(text: string): OpenSlot {
  const match = /^\[(\d+)-([<>])-([^\]]*)\]$/.exec(text);
  if (match === null) throw new Error(`not an open slot: ${text}`);
  return { slot: Number(match[1]), direction: match[2] === '>' ? 'migrating' : 'importing', peer: match[3] ?? '' };
}

/**
 * Who owns what and who follows whom, as one comparable text: two nodes agree when theirs are equal. Failed nodes without slots are
 * left out, for they are forgotten at different moments.
 */
export function describeOwnership(rows: readonly TableRow[]): string {
  return rows
    .filter((row) => row.slots.length > 0 || row.health === 'ok' || row.health === 'suspected')
    .map((row) => {
      const position = row.role === 'primary' ? `epoch ${row.configEpoch}` : `of ${row.primaryId}`;
      const slots = row.slots.map(([from, to]) => `${from}-${to}`).join(',');
      return `${row.id} ${row.role} ${row.health} ${position} ${slots}`;
    })
    .sort()
    .join('\n');
}
