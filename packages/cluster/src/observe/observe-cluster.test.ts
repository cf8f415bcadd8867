import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterInfoCommand } from '../commands/cluster-info.ts';
import { printNodeLine } from '../commands/cluster-nodes.ts';
import { noReply } from '../connection/call-problem.ts';
import { printAddress } from '../connection/node-address.ts';
import type { Command, NodeAddress, NodeCalls } from '../connection/node-calls.ts';
import { changed, healthyTable, line, nodeId, type LineSketch } from '../../test/view-builder.ts';
import { createObserver, observeCluster } from './observe-cluster.ts';

const clock = { now: () => 0, monotonic: () => 0 };
const at = (id: string): NodeAddress => ({ host: `10.0.0.${Number.parseInt(id, 16)}`, port: 6379 });

type Answering = { readonly table: readonly LineSketch[]; readonly self: string };

/** Nodes that answer at addresses, without any network; an address that is not in it refuses. */
function network(nodes: () => ReadonlyMap<string, Answering | 'hangs'>): NodeCalls & { asked: string[] } {
  const asked: string[] = [];
  const answer = (command: Command, { table, self }: Answering): string =>
    command === clusterInfoCommand
      ? 'cluster_state:ok\r\ncluster_current_epoch:9\r\n'
      : command[0] === 'INFO'
        ? 'redis_version:7.0.15\r\n'
        : table.map((sketch) => printNodeLine(line(sketch, sketch.id === self))).join('\n');
  return {
    asked,
    async pipeline(to, commands) {
      asked.push(printAddress(to));
      const node = nodes().get(printAddress(to));
      if (node === 'hangs') return new Promise(() => undefined);
      if (node === undefined) {
        const error = noReply(to, { code: 'connection-refused', seen: 'refused' }, false);
        return commands.map(() => ({ ok: false, error, ms: 0 }));
      }
      return commands.map((command) => ({ ok: true, reply: answer(command, node), ms: 1 }));
    },
    call: () => Promise.reject(new Error('observers only use pipelines')),
    transaction: () => Promise.reject(new Error('observers only use pipelines')),
  };
}

const all = (table: readonly LineSketch[], without = ''): Map<string, Answering | 'hangs'> =>
  new Map(table.filter(({ id }) => !without.includes(id)).map(({ id }) => [printAddress(at(id)), { table, self: id }]));
const answeredIds = (views: readonly { state: string; nodeId: string | null }[]): string =>
  views
    .filter((view) => view.state === 'answered')
    .map((view) => view.nodeId?.[0] ?? '')
    .sort((x, y) => (x < y ? -1 : 1))
    .join('');

test('from any one node that answers every node is found and asked exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...healthyTable),
      fc.subarray(healthyTable.map(({ id }) => id)),
      async (seed, down) => {
        if (down.includes(seed.id)) return;
        const calls = network(() => all(healthyTable, down.join('')));
        const { views } = await observeCluster({ calls, clock, seeds: [{ host: '10.9.9.9', port: 1 }, at(seed.id)] });
        expect(views).toHaveLength(6);
        expect(views.filter((view) => view.state === 'silent')).toHaveLength(down.length);
        expect(new Set(calls.asked).size).toBe(calls.asked.length);
      },
    ),
  );
});

test('nodes that are known only to a node that is known only to another are found', async () => {
  const chain: LineSketch[] = [{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }];
  const nodes = new Map(
    chain.map(({ id }, index) => [
      printAddress(at(id)),
      { self: id, table: chain.slice(Math.max(0, index - 1), index + 2) },
    ]),
  );
  const { views } = await observeCluster({ calls: network(() => nodes), clock, seeds: [at('a')] });
  expect(answeredIds(views)).toBe('abcd');
});

test('a node said to have failed is asked all the same', async () => {
  const table = changed(healthyTable, { id: '1', of: 'a', flags: ['fail'], down: true });
  const { views } = await observeCluster({ calls: network(() => all(table)), clock, seeds: [at('a')] });
  expect(answeredIds(views)).toBe('123abc');
});

test('a node that hangs is not asked again while it owes an answer, and the others are not held up', async () => {
  const nodes = all(healthyTable);
  const calls = network(() => nodes);
  const observer = createObserver({ calls, clock, seeds: [at('a')] });
  await observer.round();
  nodes.set(printAddress(at('b')), 'hangs');
  const { views } = await observer.round({ deadlineMs: 1 });
  await observer.round({ deadlineMs: 1 });
  // Its last view stands until its time is over.
  expect(answeredIds(views)).toBe('123abc');
  expect(calls.asked.filter((place) => place === printAddress(at('b')))).toHaveLength(2);
});

