import '@testing-library/jest-dom/vitest';
import { configure, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import type { OperationSummary } from '@slotdeck/contract/operations';
import { OperationId, PlanId } from '@slotdeck/model/ids';
import type { Plan, PlanOf, PlanProblem } from '@slotdeck/model/plan';
import { CLUSTER, fixtureLive, fixtureSummary, nodeId, NOW } from '../../testing/cluster-fixture.ts';
import { openApp, VIEWER, type Answer, type OpenedApp } from '../../testing/open-app.tsx';

// Whole pages are drawn here, on machines that do much else: only a hang should end a test.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

const A = nodeId('a');
const B = nodeId('b');
const C = nodeId('c');

function fixturePlan(id: string, change: Partial<PlanOf<'reshard'>> = {}): Plan {
  const share = (node: Plan['before'][number]['node'], name: string, slots: [number, number][]) => ({
    node,
    name,
    slots: slots.reduce((sum, [from, to]) => sum + to - from + 1, 0),
    slotRanges: slots,
    fragments: slots.length,
    keys: null,
    bytes: null,
  });
  return {
    id: PlanId.parse(id),
    clusterId: CLUSTER,
    kind: 'reshard',
    createdAt: NOW,
    createdBy: 'admin',
    params: { slots: '0-499', from: ['all'], to: [B] },
    parent: null,
    basis: { topologyVersion: 1, observedAt: NOW, nodes: [] },
    moves: [{ from: A, to: B, slots: [[0, 499]], keys: 1200, bytes: null }],
    before: [share(A, 'orders-a1', [[0, 5460]]), share(B, 'orders-b1', [[5461, 10_922]])],
    after: [
      share(A, 'orders-a1', [[500, 5460]]),
      share(B, 'orders-b1', [
        [0, 499],
        [5461, 10_922],
      ]),
    ],
    slots: 500,
    keys: 1200,
    bytes: null,
    estimate: { lowSeconds: 10, highSeconds: 20 },
    problems: [],
    commands: [{ node: A, command: ['CLUSTER', 'NODES'], repeat: 1, phase: 'check' }],
    steps: [],
    ...change,
  };
}

const running: OperationSummary = {
  id: OperationId.parse('op-131'),
  clusterId: CLUSTER,
  planId: PlanId.parse('pl-other'),
  kind: 'reshard',
  title: 'Move',
  status: 'running',
  createdAt: NOW,
  createdBy: 'operator-2',
  startedAt: NOW,
  endedAt: null,
  progress: null,
  error: null,
  reversePlanId: null,
};

const refusal = (status: number, code: string, facts: object) => ({
  status,
  json: { error: { code, message: code, facts, requestId: 'rq-7' } },
});

/** Makes plans pl-plan1, pl-plan2 … and answers a start as the test wants. */
function planner(start: () => { status: number; json?: unknown }, plan: Partial<PlanOf<'reshard'>> = {}): Answer {
  let made = 0;
  return (method, path) => {
    if (method === 'POST' && path === `/clusters/${CLUSTER}/plans`) {
      made += 1;
      return { status: 201, json: fixturePlan(`pl-plan${made}`, plan) };
    }
    if (method === 'POST' && path === `/clusters/${CLUSTER}/operations`) return start();
    return undefined;
  };
}

async function openWizard(search: string, answer: Answer, live = fixtureLive()) {
  const app = await openApp(`/clusters/${CLUSTER}/reshard${search}`, { answer });
  app.showClusters([fixtureSummary()]);
  app.showCluster(live);
  return app;
}

const lastSent = ({ requests }: OpenedApp): unknown => requests.findLast(({ line }) => line.startsWith('POST'))?.body;

test('from named slots to a started operation: each step asks one thing and the last one starts it once', async () => {
  const click = userEvent.setup();
  const app = await openWizard(
    '',
    planner(() => ({ status: 202, json: { id: 'op-200', status: 'queued' } })),
  );
  await click.type(await screen.findByRole('textbox', { name: 'Slots to move' }), '0-499');
  await screen.findByText('500 slots · 500 on S1');
  await click.click(screen.getByRole('button', { name: 'Next' }));
  expect(await screen.findByRole('checkbox', { name: 'orders-d1' })).toBeDisabled();
  expect(screen.getByRole('checkbox', { name: 'orders-a1' })).toBeDisabled();
  await click.click(screen.getByRole('checkbox', { name: 'orders-b1' }));
  await waitFor(() => expect(screen.getByRole('button', { name: 'Next' })).not.toHaveAttribute('data-disabled'));
  await click.click(screen.getByRole('button', { name: 'Next' }));
  await screen.findByRole('heading', { level: 1, name: 'Nothing speaks against this move' });
  await screen.findByText('0 blockers');
  await click.click(screen.getByRole('button', { name: 'Next' }));
  const start = await screen.findByRole('button', { name: 'Start moving 500 slots' });
  expect(start).toHaveFocus();
  await click.click(screen.getByRole('radio', { name: /Gentle/ }));
  await click.dblClick(start);
  await waitFor(() => expect(window.location.pathname).toBe('/operations/op-200'));
  const sent = app.requests.filter(({ line }) => line.startsWith('POST'));
  expect(sent).toEqual([
    {
      line: `POST /clusters/${CLUSTER}/plans`,
      body: { kind: 'reshard', params: { slots: '0-499', from: ['all'], to: [B] } },
    },
    { line: `POST /clusters/${CLUSTER}/operations`, body: { planId: 'pl-plan1', pace: 'gentle' } },
  ]);
});

test('slots selected on the map are already filled in', async () => {
  await openWizard(`?slots=2731-3455`, () => undefined);
  expect(await screen.findByRole('textbox', { name: 'Slots to move' })).toHaveValue('2731-3455');
});

test('a number of slots is taken from the chosen sources, and too many are refused before anything is asked', async () => {
  const click = userEvent.setup();
  const app = await openWizard(
    `?count=6000&from=${A}&to=${C}`,
    planner(() => ({ status: 500 })),
  );
  expect(await screen.findAllByText('The sources hold only 5,461 slots.')).not.toHaveLength(0);
  const field = screen.getByRole('textbox', { name: 'Number of slots' });
  await click.clear(field);
  await click.type(field, '2000');
  await waitFor(() => expect(screen.getByRole('button', { name: 'Next' })).not.toHaveAttribute('data-disabled'));
  await click.click(screen.getByRole('button', { name: 'Next' }));
  await click.click(await screen.findByRole('button', { name: 'Next' }));
  await screen.findByText('0 blockers');
  expect(lastSent(app)).toEqual({ kind: 'reshard', params: { count: 2000, from: [A], to: [C] } });
});

test('a blocker is named and keeps the plan from being started', async () => {
  const click = userEvent.setup();
  const blocker: PlanProblem = {
    severity: 'blocker',
    code: 'of-a-newer-server',
    message: 'Slots 7 are already open.',
    facts: {},
  };
  await openWizard(
    `?slots=0-499&to=${B}&step=checks`,
    planner(() => ({ status: 500 }), { problems: [blocker] }),
  );
  await click.click(await screen.findByRole('button', { name: 'Make the plan' }));
  await screen.findByRole('heading', { level: 1, name: '1 blocker: this cannot be started' });
  screen.getByText('Slots 7 are already open.');
  expect(screen.getByRole('button', { name: 'Next' })).toHaveAttribute('data-disabled');
  expect(screen.queryByText('All nodes agree')).toBeNull();
});

test('a stale plan names what changed and is made again from the same wish', async () => {
  const click = userEvent.setup();
  const app = await openWizard(
    `?slots=0-499&to=${B}&step=checks`,
    planner(() =>
      refusal(409, 'plan-stale', {
        changes: [{ code: 'role-changed', facts: { name: 'orders-c1', from: 'replica', to: 'primary' } }],
      }),
    ),
  );
  await click.click(await screen.findByRole('button', { name: 'Make the plan' }));
  await screen.findByText('0 blockers');
  await click.click(screen.getByRole('button', { name: 'Next' }));
  await click.click(await screen.findByRole('button', { name: 'Start moving 500 slots' }));
  await screen.findByText('The cluster changed since this plan was made.');
  screen.getByText(/orders-c1/, { selector: 'li' });
  expect(screen.queryByRole('button', { name: /^Start moving/ })).toBeNull();
  await click.click(screen.getByRole('button', { name: 'Make the plan again' }));
  await screen.findByRole('button', { name: 'Start moving 500 slots' });
  expect(lastSent(app)).toEqual({
    kind: 'reshard',
    params: { slots: '0-499', from: ['all'], to: [B] },
    replaces: 'pl-plan1',
  });
});

test('while another operation changes the cluster one may plan, sees which it is, and cannot start', async () => {
  const click = userEvent.setup();
  const app = await openWizard(
    `?slots=0-499&to=${B}&step=checks`,
    planner(() => ({ status: 500 })),
    fixtureLive({ operations: [running] }),
  );
  const link = await screen.findByRole('link', { name: /op-131/ });
  expect(link).toHaveAttribute('href', '/operations/op-131');
  await click.click(screen.getByRole('button', { name: 'Make the plan' }));
  await screen.findByText('0 blockers');
  await click.click(screen.getByRole('button', { name: 'Next' }));
  await click.click(await screen.findByRole('button', { name: 'Start moving 500 slots' }));
  expect(app.requests.some(({ line }) => line === `POST /clusters/${CLUSTER}/operations`)).toBe(false);
});

test('somebody else was quicker: the refusal leads to the operation that runs', async () => {
  const click = userEvent.setup();
  await openWizard(
    `?slots=0-499&to=${B}&step=checks`,
    planner(() => refusal(409, 'cluster-busy', { operationId: 'op-9' })),
  );
  await click.click(await screen.findByRole('button', { name: 'Make the plan' }));
  await screen.findByText('0 blockers');
  await click.click(screen.getByRole('button', { name: 'Next' }));
  await click.click(await screen.findByRole('button', { name: 'Start moving 500 slots' }));
  expect(await screen.findByRole('link', { name: /op-9/ })).toHaveAttribute('href', '/operations/op-9');
});

test('a plan that was opened by its link is reviewed as it is, and a viewer is told who may start it', async () => {
  const plan = fixturePlan('pl-back', {
    parent: { plan: null, operation: OperationId.parse('op-1'), relation: 'reverses' },
  });
  const app = await openApp(`/clusters/${CLUSTER}/reshard?plan=pl-back`, {
    user: VIEWER,
    answer: (method, path) =>
      method === 'GET' && path === `/clusters/${CLUSTER}/plans/pl-back`
        ? { status: 200, json: { plan, stale: [], startedAs: null } }
        : undefined,
  });
  app.showClusters([fixtureSummary()]);
  app.showCluster(fixtureLive());
  await screen.findByRole('heading', { level: 1, name: 'Move 500 slots back' });
  expect(screen.getByRole('button', { name: 'Start moving 500 slots' })).toHaveAttribute('data-disabled');
  expect(screen.getAllByText(/Needs the role operator/)).not.toHaveLength(0);
});
