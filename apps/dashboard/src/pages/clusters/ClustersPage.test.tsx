import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { ClusterId } from '@slotdeck/model/ids';
import { fixtureFinding, fixtureSummary, NOW } from '../../testing/cluster-fixture.ts';
import { ADMIN, openApp, VIEWER, type Answer } from '../../testing/open-app.tsx';

const refuse =
  (code: string, facts: Record<string, unknown>): Answer =>
  () => ({
    status: 422,
    json: { error: { code, message: 'raw', facts, requestId: 'rq-42' } },
  });

async function openForm(answer?: Answer) {
  const app = await openApp('/clusters', answer === undefined ? {} : { answer });
  act(() => app.showClusters([]));
  const field = await screen.findByRole('textbox', { name: 'Addresses' });
  return { app, field };
}

test('with no cluster the form to add one is the page', async () => {
  await openForm();
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('No cluster yet');
  expect(screen.getByText('Add a cluster: one address is enough')).toBeTruthy();
});

test('a viewer is told who can add a cluster instead of being shown the form', async () => {
  const app = await openApp('/clusters', { user: VIEWER });
  act(() => app.showClusters([]));
  expect(await screen.findByText('Only an admin can add a cluster.')).toBeTruthy();
  expect(screen.queryByRole('textbox', { name: 'Addresses' })).toBeNull();
});

test('a bad address is refused beside its field before anything is sent', async () => {
  const { app, field } = await openForm();
  await userEvent.type(screen.getByRole('textbox', { name: 'Name' }), 'orders');
  await userEvent.type(field, '10.0.0.5:99999');
  await userEvent.click(screen.getByRole('button', { name: 'Add this cluster' }));
  expect(screen.getByText('“10.0.0.5:99999” has a port that does not exist. Ports go from 1 to 65535.')).toBeTruthy();
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(app.requests.some(({ line }) => line === 'POST /clusters')).toBe(false);
});

test('a wrong password is said at the password, with what each address answered and the request id on demand', async () => {
  const tried = [
    { seed: '10.0.0.5:6379', code: 'wrong-password', seen: 'WRONGPASS invalid username-password pair' },
    { seed: '10.0.0.6:6379', code: 'connection-refused', seen: 'ECONNREFUSED' },
  ];
  const { field } = await openForm(refuse('cluster-unreachable', { tried }));
  await userEvent.type(screen.getByRole('textbox', { name: 'Name' }), 'orders');
  await userEvent.type(field, '10.0.0.5:6379 10.0.0.6:6379');
  await userEvent.click(screen.getByRole('button', { name: 'Add this cluster' }));
  // Inside the alert: a screen reader hears the answers, not only that something was refused.
  const answers = within(await screen.findByRole('alert')).getByRole('region', { name: 'What each address answered' });
  expect(within(answers).getByText('10.0.0.5:6379 refuses user name and password.')).toBeTruthy();
  expect(within(answers).getByText('Nothing listens at 10.0.0.6:6379.')).toBeTruthy();
  expect(within(answers).getByText('WRONGPASS invalid username-password pair')).toBeTruthy();
  expect(screen.getByLabelText('Password').getAttribute('aria-invalid')).toBe('true');
  await userEvent.click(screen.getByRole('button', { name: 'Show request id' }));
  expect(screen.getByText('Request rq-42')).toBeTruthy();
});

test('a cluster that is here already is linked', async () => {
  const { field } = await openForm(refuse('cluster-exists', { id: 'cl-other1', name: 'orders-prod' }));
  await userEvent.type(screen.getByRole('textbox', { name: 'Name' }), 'orders');
  await userEvent.type(field, 'a:1');
  await userEvent.click(screen.getByRole('button', { name: 'Add this cluster' }));
  const link = await screen.findByRole('link', { name: 'Open the cluster that is here already' });
  expect(link.getAttribute('href')).toBe('/clusters/cl-other1');
  expect(screen.getByText('It shares nodes with orders-prod.')).toBeTruthy();
});

test('rows stand worst first, and the head counts the worst', async () => {
  const app = await openApp('/clusters', { user: ADMIN });
  const id = (text: string): ClusterId => ClusterId.parse(`cl-${text}`);
  act(() =>
    app.showClusters([
      fixtureSummary({ id: id('aaaa'), name: 'aaa-healthy' }),
      fixtureSummary({ id: id('bbbb'), name: 'bbb-gone', health: 'unknown', answered: 0, lastSeenAt: NOW - 60_000 }),
      fixtureSummary({
        id: id('cccc'),
        name: 'ccc-broken',
        health: 'critical',
        topFinding: fixtureFinding(),
        findings: { critical: 1, warning: 0, notice: 0 },
        slotsServed: 10_922,
      }),
    ]),
  );
  await waitFor(() =>
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('3 clusters, one is critical'),
  );
  const names = [...document.querySelectorAll('[data-row]')].map((row) => row.textContent);
  expect(names).toEqual(['ccc-broken', 'bbb-gone', 'aaa-healthy']);
  expect(screen.getByText('orders-a1 has failed.')).toBeTruthy();
  expect(screen.getByText('10,922 of 16,384 slots served')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: /Unknown/ }));
  expect([...document.querySelectorAll('[data-row]')].map((row) => row.textContent)).toEqual(['bbb-gone']);
});
