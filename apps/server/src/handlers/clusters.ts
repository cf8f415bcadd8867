import type { Clock } from '@slotdeck/model/clock';
import { ApiError } from '@slotdeck/contract/errors';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { ClusterId } from '@slotdeck/model/ids';
import { ALL_SLOTS, eachSlot, parseSlotRanges } from '@slotdeck/model/slot-ranges';
import { countSlotKeys } from '@slotdeck/cluster/observe/slot-counts';
import { drawClusterId } from '../access/random-ids.ts';
import type { ClusterRegistry, KnownCluster } from '../clusters/cluster-registry.ts';
import { topologyOf } from '../clusters/cluster-observer.ts';
import { connectionSettings, loginOf, sealLogin, tlsWord } from '../clusters/credentials.ts';
import { explainSeedProblem, probeSeeds, type SeedTried } from '../clusters/probe-seeds.ts';
import { describeView } from '../clusters/describe-view.ts';
import { invalidRequest } from '../http/error-reply.ts';
import type { Handlers } from '../http/handler.ts';
import { clusterNotSeen } from '../operations/look-for-plan.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { Audit } from '../store/audit.ts';
import type { ClusterEvents } from '../store/cluster-events.ts';
import type { TopologyHistory } from '../store/topology-history.ts';
import type { ClusterRows } from '../store/cluster-rows.ts';
import { auditEntry } from './audit-entry.ts';

interface Parts {
  clusters: ClusterRegistry;
  rows: Pick<ClusterRows, 'ownerOfNodes' | 'add'>;
  events: Pick<ClusterEvents, 'list'>;
  topologies: Pick<TopologyHistory, 'at' | 'span'>;
  audit: Audit;
  together: <T>(work: () => T) => T;
  box: SecretBox;
  clock: Clock;
  summarise: (cluster: KnownCluster) => ClusterSummary;
  /** The operation that holds the cluster, if any. */
  heldBy: (id: ClusterId) => string | null;
}

type ClusterHandlers = Pick<
  Handlers,
  | 'listClusters'
  | 'addCluster'
  | 'getCluster'
  | 'removeCluster'
  | 'getTopology'
  | 'getViews'
  | 'countSlots'
  | 'getFindings'
  | 'getTimeline'
>;

