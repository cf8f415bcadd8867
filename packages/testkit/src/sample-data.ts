import calculateSlot from 'cluster-key-slot';
import type { CommandArgs } from './node-connection.ts';
import { RespError, type RespValue } from './resp.ts';

type Owner = { pipeline(commands: readonly CommandArgs[]): Promise<RespValue[]> };

const batchSize = 500;
const day = 86_400;

/**
 * Keys as a shop's cluster might hold them: every common type, sizes from bytes to some hundred kilobytes, a part of them with a
 * time to live. The same number gives the same keys. Returns how many keys were written.
 */
export async function writeSampleData(keys: number, ownerOf: (slot: number) => Owner): Promise<number> {
  const byOwner = new Map<Owner, CommandArgs[]>();
  for (let index = 0; index < keys; index += 1) {
    for (const command of sampleCommands(index)) {
      const owner = ownerOf(calculateSlot(String(command[1])));
      const list = byOwner.get(owner);
      if (list === undefined) byOwner.set(owner, [command]);
      else list.push(command);
    }
  }
  await Promise.all([...byOwner].map(([owner, commands]) => send(owner, commands)));
  return keys;
}

async function send(owner: Owner, commands: readonly CommandArgs[]): Promise<void> {
  for (let start = 0; start < commands.length; start += batchSize) {
    const replies = await owner.pipeline(commands.slice(start, start + batchSize));
    const refusal = replies.find((reply) => reply instanceof RespError);
    if (refusal instanceof RespError) throw refusal;
  }
}

/** The commands that make key number `index`: one, or two where the type takes its time to live separately. */
function sampleCommands(index: number): CommandArgs[] {
  const text = (bytes: number): string => `${index}:`.padEnd(bytes, 'abcdefghijklmnopqrstuvwxyz');
  switch (index % 10) {
    case 0:
    case 1:
    case 2:
      return [['SET', `session:${index}`, text(180), 'EX', String(day + (index % 3_600))]];
    case 3:
    case 4:
      return [['SET', `page:${index}`, text(900 + (index % 7) * 300)]];
    case 5:
      return [
        [
          'HSET',
          `user:${index}`,
          'name',
          `user ${index}`,
          'mail',
          `user${index}@example.org`,
          'visits',
          String(index % 97),
        ],
      ];
    case 6:
      return [
        ['RPUSH', `cart:${index}`, ...Array.from({ length: 1 + (index % 12) }, (_, item) => `item:${index + item}`)],
      ];
    case 7: {
      const key = `board:${index}`;
      const scores = Array.from({ length: 1 + (index % 20) }, (_, place) => [
        String(place * 7),
        `player:${index + place}`,
      ]);
      return [['ZADD', key, ...scores.flat()]];
    }
    case 8:
      return [
        ['SADD', `tags:${index}`, ...Array.from({ length: 1 + (index % 6) }, (_, tag) => `tag-${(index + tag) % 50}`)],
        ['EXPIRE', `tags:${index}`, String(7 * day)],
      ];
    default:
      // A few large values, as every real cluster has them.
      return [['SET', `document:${index}`, text(index % 1_000 === 9 ? 250_000 : 4_000)]];
  }
}
