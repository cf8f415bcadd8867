import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { createLogReader } from '@slotdeck/cluster/logs/read-log';
import { lineLike } from '../soak/log-lines.ts';
import { seededRandom } from '../soak/seeded-random.ts';

/**
 * How fast a large log is read, and with how much memory: lines of all versions and forms, a part of them about the cluster. Beside it
 * what Node needs to do no more than cut the same file into lines.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    megabytes: { type: 'string', default: '200' },
    cluster: { type: 'string', default: '0.3' },
    runs: { type: 'string', default: '3' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'slotdeck-bench-logs-'));
const path = join(folder, 'server.log');

async function writeLog(): Promise<void> {
  const random = seededRandom(1);
  const start = Date.UTC(2026, 2, 3);
  // Lines are made once and repeated: making them is not what is measured.
  const block = Buffer.from(
    Array.from({ length: 40_000 }, (_, i) => `${lineLike(random, start + i * 20, Number(values.cluster))}\n`).join(''),
  );
  const file = createWriteStream(path);
  for (let written = 0; written < Number(values.megabytes) * 1e6; written += block.length)
    if (!file.write(block)) await once(file, 'drain');
  file.end();
  await once(file, 'close');
}

async function ours(): Promise<{ ms: number; lines: number; peakMb: number }> {
  const started = performance.now();
  const before = process.memoryUsage().rss;
  let peak = before;
  const reader = createLogReader({ name: 'server.log', until: Date.now() });
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    reader.push(chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk)));
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  const { counts } = reader.end();
  return { ms: performance.now() - started, lines: counts.lines, peakMb: (peak - before) / 1e6 };
}

async function linesOnly(): Promise<number> {
  const started = performance.now();
  let lines = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) lines += line.length > 0 ? 1 : 0;
  return performance.now() - started;
}

try {
  await writeLog();
  const megabytes = statSync(path).size / 1e6;
  const results = [];
  for (let run = 0; run < Number(values.runs); run += 1)
    results.push({ ours: await ours(), linesOnlyMs: await linesOnly() });
  const middle = results.sort((a, b) => a.ours.ms - b.ours.ms)[Math.floor(results.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  const told = {
    megabytes: Math.round(megabytes),
    lines: middle.ours.lines,
    megabytesPerSecond: Math.round((megabytes / middle.ours.ms) * 1_000),
    linesOnlyMegabytesPerSecond: Math.round((megabytes / middle.linesOnlyMs) * 1_000),
    ratio: Number((middle.linesOnlyMs / middle.ours.ms).toFixed(2)),
    memoryMb: Math.round(middle.ours.peakMb),
  };
  if (values.json) console.log(JSON.stringify(told));
  else
    console.log(
      `${told.megabytes} MB, ${told.lines} lines: ${told.megabytesPerSecond} MB/s; cutting it into lines with node:readline alone ${told.linesOnlyMegabytesPerSecond} MB/s (${told.ratio}×); ${told.memoryMb} MB of memory more than before`,
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
