import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the process tells Prometheus. Names and addresses of clusters are not in it: the page needs no sign-in. */
export interface Metrics {
  print(): Promise<string>;
  readonly contentType: string;
  requestDone(route: string, method: string, status: number, seconds: number): void;
  observed(clusterId: string, seconds: number): void;
  set(now: { viewers: number; clusters: number; operationsRunning: number }): void;
}

export function makeMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'slotdeck_' });
  const registers = [registry];
  const requests = new Histogram({
    name: 'slotdeck_http_request_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const rounds = new Histogram({
    name: 'slotdeck_observe_round_seconds',
    help: 'Time to ask all nodes of a cluster once',
    labelNames: ['cluster'],
    buckets: [0.002, 0.01, 0.05, 0.2, 1, 3],
    registers,
  });
  const roundsDone = new Counter({
    name: 'slotdeck_observe_rounds_total',
    help: 'Rounds of questions to a cluster',
    labelNames: ['cluster'],
    registers,
  });
  const viewers = new Gauge({ name: 'slotdeck_stream_viewers', help: 'Open websocket connections', registers });
  const clusters = new Gauge({ name: 'slotdeck_clusters', help: 'Clusters known', registers });
  const running = new Gauge({ name: 'slotdeck_operations_running', help: 'Operations not at rest', registers });
  return {
    print: () => registry.metrics(),
    contentType: registry.contentType,
    requestDone: (route, method, status, seconds) =>
      requests.observe({ route, method, status: String(status) }, seconds),
    observed: (cluster, seconds) => {
      rounds.observe({ cluster }, seconds);
      roundsDone.inc({ cluster });
    },
    set: (now) => {
      viewers.set(now.viewers);
      clusters.set(now.clusters);
      running.set(now.operationsRunning);
    },
  };
}
