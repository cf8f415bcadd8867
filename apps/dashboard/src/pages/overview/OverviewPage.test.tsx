import { act, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import {
  CLUSTER,
  fixtureFinding,
  fixtureLive,
  fixtureStats,
  fixtureSummary,
  fixtureTopology,
  nodeId,
  NOW,
} from '../../testing/cluster-fixture.ts';
import { openApp, VIEWER } from '../../testing/open-app.tsx';

const heading = (): string => screen.getByRole('heading', { level: 1 }).textContent;
const openOverview = async (options: Parameters<typeof openApp>[1] = {}) => {
  const app = await openApp(`/clusters/${CLUSTER}`, options);
  act(() => app.showClusters([fixtureSummary()]));
  return app;
};

test('until something is known the page says what it waits for', async () => {
  await openOverview();
  expect(await screen.findByText('Waiting for what the server knows of this cluster …')).toBeTruthy();
});

test('a healthy cluster is said to be so in one line, with its shards below', async () => {
  const app = await openOverview();
  act(() => app.showCluster(fixtureLive()));
  await waitFor(() => expect(heading()).toBe('Healthy. Nothing found.'));
  expect(screen.getByText(/All 16,384 slots have a reachable owner. All 6 nodes agree./)).toBeTruthy();
  expect(screen.getAllByRole('row').length).toBe(4);
  expect(screen.getByRole('link', { name: 'Plan a change' }).getAttribute('href')).toBe(`/clusters/${CLUSTER}/reshard`);
});

test('an empty cluster that never answered says so instead of showing zeros', async () => {
  const app = await openOverview();
  act(() => app.showCluster(fixtureLive({ topology: null, stats: [], observedAt: null })));
  await waitFor(() => expect(heading()).toBe('Not seen yet'));
});

test('what is critical comes first, with who says it and what to do', async () => {
  const app = await openOverview();
  const topology = fixtureTopology({ unreachable: [[0, 5460]] });
  act(() => app.showCluster(fixtureLive({ topology, findings: [fixtureFinding()] })));
  await waitFor(() => expect(heading()).toBe('5,461 slots are not served'));
  expect(screen.getByText('orders-b1 says fail')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Open orders-a1' })).toBeTruthy();
});

test('a sum with a primary missing says "at least" and what is missing', async () => {
  const app = await openOverview();
  const stats = ['a', 'b'].map((letter) => fixtureStats(letter));
  act(() => app.showCluster(fixtureLive({ stats })));
  await waitFor(() => expect(screen.getAllByText(/at least 2.0/).length).toBeGreaterThan(0));
  expect(screen.getByText('Without 1 primary that gives no numbers.')).toBeTruthy();
});

test('numbers that are more than five seconds old are marked as old', async () => {
  const app = await openOverview();
  act(() => app.showCluster(fixtureLive({ observedAt: NOW - 12_000 })));
  await waitFor(() => expect(screen.getByText(/No answer for 12 s/)).toBeTruthy());
});

test('after a minute the head says that this is the last known, and changes are off with the reason', async () => {
  const app = await openOverview();
  act(() => app.showCluster(fixtureLive({ observedAt: NOW - 61_000 })));
  await waitFor(() => expect(screen.getAllByText(/Last known, /).length).toBeGreaterThan(0));
  const off = screen.getByRole('button', { name: 'Plan a change' });
  expect(off.getAttribute('aria-disabled')).toBe('true');
  expect(screen.getByText(/more than a minute old/)).toBeTruthy();
});

test('a viewer sees why a change is not theirs to plan', async () => {
  const app = await openOverview({ user: VIEWER });
  act(() => app.showCluster(fixtureLive()));
  expect(await screen.findByText('Needs the role operator. You are viewer.')).toBeTruthy();
});

test('a lost connection is said with the next try, what was shown stays, and its return is said too', async () => {
  const app = await openOverview();
  act(() => app.showCluster(fixtureLive()));
  await waitFor(() => expect(heading()).toBe('Healthy. Nothing found.'));
  act(() => app.ports.last().onclose?.());
  expect(await screen.findByText(/Connection lost/)).toBeTruthy();
  expect(heading()).toBe('Healthy. Nothing found.');
  act(() => app.ports.pass(600));
  act(() => app.ports.last().welcome(NOW + 600));
  expect(await screen.findByText('Connection resumed. What you see is live again.')).toBeTruthy();
});

test('a cluster that was removed says so', async () => {
  const app = await openOverview();
  act(() =>
    app.ports.last().say({ type: 'channel-closed', channel: { name: 'cluster', id: CLUSTER }, reason: 'removed' }),
  );
  await waitFor(() => expect(heading()).toBe('This cluster is not in the console.'));
});

test('nobody signed in is led to sign in, and back to where they wanted to go', async () => {
  await openApp(`/clusters/${CLUSTER}/nodes?find=a1`, { user: null });
  expect(await screen.findByRole('button', { name: 'Sign in' })).toBeTruthy();
  expect(new URLSearchParams(location.search).get('next')).toBe(`/clusters/${CLUSTER}/nodes?find=a1`);
});

test('a session that ends while the page is open leads to sign in', async () => {
  const app = await openOverview();
  act(() => app.showCluster(fixtureLive()));
  await waitFor(() => expect(heading()).toBe('Healthy. Nothing found.'));
  act(() => app.ports.last().say({ type: 'goodbye', reason: 'signed-out', detail: '' }));
  expect(await screen.findByRole('button', { name: 'Sign in' })).toBeTruthy();
});

test('disagreement is counted and not averaged away', async () => {
  const app = await openOverview();
  const disputes = [
    {
      slots: [[5, 9]] as const,
      opinions: [
        { owner: nodeId('a'), observers: [nodeId('a')] },
        { owner: nodeId('b'), observers: [nodeId('b')] },
      ],
    },
  ];
  act(() => app.showCluster(fixtureLive({ topology: fixtureTopology({ disputes }) })));
  expect(await screen.findByText(/Nodes disagree about one thing./)).toBeTruthy();
  expect(screen.getByRole('option', { name: 'Slots 5–9, 5 slots, nodes name different owners' })).toBeTruthy();
});
