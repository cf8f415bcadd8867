import { createLogReader } from '@slotdeck/cluster/logs/read-log';
import { explainLogs } from '@slotdeck/cluster/explain/explain';
import { runCampaign, type Round } from './campaign.ts';
import { lineLike } from './log-lines.ts';
import type { SeededRandom } from './seeded-random.ts';

const LINES = 50_000;
const START = Date.UTC(2026, 2, 3);

/** Cut, repeat, swap, and bytes of any value: what a full disk, a broken pipe or a wrong file leave behind. */
function mangle(line: Buffer, random: SeededRandom): Buffer {
  const bytes = Buffer.from(line);
  for (let times = Math.floor(random.next() * 4); times > 0; times -= 1) {
    const at = Math.floor(random.next() * (bytes.length + 1));
    const what = random.next();
    if (what < 0.3 && at < bytes.length) bytes[at] = Math.floor(random.next() * 256);
    else if (what < 0.5)
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(' '.repeat(Math.floor(random.next() * 40)))]);
    else if (what < 0.7) return Buffer.concat([bytes.subarray(at), bytes]);
    else if (what < 0.75) return Buffer.concat(Array.from({ length: 200 }, () => bytes));
    else if (at < bytes.length) bytes.copy(bytes, at, 0, Math.min(12, bytes.length - at));
  }
  return bytes;
}

/** Mangled lines in pieces of any size: every line is counted as one thing or another, and what is made of them is a story. */
function fuzzRound({ random }: Round): Promise<string> {
  const reader = createLogReader({ name: 'mangled.log', until: START + 86_400_000 });
  let fed = 0;
  while (fed < LINES) {
    const batch = Array.from({ length: 200 }, (_, i) =>
      Buffer.concat([mangle(Buffer.from(lineLike(random, START + (fed + i) * 10, 0.8)), random), Buffer.from('\n')]),
    );
    const bytes = Buffer.concat(batch);
    for (let from = 0; from < bytes.length;) {
      const to = from + 1 + Math.floor(random.next() * 60_000);
      reader.push(bytes.subarray(from, to));
      from = to;
    }
    fed += batch.length;
  }
  const log = reader.end();
  const { counts } = log;
  const known = Object.values(counts.byClass).reduce((sum, count) => sum + count, 0);
  if (counts.lines < fed) throw new Error(`${counts.lines} of ${fed} lines were counted`);
  if (counts.entries + counts.other !== counts.lines) throw new Error(`lines are missing: ${JSON.stringify(counts)}`);
  if (known + counts.unknown !== counts.entries) throw new Error(`entries are missing: ${JSON.stringify(counts)}`);
  const { incidents } = explainLogs([log]);
  return Promise.resolve(
    `${counts.lines} lines: ${known} understood, ${counts.unknown} of other things, ${counts.other} without a header, ${counts.cut} cut; ${incidents.length} incidents`,
  );
}

/** A million lines in all. */
await runCampaign({ name: 'log-fuzz', runs: 20, round: fuzzRound });
