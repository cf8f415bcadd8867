import { render } from '@testing-library/react';
import { expect } from 'vitest';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { SessionUser } from '@slotdeck/contract/session';
import type { ClusterLive } from '@slotdeck/contract/stream';
import { App } from '../App.tsx';
import { makeQueryClient } from '../query-client.ts';
import { makeRouter } from '../routes.tsx';
import { makeLive } from '../stream/live.ts';
import { ENGLISH } from '../words/language.ts';
import { CLUSTER, NOW } from './cluster-fixture.ts';
import { makeHandPorts, type HandPorts } from './hand-ports.ts';

export const ADMIN: SessionUser = {
  id: 'us-admin1',
  name: 'admin',
  role: 'admin',
  permissions: [
    'public',
    'signed-in',
    'clusters:read',
    'clusters:change',
    'clusters:manage',
    'users:manage',
    'audit:read',
  ],
};
export const VIEWER: SessionUser = {
  id: 'us-viewer1',
  name: 'viewer',
  role: 'viewer',
  permissions: ['public', 'signed-in', 'clusters:read'],
};

/** Answers one request: status and JSON, or undefined for what the test did not expect. */
export type Answer = (method: string, path: string, body: unknown) => { status: number; json?: unknown } | undefined;

export interface OpenedApp {
  readonly ports: HandPorts;
  /** Every request that was sent, as `POST /clusters`. */
  readonly requests: { line: string; body: unknown }[];
  showClusters(clusters: ClusterSummary[]): void;
  showCluster(live: ClusterLive): void;
}

/** The whole dashboard at an address, its stream in the test's hand and its requests answered by the test. */
export async function openApp(
  path: string,
  { user = ADMIN, answer = () => undefined }: { user?: SessionUser | null; answer?: Answer } = {},
): Promise<OpenedApp> {
  window.history.replaceState(null, '', path);
  const requests: OpenedApp['requests'] = [];
  globalThis.fetch = (input, init) => {
    const address = (typeof input === 'string' ? input : input instanceof URL ? input.href : input.url).replace(
      /^.*\/api\/v1/,
      '',
    );
    // Parts of the page ask for the server before they come; here it is always there, and no test is about that.
    if (address.endsWith('/healthz')) return Promise.resolve(new Response('', { status: 200 }));
    const method = init?.method ?? 'GET';
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
    requests.push({ line: `${method} ${address}`, body });
    const given =
      method === 'GET' && address === '/session'
        ? { status: 200, json: { user, version: 'test' } }
        : answer(method, address, body);
    const { status, json } = given ?? {
      status: 404,
      json: { error: { code: 'not-found', message: 'no', facts: {}, requestId: 'rq-1' } },
    };
    return Promise.resolve(new Response(json === undefined ? null : JSON.stringify(json), { status }));
  };
  const cache = makeQueryClient();
  const ports = makeHandPorts(NOW);
  render(<App cache={cache} router={makeRouter(cache)} live={makeLive(cache, ports)} words={ENGLISH} />);
  if (user !== null) {
    await expect.poll(() => ports.sockets.length, { timeout: 5000 }).toBeGreaterThan(0);
    ports.last().welcome(NOW);
  }
  let version = 0;
  const next = (): number => (version += 1);
  return {
    ports,
    requests,
    showClusters: (clusters) =>
      ports.last().say({ type: 'clusters-snapshot', channel: { name: 'clusters' }, version: next(), clusters }),
    showCluster: (live) =>
      ports.last().say({ type: 'cluster-snapshot', channel: { name: 'cluster', id: CLUSTER }, version: next(), live }),
  };
}
