import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Pace } from '@slotdeck/model/pace';
import { SlotDriver } from '@slotdeck/model/plan';
import { tagOfSlot } from '@slotdeck/testkit/fill-keys';
import type { LatencySummary } from '@slotdeck/testkit/latency-histogram';
import { startCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { serverNames } from '@slotdeck/testkit/server-binaries';
import { startWaitProbe, type WaitWindow } from '@slotdeck/testkit/wait-probe';
import { moveOnce } from './stage/move-once.ts';
import { drawGentle, type RatePoint } from './stage/draw-gentle.ts';

/**
 * What clients wait because of a move that has a budget: at rest, under a load of their own, while slots with large values move, and
 * while they move under that load, which begins and ends in the middle. The plot shows the pace beside what clients waited.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    server: { type: 'string', default: 'redis-7.0' },
    slots: { type: 'string', default: '1000' },
    keys: { type: 'string', default: '40' },
    bytes: { type: 'string', default: '10000' },
    pace: { type: 'string', default: '5ms' },
    clients: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '6' },
    plot: { type: 'string', default: 'bench/plots/gentle.svg' },
  },
});

type Phase = 'rest' | 'load alone' | 'move alone' | 'move under load' | 'move alone again';
type Told = { readonly phase: Phase; readonly fromMs: number; readonly toMs: number; readonly waits: LatencySummary };

const pace = Pace.parse(values.pace);
const seconds = Number(values.seconds) * 1_000;

async function main(): Promise<void> {
  const server = serverNames.find((each) => each === values.server) ?? 'redis-7.0';
  const cluster = await startCluster({ server, primaries: 3, replicasPerPrimary: 1, nodeTimeoutMs: 15_000 });
  try {
    const count = Number(values.slots);
    await cluster.fillKeys({
      count: count * Number(values.keys),
      valueBytes: Number(values.bytes),
      slots: [[0, count - 1]],
    });
    const [a, b] = cluster.primaries();
    if (a === undefined || b === undefined) throw new Error('the cluster has fewer than two primaries');
    const probe = await startWaitProbe({
      nodes: [a, b].map((node, at) => ({
        host: node.host,
        port: node.port,
        key: `{${tagOfSlot(at === 0 ? 5_000 : 10_000)}}probe`,
      })),
    });
    const start = performance.now();
    const told: Told[] = [];
    const windows: WaitWindow[] = [];
    const rates: RatePoint[] = [];
    async function during(phase: Phase, ms: number): Promise<void> {
      const fromMs = performance.now() - start;
      await setTimeout(ms);
      const report = await probe.report();
      if (Object.keys(report.errors).length > 0)
        throw new Error(`clients met errors: ${JSON.stringify(report.errors)}`);
      windows.push(...report.windows);
      told.push({ phase, fromMs, toMs: performance.now() - start, waits: report.waits });
    }
    try {
      await setTimeout(1_000);
      await probe.report();
      await during('rest', seconds);
      probe.load(Number(values.clients));
      await during('load alone', seconds);
      probe.load(0);
      const moving = keepMoving([a, b], start, rates);
      await during('move alone', seconds);
      probe.load(Number(values.clients));
      await during('move under load', seconds);
      probe.load(0);
      await during('move alone again', seconds);
      await moving.end();
    } finally {
      await probe.close();
    }
    print(server, told, windows, rates);
  } finally {
    await cluster.shutdown();
  }

  /** There and back for as long as it is wanted; what is under way is finished. */
  function keepMoving([a, b]: [RealNode, RealNode], start: number, rates: RatePoint[]): { end(): Promise<void> } {
    let isOver = false;
    let before = 0;
    let keys = 0;
    const run = async (): Promise<void> => {
      for (let ends: [RealNode, RealNode] = [a, b]; !isOver; ends = [ends[1], ends[0]]) {
        await moveOnce({
          cluster,
          addressOf: ({ host, port }) => ({ host, port }),
          move: { from: ends[0], to: ends[1], slots: `0-${Number(values.slots) - 1}` },
          // Asked for the end, what is left is carried as quickly as it goes.
          pace: () => (isOver ? 'fast' : pace),
          driver: SlotDriver.parse('classic'),
          onProgress({ keysMoved, pacing }) {
            keys += Math.max(0, keysMoved - before);
            before = keysMoved;
            rates.push({ atMs: performance.now() - start, keys, share: pacing?.share ?? 1 });
          },
        });
        await cluster.waitForAgreement();
      }
    };
    const running = run();
    running.catch(() => 'awaited at the end');
    return {
      async end() {
        isOver = true;
        await running;
      },
    };
  }
}

