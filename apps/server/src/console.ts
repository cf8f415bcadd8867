import { randomUUID } from 'node:crypto';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { OperationSummary } from '@slotdeck/contract/operations';
import type { Channel } from '@slotdeck/contract/stream';
import type { Clock } from '@slotdeck/model/clock';
import type { ClusterId, OperationId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import { operationCatalog } from '@slotdeck/operations/catalog/catalog';
import { createRunner, type OperationsRunner } from '@slotdeck/operations/engine/operations-runner';
import { makePasswords, type Passwords } from './access/passwords.ts';
import { makeSessions, type Sessions } from './access/sessions.ts';
import { makeTries } from './access/tries.ts';
import { openRegistry, type ClusterRegistry, type KnownCluster } from './clusters/cluster-registry.ts';
import { clusterToChange } from './clusters/cluster-to-change.ts';
import { makeImportSources } from './clusters/import-sources.ts';
import { summariseCluster } from './clusters/summarise-cluster.ts';
import { clusterHandlers } from './handlers/clusters.ts';
import { operationHandlers } from './handlers/operations.ts';
import { sessionHandlers } from './handlers/session.ts';
import type { Handlers } from './http/handler.ts';
import { makeMetrics, type Metrics } from './http/metrics.ts';
import { makeReverseOffers } from './operations/offer-reverse-plan.ts';
import { ownOpenSlots } from './operations/own-open-slots.ts';
import { summariseOperation } from './operations/summarise-operation.ts';
import type { SecretBox } from './secrets/secret-box.ts';
import type { Store } from './store/open-store.ts';
import { clusterSource } from './stream/cluster-source.ts';
import { clustersSource } from './stream/clusters-source.ts';
import { operationSource } from './stream/operation-source.ts';
import { makeStreamHub, type SourceFound, type StreamHub } from './stream/stream-hub.ts';

export interface ConsoleParts {
  store: Store;
  box: SecretBox;
  clock: Clock;
  version: string;
  observeMs: number;
  sessionMs: number;
  keepMs: number;
  historyBytes: number;
  /** Something beside a request failed and the server goes on. */
  onFault: (error: unknown, about: Readonly<Record<string, unknown>>) => void;
  passwords?: Passwords;
}

/** The whole server without its network side. */
export interface Console {
  readonly handlers: Handlers;
  readonly sessions: Sessions;
  readonly hub: StreamHub;
  readonly metrics: Metrics;
  readonly clusters: ClusterRegistry;
  readonly runner: OperationsRunner;
  readonly passwords: Passwords;
  /** Finds what an earlier process left unfinished and carries it on. */
  takeOver(): { taken: OperationId[]; impossible: OperationId[] };
  /** Operations stop at safe points, observing ends, viewers are told. */
  shutdown(withinMs: number): Promise<{ stillAtWork: OperationId[] }>;
}

/** Operations shown on a cluster's page; older ones are on their own list. */
const OPERATIONS_LIVE = 20;
const HOUSEKEEPING_MS = 3_600_000;
/** Between a plan and its start somebody may sleep a night over it. */
const IMPORT_PASSWORDS_MS = 24 * 3_600_000;

export function makeConsole(parts: ConsoleParts): Console {
  const { store, clock, onFault } = parts;
  const { operations } = store;
  const metrics = makeMetrics();
  const passwords = parts.passwords ?? makePasswords();
  const sessions = makeSessions(store.sessions, store.users, clock, parts.sessionMs);

  const clusters = openRegistry({
    rows: store.clusters,
    events: store.events,
    topologies: store.topologies,
    box: parts.box,
    clock,
    everyMs: parts.observeMs,
    keepEventsMs: parts.keepMs,
    historyBytes: parts.historyBytes,
    ownOpenSlots: (id) => slotsInWork(id),
    onFault: (error, clusterId) => onFault(error, { clusterId }),
  });

  const imports = makeImportSources({ logins: store.importLogins, box: parts.box, clock });
  const runner = createRunner({
    journal: operations.journal,
    leases: operations.leases,
    definitions: operationCatalog((id) => clusterToChange(clusters.get(id), imports)),
    clock,
    holder: `${process.pid}@${randomUUID().slice(0, 8)}`,
    onFault: (error, operationId) => onFault(error, { operationId }),
  });
  // The registry looks as soon as it is opened, but its first round ends after this line has run.
  const slotsInWork = (id: ClusterId): SlotRanges => ownOpenSlots(runner, id);

  const summarise = (cluster: KnownCluster): ClusterSummary => {
    const { row, state } = cluster;
    const id = runner.heldBy(row.id);
    const holder = id === null ? null : runner.state(id);
    const running =
      holder === null || isEnded(holder.view.status)
        ? null
        : { id: holder.record.id, kind: holder.record.plan.kind, status: holder.view.status };
    return summariseCluster(row, state, running, store.events.list(row.id, { limit: 1 })[0] ?? null);
  };

  const operationsOf = (id: ClusterId): OperationSummary[] =>
    runner
      .list(id)
      .slice(0, OPERATIONS_LIVE)
      .map((state) => summariseOperation(state, operations.reversePlans.of(state.record.id)));

  function findSource(channel: Channel): SourceFound {
    switch (channel.name) {
      case 'clusters':
        return { ok: true, source: clustersSource(() => clusters.list().map(summarise)) };
      case 'cluster': {
        const cluster = clusters.get(channel.id);
        if (cluster === null) return { ok: false, reason: 'not-found' };
        return {
          ok: true,
          source: clusterSource(
            () => cluster.state,
            () => operationsOf(channel.id),
          ),
        };
      }
      case 'operation': {
        const { id } = channel;
        if (runner.state(id) === null) return { ok: false, reason: 'not-found' };
        const detail = () => {
          const state = runner.state(id);
          if (state === null) throw new Error(`operation ${id} was there and is gone`);
          return { ...summariseOperation(state, operations.reversePlans.of(id)), view: state.view };
        };
        const newestLines = (count: number) => operations.journal.transcript(id, { limit: count }).lines.toReversed();
        return {
          ok: true,
          source: operationSource({ detail, newestLines, subscribe: (listener) => runner.subscribe(listener, id) }),
        };
      }
    }
  }

  const hub = makeStreamHub(findSource, {
    clock,
    life: randomUUID(),
    onFault: (error) => onFault(error, { in: 'stream' }),
  });

  clusters.onChange((change) => {
    const { clusterId } = change;
    switch (change.kind) {
      case 'added':
        hub.touch({ name: 'clusters' }, 'now');
        return;
      case 'removed':
        hub.closeChannel({ name: 'cluster', id: clusterId }, 'removed');
        hub.touch({ name: 'clusters' }, 'now');
        return;
      case 'observed': {
        const { before, now, isFull, durationMs } = change.round;
        metrics.observed(clusterId, durationMs / 1000);
        const isChange =
          before.topology !== now.topology ||
          before.health !== now.health ||
          before.findings.length !== now.findings.length;
        // Between two full rounds nothing but the hour is new.
        if (!isChange && !isFull) return;
        hub.touch({ name: 'cluster', id: clusterId }, isChange ? 'now' : 'soon');
        hub.touch({ name: 'clusters' }, isChange ? 'now' : 'soon');
      }
    }
  });

  const offers = makeReverseOffers({
    clusters,
    plans: store.plans,
    imports,
    operations,
    runner,
    together: (work) => store.together(work),
    clock,
    onOffered: (id) => touchOperation(id, 'now'),
    onFault: (error, operationId) => onFault(error, { operationId }),
  });

  function touchOperation(id: OperationId, when: 'now' | 'soon'): void {
    hub.touch({ name: 'operation', id }, when);
    const clusterId = runner.state(id)?.record.clusterId;
    if (clusterId !== undefined) hub.touch({ name: 'cluster', id: clusterId }, when);
    hub.touch({ name: 'clusters' }, 'soon');
  }

  runner.subscribe((news) => {
    const isStatus = news.type === 'view' || (news.type === 'event' && news.event.type === 'status');
    // The open page's own listener was added after this one: only once it has heard the news may its channel tell them.
    if (isStatus) queueMicrotask(() => touchOperation(news.operationId, 'now'));
    else touchOperation(news.operationId, 'soon');
    if (news.type === 'event' && news.event.type === 'status' && isEnded(news.event.status)) {
      void offers.offer(news.operationId);
    }
  });

  const stopEnds = sessions.onEnd(() => hub.recheck());

  function keepHouse(): void {
    try {
      sessions.removeExpired();
      store.plans.removeUnused(clock.now() - parts.keepMs);
      operations.removeTranscripts(clock.now() - parts.keepMs);
      imports.removeOlder(clock.now() - IMPORT_PASSWORDS_MS);
    } catch (error) {
      // Tidying can wait until the store can be written again.
      onFault(error, { in: 'housekeeping' });
    }
  }
  const housekeeping = setInterval(keepHouse, HOUSEKEEPING_MS);
  housekeeping.unref();

  const gauges = setInterval(() => {
    const running = clusters.list().filter((cluster) => runner.heldBy(cluster.row.id) !== null).length;
    metrics.set({ viewers: hub.viewers, clusters: clusters.list().length, operationsRunning: running });
  }, 5_000);
  gauges.unref();

  const handlers: Handlers = {
    ...sessionHandlers({
      users: store.users,
      sessions,
      passwords,
      tries: makeTries(clock),
      audit: store.audit,
      clock,
      version: parts.version,
    }),
    ...clusterHandlers({
      clusters,
      rows: store.clusters,
      events: store.events,
      topologies: store.topologies,
      audit: store.audit,
      together: (work) => store.together(work),
      box: parts.box,
      clock,
      summarise,
      heldBy: (id) => runner.heldBy(id),
    }),
    ...operationHandlers({ clusters, plans: store.plans, imports, operations, runner, audit: store.audit, clock }),
  };

  return {
    handlers,
    sessions,
    hub,
    metrics,
    clusters,
    runner,
    passwords,
    takeOver() {
      keepHouse();
      const found = runner.takeOver();
      // One that ended just before the process did may lack its way back.
      for (const { row } of clusters.list()) {
        const last = runner.list(row.id)[0];
        if (last !== undefined && isEnded(last.view.status)) void offers.offer(last.record.id);
      }
      return found;
    },
    async shutdown(withinMs) {
      clearInterval(housekeeping);
      clearInterval(gauges);
      stopEnds();
      const left = await runner.shutdown({ withinMs });
      await offers.idle();
      hub.end();
      await clusters.close();
      await imports.close();
      return left;
    },
  };
}
