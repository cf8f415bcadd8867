import '@testing-library/jest-dom/vitest';
import { configure, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import type { OperationDetail } from '@slotdeck/contract/operations';
import { OperationId, PlanId } from '@slotdeck/model/ids';
import type { NewOperationEvent, OperationEvent } from '@slotdeck/model/operation-events';
import type { Progress } from '@slotdeck/model/operation';
import { foldAll } from '@slotdeck/model/operation-view';
import type { PlannedStep } from '@slotdeck/model/plan';
import { CLUSTER, fixtureLive, fixtureSummary, nodeId, NOW } from '../../testing/cluster-fixture.ts';
import { openApp, VIEWER, type Answer } from '../../testing/open-app.tsx';

// Whole pages are drawn here, on machines that do much else: only a hang should end a test.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });

const A = nodeId('a');
const B = nodeId('b');
const ID = OperationId.parse('op-131');
const CHANNEL = { name: 'operation', id: ID } as const;

const step = (id: string, component: string, slots?: [number, number]): PlannedStep => ({
  id,
  title: id,
  component,
  onFailure: 'pause',
  facts: {},
  move: slots === undefined ? null : { from: A, to: B, slots: [slots] },
});
const STEPS = [step('check', 'check'), step('move-1', 'move', [0, 99]), step('verify', 'verify')];

const numbered = (events: readonly NewOperationEvent[], first = 0): OperationEvent[] =>
  events.map((event, i): OperationEvent => ({ ...event, index: first + i, at: NOW + (first + i) * 1000 }));

const RUNNING = numbered([
  { type: 'created', kind: 'reshard', planId: 'pl-abcd', by: 'operator-2', steps: STEPS },
  { type: 'status', status: 'running', cause: 'start', by: null, problem: null },
  { type: 'step-started', step: 'check', attempt: 1 },
  { type: 'step-done', step: 'check', facts: {} },
  { type: 'step-started', step: 'move-1', attempt: 1 },
]);

const progress = (slotsDone: number): Progress => ({
  slotsDone,
  slotsTotal: 100,
  keysDone: slotsDone * 3,
  keysTotal: 300,
  bytesDone: null,
  bytesTotal: null,
  slotsPerSecond: 4,
  keysPerSecond: 12,
  bytesPerSecond: null,
  secondsLeft: 20,
  pairs: [
    {
      from: A,
      to: B,
      slotsDone,
      slotsTotal: 100,
      keysDone: slotsDone * 3,
      keysTotal: 300,
      inFlight: '40-43',
      phase: 'move',
    },
  ],
});

function detail(events: readonly OperationEvent[], change: Partial<OperationDetail> = {}): OperationDetail {
  const view = foldAll(events);
  return {
    id: ID,
    clusterId: CLUSTER,
    planId: PlanId.parse('pl-abcd'),
    kind: 'reshard',
    title: 'Move 100 slots',
    status: view.status,
    createdAt: view.createdAt,
    createdBy: view.createdBy,
    startedAt: view.startedAt,
    endedAt: view.endedAt,
    progress: progress(40),
    error: view.problem,
    reversePlanId: null,
    view,
    ...change,
  };
}

async function openOperation(operation: OperationDetail, answer: Answer = () => undefined, user?: typeof VIEWER) {
  const app = await openApp(`/operations/${ID}`, { answer, ...(user === undefined ? {} : { user }) });
  const say = (message: Parameters<ReturnType<typeof app.ports.last>['say']>[0]): void => app.ports.last().say(message);
  const isWatched = (name: string): boolean =>
    app.ports.last().sent.some((sent) => 'watch' in sent && sent.watch.some(({ channel }) => channel.name === name));
  app.showClusters([fixtureSummary()]);
  await waitFor(() => expect(isWatched('operation')).toBe(true));
  say({ type: 'operation-snapshot', channel: CHANNEL, version: 1000, operation, transcript: [] });
  await waitFor(() => expect(isWatched('cluster')).toBe(true));
  app.showCluster(fixtureLive());
  return { ...app, say };
}

const accept: Answer = (method) =>
  method === 'POST' ? { status: 202, json: { id: ID, status: 'running' } } : undefined;

test('a running operation shows how far it is, who started it, and that the page may be closed', async () => {
  await openOperation(detail(RUNNING));
  await screen.findByRole('heading', { level: 1, name: /Move 100 slots.*Running/ });
  const bar = screen.getByRole('progressbar', { name: 'Slots moved' });
  expect(bar).toHaveAttribute('aria-valuenow', '40');
  expect(bar).toHaveAttribute('aria-valuemax', '100');
  screen.getByText('The server runs it: you can close this page.');
  expect(await screen.findByText(/moving keys/)).toHaveTextContent('40–43');
  expect(screen.getByRole('progressbar', { name: 'orders-a1 to orders-b1' })).toHaveAttribute('aria-valuenow', '40');
});

test('events that arrive are folded in: the step ends, the numbers grow, without a reload', async () => {
  const { say } = await openOperation(detail(RUNNING));
  await screen.findByRole('progressbar', { name: 'Slots moved' });
  say({
    type: 'operation-delta',
    channel: CHANNEL,
    from: 1000,
    version: 1001,
    events: numbered(
      [
        { type: 'step-done', step: 'move-1', facts: {} },
        { type: 'step-started', step: 'verify', attempt: 1 },
        { type: 'step-done', step: 'verify', facts: { agreeing: 6, silent: [] } },
        { type: 'status', status: 'succeeded', cause: 'steps-done', by: null, problem: null },
      ],
      5,
    ),
    progress: progress(100),
  });
  await screen.findByRole('heading', { level: 1, name: /Succeeded/ });
  expect(screen.getByRole('progressbar', { name: 'Slots moved' })).toHaveAttribute('aria-valuenow', '100');
  expect(screen.queryByRole('button', { name: 'Pause' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Cancel…' })).toBeNull();
});

test('cancelling asks first, says what stays, and keeps running when that is chosen', async () => {
  const click = userEvent.setup();
  const { requests } = await openOperation(detail(RUNNING), accept);
  await click.click(await screen.findByRole('button', { name: 'Cancel…' }));
  const dialog = await screen.findByRole('dialog', { name: /op-131/ });
  within(dialog).getByText(/40 slots have arrived and stay where they are/);
  await click.click(within(dialog).getByRole('button', { name: 'Keep running' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(requests.some(({ line }) => line.startsWith('POST'))).toBe(false);
  await click.click(screen.getByRole('button', { name: 'Cancel…' }));
  await click.click(await screen.findByRole('button', { name: 'Stop after the slots in flight' }));
  await waitFor(() => expect(requests.at(-1)?.line).toBe('POST /operations/op-131/cancel'));
});

test('an operation that paused itself says why and offers to go on or to stop', async () => {
  const click = userEvent.setup();
  const paused = [
    ...RUNNING,
    ...numbered(
      [
        {
          type: 'status',
          status: 'paused',
          cause: 'step-needs-a-person',
          by: null,
          problem: { code: 'of-a-newer-server', message: 'orders-b1 fell over.', facts: {} },
        },
      ],
      5,
    ),
  ];
  const { requests } = await openOperation(detail(paused), accept);
  expect(await screen.findByRole('alert')).toHaveTextContent('orders-b1 fell over.');
  screen.getByRole('button', { name: 'Stop here and close what is open' });
  await click.click(screen.getByRole('button', { name: 'Look again and go on' }));
  await waitFor(() => expect(requests.at(-1)?.line).toBe('POST /operations/op-131/resume'));
});

test('an ended operation says who verified it and leads to the plan that brings the slots back', async () => {
  const ended = [
    ...RUNNING,
    ...numbered(
      [
        { type: 'step-done', step: 'move-1', facts: {} },
        { type: 'step-started', step: 'verify', attempt: 1 },
        { type: 'step-done', step: 'verify', facts: { agreeing: 5, silent: ['orders-f1'] } },
        { type: 'status', status: 'succeeded', cause: 'steps-done', by: null, problem: null },
      ],
      5,
    ),
  ];
  await openOperation(
    detail(ended, { progress: progress(100), reversePlanId: PlanId.parse('pl-back') }),
    (method, path) =>
      method === 'GET' && path.startsWith('/operations/op-131/events')
        ? { status: 200, json: { events: ended, last: 8 } }
        : undefined,
  );
  await screen.findByText(/5 nodes say so, and nothing is open\./);
  screen.getByText(/No answer from orders-f1\./);
  const link = screen.getByRole('link', { name: /Review the reverse plan, 100 slots/ });
  expect(link).toHaveAttribute('href', `/clusters/${CLUSTER}/reshard?plan=pl-back`);
});

test('after a server restart the page says when the operation was taken over', async () => {
  const taken = [...RUNNING, ...numbered([{ type: 'taken-over', fence: 2, facts: {} }], 5)];
  await openOperation(detail(taken));
  expect(await screen.findByText(/Taken over at/)).toBeVisible();
});

test('a viewer sees everything and can ask for nothing, with the reason beside the buttons', async () => {
  await openOperation(detail(RUNNING), undefined, VIEWER);
  expect(await screen.findByRole('button', { name: 'Pause' })).toBeDisabled();
  screen.getByText('Needs the role operator.');
});

test('the speed since the page was opened is drawn, and said in words with lowest and highest', async () => {
  const { say, ports } = await openOperation(detail(RUNNING));
  await screen.findByRole('progressbar', { name: 'Slots moved' });
  expect(screen.queryByRole('figure')).toBeNull();
  for (const [i, keysPerSecond] of [20, 36].entries()) {
    ports.pass(2000);
    say({
      type: 'operation-delta',
      channel: CHANNEL,
      from: 1000 + i,
      version: 1001 + i,
      progress: { ...progress(41 + i), keysPerSecond },
    });
  }
  const chart = await screen.findByRole('figure', { name: 'Speed: Keys/s' });
  within(chart).getByText('now 36 /s, lowest 12 /s, highest 36 /s');
  // Bytes were never measured here, so they are not offered.
  const choice = screen.getByRole('radiogroup', { name: 'Show as' });
  expect(within(choice).getAllByRole('radio')).toHaveLength(2);
  await userEvent.click(within(choice).getByRole('radio', { name: 'Slots/s' }));
  within(screen.getByRole('figure', { name: 'Speed: Slots/s' })).getByText('now 4 /s, lowest 4 /s, highest 4 /s');
});