/** Keys per second over windows of 250 ms. */
function speedsOf(rates: readonly RatePoint[]): { atMs: number; perSecond: number }[] {
  const speeds: { atMs: number; perSecond: number }[] = [];
  const first = rates[0];
  const last = rates.at(-1);
  if (first === undefined || last === undefined) return speeds;
  const keysAt = (ms: number): number => rates.findLast(({ atMs }) => atMs <= ms)?.keys ?? 0;
  for (let at = first.atMs + 250; at <= last.atMs; at += 250)
    speeds.push({ atMs: at, perSecond: (keysAt(at) - keysAt(at - 250)) * 4 });
  return speeds;
}

/**
 * Milliseconds from a change of the load until the speed has come to what it is in the second half of that phase: the first second of
 * which the mean is within a fifth of that.
 */
function adaptedAfter(told: readonly Told[], phase: Phase, speeds: ReturnType<typeof speedsOf>): number | null {
  const spell = told.find((each) => each.phase === phase);
  if (spell === undefined) return null;
  const mean = (from: number, to: number): number => {
    const some = speeds.filter(({ atMs }) => atMs > from && atMs <= to);
    return some.reduce((sum, { perSecond }) => sum + perSecond, 0) / Math.max(1, some.length);
  };
  const settled = mean((spell.fromMs + spell.toMs) / 2, spell.toMs);
  for (let at = spell.fromMs; at + 1_000 <= spell.toMs; at += 250) {
    if (Math.abs(mean(at, at + 1_000) - settled) <= settled * 0.2) return at - spell.fromMs;
  }
  return null;
}

function print(
  server: string,
  told: readonly Told[],
  windows: readonly WaitWindow[],
  rates: readonly RatePoint[],
): void {
  const speeds = speedsOf(rates);
  const of = (phase: Phase): LatencySummary | undefined => told.find((each) => each.phase === phase)?.waits;
  const added = (phase: Phase, quiet: Phase): number => round((of(phase)?.p999 ?? 0) - (of(quiet)?.p999 ?? 0));
  const result = {
    server,
    pace,
    valueBytes: Number(values.bytes),
    keysMoved: rates.at(-1)?.keys ?? 0,
    phases: told.map(({ phase, waits, fromMs, toMs }) => ({
      phase,
      commands: waits.count,
      p50: round(waits.p50),
      p99: round(waits.p99),
      p999: round(waits.p999),
      max: round(waits.max),
      keysPerSecond: Math.round(
        speeds
          .filter(({ atMs }) => atMs > fromMs && atMs <= toMs)
          .reduce((sum, { perSecond }) => sum + perSecond / 4, 0) /
          ((toMs - fromMs) / 1_000),
      ),
    })),
    addedP999Ms: { alone: added('move alone', 'rest'), underLoad: added('move under load', 'load alone') },
    adaptedAfterMs: {
      begins: adaptedAfter(told, 'move under load', speeds),
      ends: adaptedAfter(told, 'move alone again', speeds),
    },
  };
  mkdirSync(dirname(values.plot), { recursive: true });
  writeFileSync(values.plot, drawGentle({ phases: told, windows, speeds, pace }));
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ bench: 'gentle', ...result, plot: values.plot })}\n`);
    return;
  }
  process.stdout.write(`${server}: values of ${values.bytes} bytes, pace ${pace}, plot in ${values.plot}\n`);
  for (const { phase, p50, p99, p999, max, keysPerSecond } of result.phases)
    process.stdout.write(
      `${phase.padEnd(17)} clients wait p50 ${p50} · p99 ${p99} · p99.9 ${p999} · longest ${max} ms; ${keysPerSecond} keys/s moved\n`,
    );
  const { addedP999Ms, adaptedAfterMs } = result;
  process.stdout.write(
    `added to the p99.9: ${addedP999Ms.alone} ms alone, ${addedP999Ms.underLoad} ms under load; speed adapted ${adaptedAfterMs.begins ?? 'not'} ms after the load began, ${adaptedAfterMs.ends ?? 'not'} ms after it ended\n`,
  );
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}

await main();
