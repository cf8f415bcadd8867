import { expect, test } from 'vitest';
import type { Channel } from '@slotdeck/contract/stream';
import { CLUSTER, fixtureLive, NOW } from '../testing/cluster-fixture.ts';
import { makeHandPorts } from '../testing/hand-ports.ts';
import { makeStreamClient, pauseBefore, type Connection } from './stream-client.ts';

const channel: Channel = { name: 'cluster', id: CLUSTER };

function open({
  gap = false,
  lastSeen = null,
}: { gap?: boolean; lastSeen?: { life: string; version: number } | null } = {}) {
  const ports = makeHandPorts(NOW);
  const connections: Connection[] = [];
  const received: string[] = [];
  const clocks: number[] = [];
  const stream = makeStreamClient({
    ports,
    lastSeen: () => lastSeen,
    onMessage: (message) => {
      received.push(message.type);
      return gap && message.type === 'cluster-delta' ? 'gap' : 'applied';
    },
    onConnection: (connection) => connections.push(connection),
    onClock: (ahead) => clocks.push(ahead),
  });
  return { ports, connections, received, clocks, stream };
}

test('the first message says hello with all channels and the last version held of each', () => {
  const { ports, stream } = open({ lastSeen: { life: 'life-1', version: 7 } });
  stream.watch(channel);
  stream.start();
  ports.last().onopen?.();
  expect(ports.last().sent).toEqual([
    { type: 'hello', protocol: 1, watch: [{ channel, lastSeen: { life: 'life-1', version: 7 } }] },
  ]);
});

test('a lost connection is tried again after growing pauses, and the first success resets them', () => {
  const { ports, stream, connections } = open();
  stream.start();
  ports.last().onclose?.();
  expect(connections.at(-1)).toEqual({ state: 'waiting', retryAt: NOW + 500, attempt: 1 });
  ports.pass(500);
  ports.last().onclose?.();
  expect(connections.at(-1)).toMatchObject({ state: 'waiting', attempt: 2 });
  ports.pass(1000);
  ports.last().welcome(NOW);
  ports.last().onclose?.();
  expect(connections.at(-1)).toMatchObject({ state: 'waiting', attempt: 1 });
});

test('pauses never exceed fifteen seconds and are never shorter than half of theirs', () => {
  expect(pauseBefore(1, 0)).toBe(250);
  expect(pauseBefore(20, 1)).toBe(15_000);
  expect(pauseBefore(20, 0)).toBe(7500);
});

test('a server that is silent is pinged, and given up when it does not answer that either', () => {
  const { ports, stream, connections } = open();
  stream.start();
  ports.last().welcome(NOW);
  ports.pass(10_000);
  expect(ports.last().sent.at(-1)).toEqual({ type: 'ping', id: 1 });
  const silent = ports.last();
  ports.pass(5000);
  expect(connections.at(-1)?.state).toBe('waiting');
  expect(silent.closed).toBe(true);
});

test('a busy server is asked for its clock too, since that may be set while the page is open', () => {
  const { ports, stream, clocks } = open({ lastSeen: null });
  stream.watch(channel);
  stream.start();
  ports.last().welcome(NOW);
  for (let second = 0; second < 10; second += 1) {
    ports.pass(1000);
    ports.last().say({ type: 'cluster-snapshot', channel, version: second, live: fixtureLive() });
  }
  expect(ports.last().sent.at(-1)).toEqual({ type: 'ping', id: 1 });
  ports.last().say({ type: 'pong', id: 1, now: NOW + 10_000 - 7_200_000 });
  expect(clocks).toEqual([0, -7_200_000]);
});

test('a gap asks for a whole snapshot once, and deltas are not heard until it comes', () => {
  const { ports, stream, received } = open({ gap: true, lastSeen: { life: 'life-1', version: 2 } });
  stream.watch(channel);
  stream.start();
  ports.last().welcome(NOW);
  const delta = { type: 'cluster-delta', channel, version: 9, from: 8 } as const;
  ports.last().say(delta);
  ports.last().say({ ...delta, version: 10, from: 9 });
  expect(ports.last().sent.slice(1)).toEqual([{ type: 'watch', watch: [{ channel, lastSeen: null }] }]);
  expect(received).toEqual(['cluster-delta']);
  ports.last().say({ type: 'cluster-snapshot', channel, version: 10, live: fixtureLive() });
  expect(received).toEqual(['cluster-delta', 'cluster-snapshot']);
});

test('several watchers share a channel, and the last one to leave ends it', () => {
  const { ports, stream } = open();
  stream.start();
  ports.last().welcome(NOW);
  const [first, second] = [stream.watch(channel), stream.watch(channel)];
  first();
  first();
  expect(ports.last().sent.map((message) => message.type)).toEqual(['hello', 'watch']);
  second();
  expect(ports.last().sent.at(-1)).toEqual({ type: 'unwatch', channels: [channel] });
});

test('signing out elsewhere ends the stream for good', () => {
  const { ports, stream, connections } = open();
  stream.start();
  ports.last().welcome(NOW);
  ports.last().say({ type: 'goodbye', reason: 'signed-out', detail: '' });
  ports.pass(60_000);
  expect(connections.at(-1)).toEqual({ state: 'ended', reason: 'signed-out' });
  expect(ports.sockets.length).toBe(1);
});

test('what is no message of this protocol ends the stream instead of being guessed at', () => {
  const { ports, stream, connections } = open();
  stream.start();
  ports.last().onopen?.();
  ports.last().onmessage?.({ data: '{"type":"welcome"' });
  expect(connections.at(-1)).toEqual({ state: 'ended', reason: 'protocol' });
});

test('after stop nothing is tried, sent or told', () => {
  const { ports, stream, connections } = open();
  stream.start();
  ports.last().welcome(NOW);
  const socket = ports.last();
  stream.stop();
  const told = connections.length;
  socket.say({ type: 'pong', id: 1, now: NOW });
  ports.pass(120_000);
  expect(connections.length).toBe(told);
  expect(ports.sockets.length).toBe(1);
});
