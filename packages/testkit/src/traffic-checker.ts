import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { eachSlot, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { tagOfSlot } from './fill-keys.ts';
import { createIoredisTrafficClient } from './ioredis-traffic-client.ts';
import { createLatencyHistogram, type LatencySummary } from './latency-histogram.ts';
import { NodeCallError, type ConnectionTarget } from './node-connection.ts';
import { listOf, RespError } from './resp.ts';
import { createTrafficClient, type Detours, type TrafficClient } from './traffic-client.ts';
import { waitUntil } from './wait-until.ts';
import { judgeValue, valueOf, type KeyRecord, type LostWrite } from './write-ledger.ts';

export type { LostWrite } from './write-ledger.ts';

export type TrafficOptions = {
  /** Where the clients learn the cluster: `host:port` texts or nodes. */
  readonly seeds?: readonly string[];
  readonly nodes?: readonly { readonly host: string; readonly port: number }[];
  readonly access?: Pick<ConnectionTarget, 'username' | 'password' | 'tls' | 'timeoutMs'>;
  /** 'own' counts every redirect; 'ioredis' is what applications use, and does not tell. Default 'own'. */
  readonly driver?: 'own' | 'ioredis';
  /** Clients that work at the same time, each on keys of its own. Default 8. */
  readonly clients?: number;
  /** Keys in all. Default 1000. */
  readonly keyspace?: number;
  /** Default `traffic`. */
  readonly keyPrefix?: string;
  /** Where the keys shall lie. Default: anywhere. */
  readonly slots?: SlotRanges;
  /** Share of reads, 0 to 1. Default 0.5. */
  readonly readRatio?: number;
  /** Share of the operations that use two keys of one slot at once (MSET, MGET): only those can meet TRYAGAIN. Default 0. */
  readonly pairRatio?: number;
  /** Default 100. */
  readonly valueBytes?: number;
  /** Milliseconds between an answer and the client's next command. Default 0: as fast as the servers answer. */
  readonly pauseMsBetween?: number;
  /**
   * What the traffic is meant to get through without trouble. With 'failover', errors do not spoil `isClean`: a killed node cannot
   * answer. Lost writes do in either case; they come with the time of their acknowledgement for judging asynchronous replication.
   * Default 'reshard'.
   */
  readonly survives?: 'reshard' | 'failover';
};

export type TrafficReport = {
  readonly seconds: number;
  readonly reads: number;
  /** Acknowledged commands, not keys: a pair counts once. */
  readonly writes: number;
  readonly redirects: { readonly moved: number; readonly ask: number };
  readonly tryAgain: number;
  /** Operations given up because TRYAGAIN did not end: two keys of which one does not exist wait until their slot has moved. */
  readonly abandoned: number;
  /** What an application would have seen, word for word → how often. */
  readonly errors: Readonly<Record<string, number>>;
  /** Writes whose fate is unknown, because the connection broke; their keys are not used again. */
  readonly doubtfulWrites: number;
  /** Reads during the run that found less than was acknowledged before. */
  readonly staleReads: readonly LostWrite[];
  readonly latencyMs: { readonly read: LatencySummary; readonly write: LatencySummary };
};

export type Verification = TrafficReport & {
  /** Keys with at least one acknowledged write; all were read again. */
  readonly keysChecked: number;
  /** The same number as `writes`, by the name it has in the promise "no acknowledged write is lost". */
  readonly acknowledged: number;
  readonly lost: readonly LostWrite[];
  /** Values that no client has sent, key → beginning of the value. */
  readonly foreign: Readonly<Record<string, string>>;
  readonly isClean: boolean;
};

export type Traffic = {
  /** Counts so far. */
  progress(): { readonly reads: number; readonly writes: number; readonly errors: number };
  /** Resolves when that many further writes are acknowledged. */
  waitForWrites(count: number, timeoutMs?: number): Promise<void>;
  /** Ends the clients after their present command. Calling it again gives the same report. */
  stop(): Promise<TrafficReport>;
  /** Stops, then reads every key. Call it when the cluster can answer; errors while verifying are thrown. */
  verify(): Promise<Verification>;
};

type KeyPair = { main: KeyRecord; twin: KeyRecord };

/** Keeps writing and reading until stopped, and knows at any time what a server has acknowledged. */
export async function startTraffic(options: TrafficOptions): Promise<Traffic> {
  const seeds = readSeeds(options);
  const clientCount = options.clients ?? 8;
  const detours: Detours = { moved: 0, ask: 0, tryAgain: 0 };
  const latency = { read: createLatencyHistogram(), write: createLatencyHistogram() };
  const errors = new Map<string, number>();
  const staleReads: LostWrite[] = [];
  const records: KeyRecord[] = [];
  const counts = { reads: 0, writes: 0, errors: 0, doubtful: 0, abandoned: 0 };
  const access = { timeoutMs: 5_000, ...options.access };
  const createClient = options.driver === 'ioredis' ? createIoredisTrafficClient : createTrafficClient;
  const clients = Array.from({ length: clientCount }, () => createClient({ seeds, access, detours }));
  const usesPairs = (options.pairRatio ?? 0) > 0;
  const nameKey = keyNamer(options);
  const startedAt = performance.now();
  let stoppedAt: number | null = null;

  function newPair(index: number, generation: number): KeyPair {
    const name = nameKey(index, generation);
    const pair = { main: newRecord(name), twin: newRecord(`${name}:twin`) };
    records.push(pair.main, pair.twin);
    return pair;
  }

  function noteError(error: unknown): void {
    if (error instanceof RespError && error.code === 'TRYAGAIN') {
      counts.abandoned += 1;
      return;
    }
    counts.errors += 1;
    const text = error instanceof Error ? error.message : String(error);
    // A storm of ever different texts must not fill the memory of a long run.
    const key = errors.has(text) || errors.size < 100 ? text : 'further kinds of errors';
    errors.set(key, (errors.get(key) ?? 0) + 1);
  }

  async function write(client: TrafficClient, keys: readonly KeyRecord[]): Promise<void> {
    const bytes = options.valueBytes ?? 100;
    const args = keys.flatMap((key) => [key.name, valueOf((key.attempted += 1), bytes)]);
    const first = keys[0]?.name ?? '';
    const started = performance.now();
    await client.execute(first, [keys.length === 1 ? 'SET' : 'MSET', ...args]);
    latency.write.record(performance.now() - started);
    counts.writes += 1;
    for (const key of keys) {
      key.acknowledged = key.attempted;
      key.acknowledgedAt = Date.now();
    }
  }

  async function read(client: TrafficClient, keys: readonly KeyRecord[]): Promise<void> {
    const started = performance.now();
    const names = keys.map((key) => key.name);
    const reply = await client.execute(names[0] ?? '', [keys.length === 1 ? 'GET' : 'MGET', ...names]);
    latency.read.record(performance.now() - started);
    counts.reads += 1;
    const values = keys.length === 1 ? [reply] : listOf(reply);
    for (const [index, key] of keys.entries()) {
      const judgement = judgeValue(key, values[index] ?? null);
      if (judgement.kind === 'lost') staleReads.push(judgement.lost);
    }
  }

  async function runClient(client: TrafficClient, pairs: KeyPair[], firstIndex: number): Promise<void> {
    for (let round = 0; stoppedAt === null && pairs.length > 0; round += 1) {
      const position = round % pairs.length;
      const pair = pairs[position];
      if (pair === undefined) return;
      // The first write makes both keys, so that a pair is two existing keys ever after.
      const isPair = Math.random() < (options.pairRatio ?? 0) || (usesPairs && pair.main.acknowledged === 0);
      const keys = isPair ? [pair.main, pair.twin] : [pair.main];
      const isRead = pair.main.acknowledged > 0 && Math.random() < (options.readRatio ?? 0.5);
      try {
        await (isRead ? read(client, keys) : write(client, keys));
      } catch (error) {
        noteError(error);
        if (!isRead && error instanceof NodeCallError) {
          // The server may still carry it out after a later write of the same key, so this key ends here.
          counts.doubtful += 1;
          pairs[position] = newPair(firstIndex + position * clientCount, round + 1);
        }
        // A cluster that refuses is not helped by thousands of further commands per second.
        await pause(10);
      }
      if ((options.pauseMsBetween ?? 0) > 0) await pause(options.pauseMsBetween);
      else if (round % 64 === 63) await turn();
    }
  }

  const keyspace = options.keyspace ?? 1_000;
  const loops = clients.map((client, clientIndex) => {
    const own = Math.ceil((keyspace - clientIndex) / clientCount);
    const pairs = Array.from({ length: Math.max(0, own) }, (_, position) =>
      newPair(clientIndex + position * clientCount, 0),
    );
    return runClient(client, pairs, clientIndex);
  });
  const allEnded = Promise.all(loops);

  function report(): TrafficReport {
    return {
      seconds: ((stoppedAt ?? performance.now()) - startedAt) / 1_000,
      reads: counts.reads,
      writes: counts.writes,
      redirects: { moved: detours.moved, ask: detours.ask },
      tryAgain: detours.tryAgain,
      abandoned: counts.abandoned,
      errors: Object.fromEntries(errors),
      doubtfulWrites: counts.doubtful,
      staleReads,
      latencyMs: { read: latency.read.summary(), write: latency.write.summary() },
    };
  }

  async function stop(): Promise<TrafficReport> {
    stoppedAt ??= performance.now();
    await allEnded;
    for (const client of clients) client.close();
    return report();
  }

  return {
    progress: () => ({ reads: counts.reads, writes: counts.writes, errors: counts.errors }),
    async waitForWrites(count, timeoutMs = 30_000) {
      const goal = counts.writes + count;
      await waitUntil(`${count} further writes`, () => counts.writes >= goal, { timeoutMs });
    },
    stop,
    async verify() {
      const ended = await stop();
      const reader = createTrafficClient({ seeds, access, detours: { moved: 0, ask: 0, tryAgain: 0 } });
      try {
        const found = await readBack(
          reader,
          records.filter((record) => record.attempted > 0),
        );
        const hasErrors = counts.errors > 0 && options.survives !== 'failover';
        const isClean =
          found.lost.length === 0 && staleReads.length === 0 && Object.keys(found.foreign).length === 0 && !hasErrors;
        return { ...ended, acknowledged: ended.writes, ...found, isClean };
      } finally {
        reader.close();
      }
    },
  };
}

async function readBack(
  reader: TrafficClient,
  records: readonly KeyRecord[],
): Promise<Pick<Verification, 'keysChecked' | 'lost' | 'foreign'>> {
  const lost: LostWrite[] = [];
  const foreign: Record<string, string> = {};
  let keysChecked = 0;
  const rest = records.values();
  const readSome = async (): Promise<void> => {
    for (const record of rest) {
      const judgement = judgeValue(record, await reader.execute(record.name, ['GET', record.name]));
      if (record.acknowledged > 0) keysChecked += 1;
      if (judgement.kind === 'lost') lost.push(judgement.lost);
      if (judgement.kind === 'foreign') foreign[record.name] = judgement.value;
    }
  };
  // Together they empty one iterator: behind a slow wire one reader alone would take minutes.
  await Promise.all(Array.from({ length: 16 }, readSome));
  return { keysChecked, lost, foreign };
}

function newRecord(name: string): KeyRecord {
  return { name, acknowledged: 0, acknowledgedAt: 0, attempted: 0 };
}

/** The braces keep a key and its twin in one slot. A generation above 0 replaces a key whose last write is in doubt. */
function keyNamer({ keyPrefix = 'traffic', slots }: TrafficOptions): (index: number, generation: number) => string {
  const tags = slots === undefined ? null : [...eachSlot(slots)].map(tagOfSlot);
  return (index, generation) => {
    const tag = tags === null ? `${keyPrefix}${index}` : (tags[index % tags.length] ?? '');
    return `${keyPrefix}:{${tag}}:${index}${generation === 0 ? '' : `:${generation}`}`;
  };
}

function readSeeds({ seeds = [], nodes = [] }: TrafficOptions): { host: string; port: number }[] {
  const read = seeds.map((seed) => {
    const colon = seed.lastIndexOf(':');
    return { host: seed.slice(0, colon), port: Number(seed.slice(colon + 1)) };
  });
  return [...read, ...nodes.map(({ host, port }) => ({ host, port }))];
}