test('a verdict that comes between two looks is known to the next one', async () => {
  const nodes = all(healthyTable);
  const refusals: (() => void)[] = [];
  const calls = network(() => nodes);
  const slow: NodeCalls = {
    ...calls,
    pipeline: (to, commands) =>
      nodes.get(printAddress(to)) !== 'hangs'
        ? calls.pipeline(to, commands)
        : new Promise((resolve) => {
            const error = noReply(to, { code: 'timeout', seen: 'no reply' }, true);
            refusals.push(() => resolve(commands.map(() => ({ ok: false, error, ms: 0 }))));
          }),
  };
  const observer = createObserver({ calls: slow, clock, seeds: [at('a')] });
  await observer.round();
  nodes.set(printAddress(at('b')), 'hangs');
  await observer.round({ deadlineMs: 1 });
  for (const refuse of refusals) refuse();
  await new Promise((resolve) => setImmediate(resolve));
  const { views } = await observer.round({ deadlineMs: 1 });
  expect(views.find((view) => view.nodeId === nodeId('b'))).toMatchObject({
    state: 'silent',
    problem: { code: 'timeout' },
  });
});

test('the members survive a time in which nobody answers', async () => {
  let nodes = all(healthyTable);
  const observer = createObserver({ calls: network(() => nodes), clock, seeds: [at('a')] });
  await observer.round();
  nodes = new Map();
  const dark = await observer.round();
  expect(dark.members).toHaveLength(6);
  expect(dark.views.map((view) => view.nodeId).filter((id) => id !== null)).toHaveLength(6);
  nodes = all(healthyTable);
  expect(answeredIds((await observer.round()).views)).toBe('123abc');
});

test('a member that nobody lists any more is forgotten, when others answered', async () => {
  let nodes = all(healthyTable);
  const observer = createObserver({ calls: network(() => nodes), clock, seeds: [at('a')] });
  await observer.round();
  const rest = healthyTable.filter(({ id }) => id !== '3');
  nodes = all(rest);
  const { views, members } = await observer.round();
  expect(views).toHaveLength(5);
  expect(members.map(({ id }) => id)).not.toContain(nodeId('3'));
});

test('a seed by another name is the node that answers there, and is asked once', async () => {
  const nodes = all(healthyTable);
  const alias = { host: 'outside.example', port: 7000 };
  nodes.set(printAddress(alias), { table: healthyTable, self: 'a' });
  nodes.delete(printAddress(at('a')));
  const calls = network(() => nodes);
  const observer = createObserver({ calls, clock, seeds: [alias] });
  expect(answeredIds((await observer.round()).views)).toBe('123abc');
  calls.asked.length = 0;
  expect(answeredIds((await observer.round()).views)).toBe('123abc');
  expect(calls.asked.toSorted()).toEqual(
    [printAddress(alias), ...['b', 'c', '1', '2', '3'].map((id) => printAddress(at(id)))].toSorted(),
  );
});

test('the facts of the last full look stand in a look at the map only', async () => {
  const observer = createObserver({ calls: network(() => all(healthyTable)), clock, seeds: [at('a')] });
  await observer.round({ depth: 'full' });
  const { views } = await observer.round({ depth: 'map' });
  for (const view of views) expect(view).toMatchObject({ facts: { server: { version: '7.0.15' }, currentEpoch: 9 } });
});

test('a look that is given up ends with the reason', async () => {
  const nodes = all(healthyTable);
  nodes.set(printAddress(at('b')), 'hangs');
  const stop = new AbortController();
  const look = createObserver({ calls: network(() => nodes), clock, seeds: [at('a')] }).round({ signal: stop.signal });
  stop.abort();
  await expect(look).rejects.toMatchObject({ name: 'AbortError' });
});

test('a fault of ours ends the look instead of leaving it waiting', async () => {
  const broken: NodeCalls = { ...network(() => new Map()), pipeline: () => Promise.reject(new Error('a fault')) };
  await expect(observeCluster({ calls: broken, clock, seeds: [at('a')] })).rejects.toThrow('a fault');
});
