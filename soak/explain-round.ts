import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainLogs } from '@slotdeck/cluster/explain/explain';
import { createLogReader } from '@slotdeck/cluster/logs/read-log';
import type { Incident, IncidentKind } from '@slotdeck/model/incident';
import { meshBus } from '@slotdeck/testkit/bus-mesh';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import type { Round } from './campaign.ts';
import { commitFault, faultNames, type FaultName, type FaultStage, type Truth } from './log-faults.ts';

const SHAPES = [
  { primaries: 3, replicasPerPrimary: 1 },
  { primaries: 3, replicasPerPrimary: 2 },
  { primaries: 5, replicasPerPrimary: 1 },
] as const;
/** With the usual `--slots 2000` a round has six faults. */
const SLOTS_PER_FAULT = 333;
const NODE_TIMEOUT_MS = 1_500;
/** Clocks of logs that are judged by messages may be off by this much. */
const EARLY_MS = 200;

/** Incidents that a fault brings along besides its own. */
const ALONG: Readonly<Partial<Record<FaultName, readonly IncidentKind[]>>> = {
  'kill-shard': ['replica-lost'],
  'replica-migrates': ['replica-lost', 'replica-migrated'],
  'kill-majority': ['node-restarted', 'node-restarted-empty'],
};

/**
 * Faults of known kind on a real cluster, one after the other; then what the logs of its nodes, and nothing else, tell of them is
 * compared with what was done. Of an incident its kind, its nodes and its epoch have to be right, and nothing may be told that
 * did not happen.
 */
export async function explainRound({ seed, random, server, slots, say }: Round): Promise<string> {
  const shape = SHAPES[seed % SHAPES.length] ?? SHAPES[0];
  const keepsKeys = random.next() < 0.5;
  const cluster = await startCluster({
    server,
    ...shape,
    nodeTimeoutMs: NODE_TIMEOUT_MS,
    requireFullCoverage: random.next() < 0.5,
    persistence: keepsKeys ? 'aof' : 'none',
    config: { loglevel: random.pick(['notice', 'notice', 'verbose']) },
  });
  try {
    const mesh = await meshBus(cluster);
    try {
      await cluster.fillKeys({ count: 500, valueBytes: 20 });
      const hasReplicasToSpare = shape.replicasPerPrimary > 1;
      const stage: FaultStage = {
        cluster,
        mesh,
        random,
        hasReplicasToSpare,
        keepsKeys,
        nodeTimeoutMs: NODE_TIMEOUT_MS,
        hit: [],
      };
      const possible = faultNames.filter((name) => isPossible(name, stage));
      const truths: Truth[] = [];
      for (let i = 0; i < Math.max(1, Math.round(slots / SLOTS_PER_FAULT)); i += 1) {
        const now = possible.filter((name) => !OF_REPLICAS.has(name) || hasFreshReplica(stage));
        const fault = now[Math.floor(random.between(0, now.length))] ?? 'kill-primary';
        say(fault);
        truths.push(await commitFault(fault, stage));
      }
      const logs = await readLogs(cluster);
      const { incidents } = explainLogs(logs);
      const wrong = judge(truths, incidents);
      if (wrong.length > 0) throw new Error(`${await keep(cluster, seed, truths)}\n${wrong.join('\n')}`);
      return `${truths.length} faults told rightly: ${truths.map(({ fault }) => fault).join(', ')}`;
    } finally {
      await mesh.close();
    }
  } finally {
    await cluster.shutdown();
  }
}

/** A replica that is lost a third time flaps, whatever was meant. */
const OF_REPLICAS: ReadonlySet<FaultName> = new Set([
  'kill-replica',
  'hang-replica',
  'cut-off-replica',
  'replica-flaps',
]);
const hasFreshReplica = ({ cluster, hit }: FaultStage): boolean =>
  cluster.replicas().some(({ id }) => !hit.includes(id));

function isPossible(name: FaultName, { hasReplicasToSpare, keepsKeys }: FaultStage): boolean {
  if (name === 'replica-migrates') return hasReplicasToSpare;
  // A replica would follow a shard with a spare one before its own is dead; and a shard without its keys comes back empty.
  if (name === 'kill-shard') return !hasReplicasToSpare && keepsKeys;
  return true;
}

function readLogs(cluster: RealCluster): Promise<ReturnType<ReturnType<typeof createLogReader>['end']>[]> {
  return Promise.all(
    cluster.nodes.map(async (node) => {
      const reader = createLogReader({ name: `${node.port}.log`, until: Date.now() });
      reader.push(await readFile(node.logFile));
      return reader.end();
    }),
  );
}

function judge(truths: readonly Truth[], incidents: readonly Incident[]): string[] {
  const wrong: string[] = [];
  const told = new Set<Incident>();
  const first = truths[0]?.from ?? 0;
  for (const [i, truth] of truths.entries()) {
    const end = truths[i + 1]?.from ?? Number.POSITIVE_INFINITY;
    const near = incidents.filter(({ from }) => from >= truth.from - EARLY_MS && from < end - EARLY_MS);
    const own = truth.kind === null ? undefined : near.find(({ kind }) => kind === truth.kind);
    const along = ALONG[truth.fault] ?? [];
    for (const each of near) if (each === own || along.includes(each.kind)) told.add(each);
    if (truth.kind === null) continue;
    if (own === undefined) {
      wrong.push(`${truth.fault}: not told as ${truth.kind}, but ${near.map(describe).join('; ') || 'not at all'}`);
      continue;
    }
    if (truth.epoch !== null && own.epoch !== truth.epoch)
      wrong.push(`${truth.fault}: epoch ${own.epoch} instead of ${truth.epoch}`);
    for (const { node, part } of truth.nodes)
      if (!own.nodes.some((each) => each.node === node && each.part === part))
        wrong.push(`${truth.fault}: ${node.slice(0, 8)} is not ${part} in ${describe(own)}`);
  }
  for (const incident of incidents)
    if (incident.from >= first && !told.has(incident)) wrong.push(`told and not done: ${describe(incident)}`);
  return wrong;
}

function describe({ kind, from, epoch, nodes }: Incident): string {
  const parts = nodes.map(({ node, part }) => `${part} ${node.slice(0, 8)}`).join(', ');
  return `${kind} at ${new Date(from).toISOString()} epoch ${epoch} (${parts})`;
}

/** The logs of a failed round are worth reading. */
async function keep(cluster: RealCluster, seed: number, truths: readonly Truth[]): Promise<string> {
  const folder = join(tmpdir(), `slotdeck-explain-${cluster.server.name}-${seed}`);
  await mkdir(folder, { recursive: true });
  for (const node of cluster.nodes) await writeFile(join(folder, `${node.port}.log`), await readFile(node.logFile));
  await writeFile(join(folder, 'truth.json'), JSON.stringify(truths, null, 1));
  return `logs kept in ${folder}`;
}
