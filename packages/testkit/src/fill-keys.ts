import calculateSlot from 'cluster-key-slot';
import { eachSlot, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { CommandArgs } from './node-connection.ts';
import { RespError, type RespValue } from './resp.ts';

export type FillOptions = {
  readonly count: number;
  readonly valueBytes: number;
  /** Without it the keys fall where their names fall, which is evenly. */
  readonly slots?: SlotRanges;
  /** Default `key`. */
  readonly prefix?: string;
};

type Target = { pipeline(commands: readonly CommandArgs[]): Promise<RespValue[]> };

/** Keys sent in one write: large enough that a round trip costs little, small enough that the server's reply buffer stays small. */
const batchSize = 1_000;

/** Names of `count` keys; those for given slots are spread evenly over them by hash tags. */
export function keyNames({ count, slots, prefix = 'key' }: FillOptions): string[] {
  if (slots === undefined) return Array.from({ length: count }, (_, index) => `${prefix}:${index}`);
  const tags = [...eachSlot(slots)].map(tagOfSlot);
  if (tags.length === 0) throw new Error('keys for no slots were asked for');
  return Array.from({ length: count }, (_, index) => `${prefix}:{${tags[index % tags.length]}}:${index}`);
}

/** Writes the keys where `ownerOf` says; any error reply ends it. Returns the names. */
export async function fillKeys(options: FillOptions, ownerOf: (slot: number) => Target): Promise<string[]> {
  const names = keyNames(options);
  const value = 'x'.repeat(options.valueBytes);
  const byOwner = new Map<Target, string[]>();
  for (const name of names) {
    const owner = ownerOf(calculateSlot(name));
    const list = byOwner.get(owner);
    if (list === undefined) byOwner.set(owner, [name]);
    else list.push(name);
  }
  await Promise.all([...byOwner].map(([owner, list]) => writeTo(owner, list, value)));
  return names;
}

async function writeTo(owner: Target, names: readonly string[], value: string): Promise<void> {
  for (let start = 0; start < names.length; start += batchSize) {
    const batch = names.slice(start, start + batchSize);
    const replies = await owner.pipeline(batch.map((name) => ['SET', name, value]));
    const refusal = replies.find((reply) => reply instanceof RespError);
    if (refusal instanceof RespError) throw refusal;
  }
}

let tags: string[] | null = null;

/** A short text that hashes to the slot, for use between braces. */
export function tagOfSlot(slot: number): string {
  tags ??= findTags();
  const tag = tags[slot];
  if (tag === undefined) throw new Error(`not a slot: ${slot}`);
  return tag;
}

function findTags(): string[] {
  const list: string[] = [];
  let missing = 16_384;
  for (let number = 0; missing > 0; number += 1) {
    const tag = number.toString(36);
    const slot = calculateSlot(tag);
    if (list[slot] !== undefined) continue;
    list[slot] = tag;
    missing -= 1;
  }
  return list;
}
