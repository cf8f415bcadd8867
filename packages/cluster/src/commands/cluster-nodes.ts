import { NodeId } from '@slotdeck/model/ids';
import { normalise, SLOT_COUNT, type SlotRange } from '@slotdeck/model/slot-ranges';
import type { Command } from '../connection/node-calls.ts';
import type { NodeLine } from '../observe/node-view.ts';
import { broken, read, readText, type Read } from './reply-reading.ts';

export const clusterNodesCommand: Command = ['CLUSTER', 'NODES'];

/**
 * Lines read before, by their text without the two ping times. Nodes that say the same of a node then share one object: reading
 * 300 views of 300 nodes costs little, and whoever compares claims can compare identities first.
 */
export type KnownLines = Map<string, NodeLine>;

/**
 * `<id> <ip:port@cport[,hostname[,aux=value…]]> <flags> <primary|-> <ping> <pong> <epoch> <link> <slot> …`; slots are `7`, `0-99`,
 * `[93->-<id>]` (migrating to) and `[93-<-<id>]` (importing from). Empty host: the node has not learnt its own address yet.
 */
export function readClusterNodes(reply: unknown, known: KnownLines = new Map()): Read<NodeLine[]> {
  const text = readText(reply);
  if (text === null) return broken(reply);
  const lines: NodeLine[] = [];
  for (const row of text.split('\n')) {
    const line = row.trim();
    if (line === '') continue;
    const key = withoutTimes(line);
    let claim = known.get(key);
    if (claim === undefined) {
      const fresh = readLine(key.split(' '));
      if (fresh === null) return broken(line);
      claim = fresh;
      known.set(key, claim);
    }
    lines.push(claim);
  }
  return lines.some((line) => line.isMyself) ? read(lines) : broken(text);
}

/** The times of ping and pong, words five and six, change all the time and say nothing that we show. */
function withoutTimes(line: string): string {
  let end = -1;
  for (let word = 0; word < 4; word += 1) {
    end = line.indexOf(' ', end + 1);
    if (end === -1) return line;
  }
  const pong = line.indexOf(' ', end + 1);
  const rest = pong === -1 ? -1 : line.indexOf(' ', pong + 1);
  return rest === -1 ? line : line.slice(0, end) + line.slice(rest);
}

function readLine(words: readonly string[]): NodeLine | null {
  const [id, address, flagWord, primary, epoch, link, ...slotWords] = words;
  if (id === undefined || address === undefined || flagWord === undefined || primary === undefined) return null;
  const nodeId = NodeId.safeParse(id);
  const place = readAddress(address);
  const primaryId = primary === '-' ? null : NodeId.safeParse(primary);
  if (!nodeId.success || place === null || primaryId?.success === false) return null;
  if (epoch === undefined || !/^\d+$/.test(epoch) || (link !== 'connected' && link !== 'disconnected')) return null;
  const slots = readSlots(slotWords);
  if (slots === null) return null;
  const flags = flagWord.split(',').filter((flag) => flag !== '' && flag !== 'noflags');
  return {
    id: nodeId.data,
    isMyself: flags.includes('myself'),
    ...place,
    flags: flags.filter((flag) => flag !== 'myself'),
    role: flags.includes('master') ? 'primary' : flags.includes('slave') ? 'replica' : 'unknown',
    primaryId: primaryId?.data ?? null,
    configEpoch: Number(epoch),
    link,
    ...slots,
  };
}

type Place = Pick<NodeLine, 'host' | 'port' | 'busPort' | 'hostname'>;

function readAddress(text: string): Place | null {
  const [place = '', second] = text.split(',');
  // An IPv6 address has colons of its own, so the port is what follows the last one.
  const match = /^(.*):(\d{1,5})(?:@(\d{1,5}))?$/.exec(place);
  if (match?.[2] === undefined) return null;
  const hostname = second === undefined || second === '' || second.includes('=') ? null : second;
  const busPort = match[3] === undefined ? null : Number(match[3]);
  return { host: match[1] ?? '', port: Number(match[2]), busPort, hostname };
}

type Slots = Pick<NodeLine, 'slots' | 'migrating' | 'importing'>;

function readSlots(words: readonly string[]): Slots | null {
  const ranges: SlotRange[] = [];
  const migrating: { slot: number; to: NodeId }[] = [];
  const importing: { slot: number; from: NodeId }[] = [];
  for (const word of words) {
    const range = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word);
    if (range?.[1] !== undefined) {
      const from = Number(range[1]);
      const to = range[2] === undefined ? from : Number(range[2]);
      if (to < from || to >= SLOT_COUNT) return null;
      ranges.push([from, to]);
      continue;
    }
    const open = /^\[(\d{1,5})-([<>])-(.*)\]$/.exec(word);
    const peer = NodeId.safeParse(open?.[3]);
    const slot = Number(open?.[1]);
    if (open === null || !peer.success || slot >= SLOT_COUNT) return null;
    if (open[2] === '>') migrating.push({ slot, to: peer.data });
    else importing.push({ slot, from: peer.data });
  }
  return { slots: normalise(ranges), migrating, importing };
}

/** A line as a server prints it, times as zero. The reverse of reading; used where a transcript or a test shows a table. */
export function printNodeLine(line: NodeLine): string {
  const place = `${line.host}:${line.port}${line.busPort === null ? '' : `@${line.busPort}`}`;
  const flags = [...(line.isMyself ? ['myself'] : []), ...line.flags];
  return [
    line.id,
    line.hostname === null ? place : `${place},${line.hostname}`,
    flags.length === 0 ? 'noflags' : flags.join(','),
    line.primaryId ?? '-',
    '0',
    '0',
    String(line.configEpoch),
    line.link,
    ...line.slots.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)),
    ...line.migrating.map(({ slot, to }) => `[${slot}->-${to}]`),
    ...line.importing.map(({ slot, from }) => `[${slot}-<-${from}]`),
  ].join(' ');
}
