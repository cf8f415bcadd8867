import { setTimeout as pause } from 'node:timers/promises';
import type { Incident, IncidentKind } from '@slotdeck/model/incident';
import type { BusMesh } from '@slotdeck/testkit/bus-mesh';
import type { RealCluster, RealNode } from '@slotdeck/testkit/real-cluster';
import { textOf } from '@slotdeck/testkit/resp';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import type { SeededRandom } from './seeded-random.ts';

/** What was done to a cluster, and so what has to be told of it. */
export interface Truth {
  readonly fault: FaultName;
  readonly from: number;
  readonly to: number;
  /** Null: nothing may be told, since the nodes noticed nothing. */
  readonly kind: IncidentKind | null;
  /** Part by node id; parts that are not named here are not judged. */
  readonly nodes: readonly { readonly node: string; readonly part: Incident['nodes'][number]['part'] }[];
  readonly epoch: number | null;
}

export interface FaultStage {
  readonly cluster: RealCluster;
  readonly mesh: BusMesh;
  readonly random: SeededRandom;
  readonly hasReplicasToSpare: boolean;
  readonly keepsKeys: boolean;
  readonly nodeTimeoutMs: number;
  /** Ids of the nodes that faults have hit so far. */
  readonly hit: string[];
}

export const faultNames = [
  'kill-primary',
  'hang-primary',
  'stop-primary',
  'manual-failover',
  'forced-failover',
  'takeover',
  'kill-replica',
  'hang-replica',
  'cut-off-primary',
  'cut-off-replica',
  'short-hang',
  'quick-restart',
  'kill-shard',
  'replica-migrates',
  'replica-flaps',
  'kill-majority',
] as const;
export type FaultName = (typeof faultNames)[number];

type Outcome = Pick<Truth, 'kind' | 'nodes' | 'epoch'>;
type Fault = (stage: FaultStage) => Promise<Outcome>;

/** Does it, waits until the cluster is whole again, and says what happened. */
export async function commitFault(fault: FaultName, stage: FaultStage): Promise<Truth> {
  const { cluster } = stage;
  await cluster.waitForAgreement(60_000);
  await cluster.refreshRoles();
  // Lines of one fault are not to be taken for those of the next.
  await pause(1_500);
  const from = Date.now();
  const outcome = await faults[fault](stage);
  const to = Date.now();
  await cluster.waitForAgreement(60_000);
  await pause(1_500);
  return { fault, from, to, ...outcome };
}

const faults: Readonly<Record<FaultName, Fault>> = {
  'kill-primary': (stage) =>
    replaced(stage, 'failover-automatic', async (victim) => {
      await victim.kill();
      return () => victim.start();
    }),
  'stop-primary': (stage) =>
    replaced(stage, 'failover-automatic', async (victim) => {
      await victim.stop();
      return () => victim.start();
    }),
  'hang-primary': (stage) =>
    replaced(stage, 'failover-automatic', (victim) => {
      victim.pause();
      return Promise.resolve(() => Promise.resolve(victim.resume()));
    }),
  'cut-off-primary': (stage) =>
    replaced(
      stage,
      'partition',
      (victim) => {
        stage.mesh.separate([victim], others(stage.cluster, victim));
        return Promise.resolve(() => Promise.resolve(stage.mesh.heal()));
      },
      'isolated',
    ),
  'manual-failover': (stage) => asked(stage, 'failover-manual', []),
  'forced-failover': (stage) => asked(stage, 'failover-forced', ['FORCE']),
  takeover: (stage) => asked(stage, 'failover-takeover', ['TAKEOVER']),
  'kill-replica': (stage) =>
    lost(stage, async (victim) => {
      await victim.kill();
      return () => victim.start();
    }),
  'hang-replica': (stage) =>
    lost(stage, (victim) => {
      victim.pause();
      return Promise.resolve(() => Promise.resolve(victim.resume()));
    }),
  'cut-off-replica': (stage) =>
    lost(
      stage,
      (victim) => {
        stage.mesh.separate([victim], others(stage.cluster, victim));
        return Promise.resolve(() => Promise.resolve(stage.mesh.heal()));
      },
      'partition',
    ),
  async 'short-hang'(stage) {
    const victim = pick(stage, stage.cluster.nodes);
    victim.pause();
    await pause(stage.nodeTimeoutMs / 3);
    victim.resume();
    return { kind: null, nodes: [], epoch: null };
  },
  async 'quick-restart'(stage) {
    const victim = pick(stage, stage.cluster.primaries());
    await victim.kill();
    await victim.start();
    const kind = stage.keepsKeys ? 'node-restarted' : 'node-restarted-empty';
    return { kind, nodes: [{ node: victim.id, part: 'subject' }], epoch: null };
  },
  async 'kill-shard'(stage) {
    const victim = pick(stage, stage.cluster.primaries());
    const replicas = await replicasOf(stage.cluster, victim);
    for (const node of replicas) await node.kill();
    stage.hit.push(...replicas.map(({ id }) => id));
    await victim.kill();
    await knownFailed(stage.cluster, victim);
    await victim.start();
    for (const node of replicas) await node.start();
    await stage.cluster.waitForAgreement(90_000);
    return { kind: 'primary-lost', nodes: [{ node: victim.id, part: 'lost' }], epoch: null };
  },
  async 'replica-migrates'(stage) {
    const orphan = pick(stage, stage.cluster.primaries());
    const replicas = await replicasOf(stage.cluster, orphan);
    for (const node of replicas) await node.kill();
    stage.hit.push(...replicas.map(({ id }) => id));
    const mover = await waitUntil(
      'a replica to move to the orphan',
      async () => (await replicasOf(stage.cluster, orphan)).find((node) => !replicas.includes(node)) ?? null,
      { timeoutMs: 60_000 },
    );
    for (const node of replicas) await node.start();
    return { kind: 'replica-migrated', nodes: [{ node: mover.id, part: 'subject' }], epoch: null };
  },
  async 'kill-majority'(stage) {
    const primaries = stage.cluster.primaries();
    const victims = primaries.slice(0, Math.floor(primaries.length / 2) + 1);
    const survivors = primaries.slice(victims.length);
    await Promise.all(victims.map((victim) => victim.kill()));
    await waitUntil(
      'the survivors to stop serving',
      async () => {
        const infos = await Promise.all(survivors.map((node) => node.call('CLUSTER', 'INFO')));
        return infos.every((info) => textOf(info).includes('cluster_state:fail'));
      },
      { timeoutMs: 30_000 },
    );
    await Promise.all(victims.map((victim) => victim.start()));
    return { kind: 'cluster-down', nodes: survivors.map(({ id }) => ({ node: id, part: 'subject' })), epoch: null };
  },
  async 'replica-flaps'(stage) {
    const victim = pick(stage, stage.cluster.replicas());
    for (let times = 0; times < 4; times += 1) {
      victim.pause();
      await knownFailed(stage.cluster, victim);
      victim.resume();
      await knownWell(stage.cluster, victim);
      await pause(1_500);
    }
    return { kind: 'node-flapping', nodes: [{ node: victim.id, part: 'subject' }], epoch: null };
  },
};