export function clusterHandlers(parts: Parts): ClusterHandlers {
  const { clusters, events, clock, summarise } = parts;
  const find = (id: ClusterId): KnownCluster => findCluster(clusters, id);
  return {
    listClusters: () => ({ clusters: clusters.list().map(summarise) }),
    getCluster: ({ params }) => summarise(find(params.clusterId)),
    addCluster: async ({ body, caller }) => {
      const login = loginOf(body);
      const tried = await probeSeeds(body.seeds, connectionSettings(login), clock);
      const nodes = membersSeen(tried, body.seeds);
      const owner = parts.rows.ownerOfNodes(nodes.map((node) => node.id));
      if (owner !== null) {
        const name = clusters.get(owner)?.row.name ?? owner;
        throw new ApiError('cluster-exists', `This cluster is here already, under the name “${name}”.`, {
          clusterId: owner,
          name,
        });
      }
      const id = drawClusterId();
      const row = {
        id,
        name: body.name,
        seeds: body.seeds,
        natMap: { ...login.natMap },
        username: login.username,
        hasPassword: login.password !== null,
        tls: tlsWord(login),
        sealed: sealLogin(login, id, parts.box),
        addedAt: clock.now(),
        addedBy: caller.principal.kind === 'user' ? caller.principal.name : '',
      };
      parts.together(() => {
        parts.audit.write(auditEntry(caller, clock, 'add-cluster', id, { name: row.name, seeds: row.seeds }));
        parts.rows.add(row, nodes);
      });
      const added = clusters.open(row, login, nodes);
      // The answer shows the cluster, not an empty row.
      await added.lookNow();
      return summarise(added);
    },
    removeCluster: async ({ params, caller }) => {
      const { row } = find(params.clusterId);
      const operationId = parts.heldBy(row.id);
      if (operationId !== null) {
        throw new ApiError('cluster-busy', 'An operation is changing this cluster; cancel it or let it end first.', {
          operationId,
        });
      }
      parts.audit.write(auditEntry(caller, clock, 'remove-cluster', row.id, { name: row.name }));
      await clusters.remove(row.id);
    },
    getTopology: ({ params, query }) => {
      const { row, state } = find(params.clusterId);
      if (query.at === undefined) {
        const { topology, stats, observedAt } = state;
        return { topology, stats: [...stats], observedAt, past: null };
      }
      const seen = parts.topologies.at(row.id, query.at);
      const span = parts.topologies.span(row.id);
      const past = {
        since: seen?.since ?? null,
        seenUntil: seen?.seenUntil ?? null,
        from: span?.from ?? null,
        to: span?.to ?? null,
      };
      return { topology: seen?.topology ?? null, stats: [], observedAt: seen?.since ?? null, past };
    },
    getViews: ({ params }) => ({ views: find(params.clusterId).state.views.map(describeView) }),
    getFindings: ({ params }) => ({ findings: [...find(params.clusterId).state.findings] }),
    getTimeline: ({ params, query }) => {
      const { row } = find(params.clusterId);
      return { events: events.list(row.id, query) };
    },
    countSlots: async ({ params, query }) => {
      const cluster = find(params.clusterId);
      const topology = topologyOf(cluster.state);
      if (topology === null || cluster.access === null) throw clusterNotSeen(cluster.state);
      const wanted = query.slots === undefined ? { ok: true as const, slots: ALL_SLOTS } : parseSlotRanges(query.slots);
      if (!wanted.ok) throw invalidRequest([{ path: ['slots'], message: `${wanted.code}: ${wanted.part}` }]);
      const { counts, problems } = await countSlotKeys(cluster.access.calls, topology, wanted.slots);
      const each = [...eachSlot(wanted.slots)].map((slot) => counts.get(slot) ?? null);
      const hasBytes = each.some((count) => count !== null && count.bytes !== null);
      return {
        at: clock.now(),
        slots: wanted.slots,
        keys: each.map((count) => count?.keys ?? null),
        bytes: hasBytes ? each.map((count) => count?.bytes ?? null) : null,
        notCounted: problems.map(({ node, problem }) => ({ node, problem })),
      };
    },
  };
}

/** @throws ApiError `not-found` */
export function findCluster(clusters: Pick<ClusterRegistry, 'get'>, id: ClusterId): KnownCluster {
  const cluster = clusters.get(id);
  if (cluster === null)
    throw new ApiError('not-found', `There is no cluster ${id} here; it may have been removed.`, { cluster: id });
  return cluster;
}

/** The nodes that the seeds led to. @throws ApiError when they led nowhere, or to different clusters */
function membersSeen(tried: readonly SeedTried[], seeds: readonly string[]) {
  const answered = tried.flatMap((each) => (each.ok ? [each.probe] : []));
  const first = answered[0];
  if (first === undefined) {
    const failed = tried.flatMap((each) => (each.ok ? [] : [each]));
    throw new ApiError(
      'cluster-unreachable',
      failed.map((each) => explainSeedProblem(each.seed, each.problem)).join('. ') + '.',
      {
        tried: failed.map((each) => ({ seed: each.seed, code: each.problem.code, seen: each.problem.seen })),
      },
    );
  }
  const stranger = answered.findIndex((probe) => !probe.nodeIds.some((id) => first.nodeIds.includes(id)));
  if (stranger !== -1) {
    throw invalidRequest([
      {
        path: ['seeds'],
        message: `${seeds[0] ?? ''} and ${seeds[stranger] ?? ''} lead to different clusters; add them one by one`,
      },
    ]);
  }
  const { address, view } = first;
  return view.lines
    .filter((line) => first.nodeIds.includes(line.id) && (line.isMyself || line.port !== 0))
    .map((line) => ({
      id: line.id,
      host: line.host === '' ? address.host : line.host,
      port: line.port === 0 ? address.port : line.port,
    }));
}
