import { createLatencyHistogram, type LatencyHistogram, type LatencySummary } from './latency-histogram.ts';
import { openConnection, type NodeConnection } from './node-connection.ts';

/**
 * The process that `wait-probe.ts` starts: what clients of some nodes wait, measured where nothing else keeps the event loop busy.
 * Commands leave at fixed times, whether the one before was answered or not: a client that waits politely would send few commands
 * while a node stands still, and so hardly see it.
 */
export interface ProbeOrder {
  readonly nodes: readonly { readonly host: string; readonly port: number; readonly key: string }[];
  readonly everyMs: number;
  readonly windowMs: number;
}

/** Said by the parent. `load`: so many further clients, each with its next SET as soon as the last is answered. */
export type ProbeRequest =
  | { readonly ask: 'begin'; readonly order: ProbeOrder }
  | { readonly ask: 'load'; readonly clients: number }
  | { readonly ask: 'report' };

/** Milliseconds since the probe began. */
export interface WaitWindow {
  readonly atMs: number;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface WaitReport {
  readonly waits: LatencySummary;
  readonly windows: readonly WaitWindow[];
  readonly loadCommands: number;
  readonly errors: Readonly<Record<string, number>>;
}

const errors = new Map<string, number>();
const windows: WaitWindow[] = [];
let all: LatencyHistogram = createLatencyHistogram();
let windowed: LatencyHistogram = createLatencyHistogram();
let begun = 0;
let windowAt = 0;
let loadCommands = 0;
let loaders: { readonly connection: NodeConnection; isOver: boolean }[] = [];
let order: ProbeOrder = { nodes: [], everyMs: 2, windowMs: 100 };

function fail(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  errors.set(text, (errors.get(text) ?? 0) + 1);
}

function begin(given: ProbeOrder): void {
  order = given;
  begun = performance.now();
  const connections = order.nodes.map(({ host, port, key }) => ({ connection: openConnection({ host, port }), key }));
  let turn = 0;
  let due = begun;
  const tick = (): void => {
    const now = performance.now();
    for (; due <= now; due += order.everyMs) {
      turn += 1;
      for (const { connection, key } of connections) {
        const start = performance.now();
        const reply = turn % 2 === 0 ? connection.call('SET', key, 'v') : connection.call('GET', key);
        reply.then(() => {
          const ms = performance.now() - start;
          all.record(ms);
          windowed.record(ms);
        }, fail);
      }
    }
    if (now - begun - windowAt >= order.windowMs) closeWindow(now - begun);
    setTimeout(tick, 1);
  };
  tick();
}

function closeWindow(at: number): void {
  const { count, p50, p99, max } = windowed.summary();
  windows.push({ atMs: Math.round(windowAt), count, p50, p99, max });
  windowed = createLatencyHistogram();
  windowAt = at;
}

async function load(connection: NodeConnection, key: string, state: { isOver: boolean }): Promise<void> {
  while (!state.isOver) {
    await connection.call('SET', key, 'v').catch(fail);
    loadCommands += 1;
  }
  connection.close();
}

function setLoad(clients: number): void {
  for (const each of loaders) each.isOver = true;
  loaders = [];
  for (let at = 0; at < clients; at += 1) {
    const node = order.nodes[at % order.nodes.length];
    if (node === undefined) return;
    const loader = { connection: openConnection(node), isOver: false };
    loaders.push(loader);
    void load(loader.connection, node.key, loader);
  }
}

function report(): WaitReport {
  const summary = all.summary();
  all = createLatencyHistogram();
  return { waits: summary, windows: windows.splice(0), loadCommands, errors: Object.fromEntries(errors) };
}

// The parent is the only one who speaks here, and it is typed.
process.on('message', (message) => {
  const request = message as ProbeRequest;
  if (request.ask === 'begin') begin(request.order);
  else if (request.ask === 'load') setLoad(request.clients);
  else process.send?.(report());
});
process.on('disconnect', () => process.exit(0));
