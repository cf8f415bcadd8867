import { startCluster, type ClusterShape, type CliResult, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { slotdeck } from './slotdeck-process.ts';

/** One side of a comparison: a cluster, and the tool that changes it. */
export interface Twin {
  readonly cluster: RealCluster;
  readonly run: (args: readonly string[], answers?: readonly string[]) => Promise<CliResult>;
}

export interface Twins {
  readonly theirs: Twin;
  readonly ours: Twin;
  /** Two clusters made alike; the same is asked of both, and what came of it is told side by side. */
  both<T>(work: (twin: Twin) => Promise<T>): Promise<{ theirs: T; ours: T }>;
  shutdown(): Promise<void>;
}

/** Two clusters of the same shape: one for the server's own tool, one for `slotdeck`, both called with the same words. */
export async function startTwins(shape: ClusterShape, state: string): Promise<Twins> {
  const clusters: RealCluster[] = [];
  try {
    for (let at = 0; at < 2; at += 1) clusters.push(await startCluster(shape));
  } catch (error) {
    await Promise.all(clusters.map((each) => each.shutdown()));
    throw error;
  }
  const [first, second] = clusters;
  if (first === undefined || second === undefined) throw new Error('two clusters were started');
  const theirs: Twin = { cluster: first, run: (args, answers = []) => first.cli(args, { answers }) };
  const ours: Twin = {
    cluster: second,
    run: (args, answers = []) =>
      slotdeck(args, { input: answers.map((each) => `${each}\n`).join(''), env: { SLOTDECK_STATE: state } }),
  };
  return {
    theirs,
    ours,
    both: async (work) => {
      const [left, right] = await Promise.all([work(theirs), work(ours)]);
      return { theirs: left, ours: right };
    },
    shutdown: async () => {
      await Promise.all(clusters.map((each) => each.shutdown()));
    },
  };
}

/** What the cluster is, with its nodes named by the order in which they were started: equal for twins that went the same way. */
export interface Shape {
  readonly nodes: readonly {
    readonly role: string;
    readonly slots: number;
    readonly follows: number | null;
    readonly knows: number;
    readonly open: number;
  }[];
  readonly keys: number;
}

/** Waits until the nodes agree, then tells what they say. */
export async function shapeOf({ nodes, waitForAgreement, table }: RealCluster): Promise<Shape> {
  await waitForAgreement();
  const at = (id: string | null): number | null => (id === null ? null : nodes.findIndex((node) => node.id === id));
  const told = await Promise.all(
    nodes.map(async (node) => {
      const rows = await table(node);
      const own = rows.find(({ id }) => id === node.id);
      return {
        role: own?.role ?? 'unknown',
        slots: (own?.slots ?? []).reduce((sum, [from, to]) => sum + to - from + 1, 0),
        follows: at(own?.primaryId ?? null),
        knows: rows.length,
        open: own?.openSlots.length ?? 0,
      };
    }),
  );
  const sizes = await Promise.all(
    nodes.map(async (node) => (node.role === 'primary' ? Number(await node.call('DBSIZE')) : 0)),
  );
  return { nodes: told, keys: sizes.reduce((sum, size) => sum + size, 0) };
}
