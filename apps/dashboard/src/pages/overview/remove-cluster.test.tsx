import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { CLUSTER, fixtureLive, fixtureSummary } from '../../testing/cluster-fixture.ts';
import { openApp, VIEWER, type Answer } from '../../testing/open-app.tsx';

// Whole pages are drawn here, on machines that do much else: only a hang should end a test.
vi.setConfig({ testTimeout: 60_000 });

async function openDialog(answer: Answer, live = fixtureLive()) {
  const app = await openApp(`/clusters/${CLUSTER}`, { answer });
  act(() => app.showClusters([fixtureSummary()]));
  act(() => app.showCluster(live));
  await userEvent.click(await screen.findByRole('button', { name: 'Remove from the console …' }));
  await screen.findByRole('dialog', { name: 'Remove orders-prod from the console?' });
  return app;
}

test('a cluster is removed only after its name was typed, and the page says that the cluster itself is not touched', async () => {
  const app = await openDialog((method) => (method === 'DELETE' ? { status: 204 } : undefined));
  expect(screen.getByText(/The cluster itself is not touched/)).toBeTruthy();
  const verb = screen.getByRole<HTMLButtonElement>('button', { name: 'Remove orders-prod' });
  expect(verb.disabled).toBe(true);
  await userEvent.type(screen.getByRole('textbox', { name: 'Type orders-prod to go on' }), 'orders-prod');
  await userEvent.click(verb);
  await waitFor(() => expect(location.pathname).toBe('/clusters'));
  expect(app.requests.map(({ line }) => line)).toContain(`DELETE /clusters/${CLUSTER}`);
});

test('a cluster that is being changed is not removed: the refusal links to the operation', async () => {
  await openDialog((method) =>
    method === 'DELETE'
      ? {
          status: 409,
          json: {
            error: { code: 'cluster-busy', message: 'raw', facts: { operationId: 'op-131' }, requestId: 'rq-7' },
          },
        }
      : undefined,
  );
  await userEvent.type(screen.getByRole('textbox', { name: 'Type orders-prod to go on' }), 'orders-prod');
  await userEvent.click(screen.getByRole('button', { name: 'Remove orders-prod' }));
  expect(await screen.findByText('Another operation is changing this cluster.')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Open op-131' }).getAttribute('href')).toBe('/operations/op-131');
});

test('leaving the question puts the focus back where it was', async () => {
  await openDialog(() => undefined);
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Remove from the console …' }));
});

test('a cluster that never answered can be removed too', async () => {
  await openDialog(() => undefined, fixtureLive({ topology: null, stats: [], observedAt: null }));
  expect(screen.getByRole('textbox', { name: 'Type orders-prod to go on' })).toBeTruthy();
});

test('a viewer is not offered to remove a cluster', async () => {
  const app = await openApp(`/clusters/${CLUSTER}`, { user: VIEWER });
  act(() => app.showClusters([fixtureSummary()]));
  act(() => app.showCluster(fixtureLive()));
  await screen.findByText('Healthy. Nothing found.');
  expect(screen.queryByRole('button', { name: /Remove/ })).toBeNull();
});