/** Another node each time as long as there is one: a node that is hit again and again flaps, and that is a fault of its own. */
function pick(stage: FaultStage, nodes: readonly RealNode[]): RealNode {
  const fresh = nodes.filter((node) => !stage.hit.includes(node.id));
  const choice = fresh.length > 0 ? fresh : nodes;
  const node = choice[Math.floor(stage.random.between(0, choice.length))];
  if (node === undefined) throw new Error('nobody to pick from');
  stage.hit.push(node.id);
  return node;
}

const others = (cluster: RealCluster, node: RealNode): RealNode[] => cluster.nodes.filter((each) => each !== node);

async function replicasOf(cluster: RealCluster, primary: RealNode): Promise<RealNode[]> {
  const rows = await cluster.table(primary);
  return rows.filter((row) => row.primaryId === primary.id).map((row) => cluster.nodeById(row.id));
}

async function replaced(
  stage: FaultStage,
  kind: IncidentKind,
  strike: (victim: RealNode) => Promise<() => Promise<void>>,
  part: 'old-primary' | 'isolated' = 'old-primary',
): Promise<Outcome> {
  const victim = pick(stage, stage.cluster.primaries());
  const heirs = (await replicasOf(stage.cluster, victim)).map(({ id }) => id);
  const mend = await strike(victim);
  const heir = await waitUntil(
    'a replica to take its place',
    async () => {
      const rows = await stage.cluster.table(witness(stage.cluster, victim));
      return rows.find((row) => heirs.includes(row.id) && row.role === 'primary' && row.slots.length > 0) ?? null;
    },
    { timeoutMs: 60_000 },
  );
  await pause(stage.random.between(500, 2_500));
  await mend();
  const nodes = [
    { node: victim.id, part },
    { node: heir.id, part: 'new-primary' as const },
  ];
  return { kind, nodes, epoch: heir.configEpoch };
}

/** A primary that can be asked while this one cannot. */
function witness(cluster: RealCluster, victim: RealNode): RealNode {
  const node = cluster.primaries().find((each) => each !== victim && each.isRunning && !each.isPaused);
  if (node === undefined) throw new Error('no primary is left to be asked');
  return node;
}

async function asked(stage: FaultStage, kind: IncidentKind, how: readonly string[]): Promise<Outcome> {
  const primary = pick(stage, stage.cluster.primaries());
  const replica = pick(stage, await replicasOf(stage.cluster, primary));
  await replica.call('CLUSTER', 'FAILOVER', ...how);
  const row = await waitUntil(
    'the replica to be the primary',
    async () => {
      const rows = await stage.cluster.table(primary);
      return rows.find(({ id, role, slots }) => id === replica.id && role === 'primary' && slots.length > 0) ?? null;
    },
    { timeoutMs: 30_000 },
  );
  const nodes = [
    { node: primary.id, part: 'old-primary' as const },
    { node: replica.id, part: 'new-primary' as const },
  ];
  return { kind, nodes, epoch: row.configEpoch };
}

async function lost(
  stage: FaultStage,
  strike: (victim: RealNode) => Promise<() => Promise<void>>,
  kind: IncidentKind = 'replica-lost',
): Promise<Outcome> {
  const victim = pick(stage, stage.cluster.replicas());
  const mend = await strike(victim);
  await knownFailed(stage.cluster, victim);
  await pause(stage.random.between(500, 2_500));
  await mend();
  await knownWell(stage.cluster, victim);
  return { kind, nodes: [{ node: victim.id, part: kind === 'partition' ? 'isolated' : 'lost' }], epoch: null };
}

async function knownFailed(cluster: RealCluster, node: RealNode): Promise<void> {
  await waitUntil(
    'the others to declare the node failed',
    async () => (await cluster.table(witness(cluster, node))).find(({ id }) => id === node.id)?.health === 'failed',
    { timeoutMs: 60_000 },
  );
}

async function knownWell(cluster: RealCluster, node: RealNode): Promise<void> {
  await waitUntil(
    'everybody to take the node back',
    async () => {
      const running = cluster.nodes.filter((each) => each.isRunning && each !== node);
      const tables = await Promise.all(running.map((each) => cluster.table(each)));
      return tables.every((rows) => rows.find(({ id }) => id === node.id)?.health === 'ok');
    },
    { timeoutMs: 60_000 },
  );
}
