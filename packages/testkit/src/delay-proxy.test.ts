import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { startDelayProxy, type DelayProxy } from './delay-proxy.ts';
import { expectNoLeaks } from './leaks.ts';
import { openConnection, type NodeConnection } from './node-connection.ts';
import { startScriptedNode, type ScriptedNode } from './scripted-node.ts';

let node: ScriptedNode;
let proxy: DelayProxy;
let connection: NodeConnection;

beforeEach(async () => {
  node = await startScriptedNode();
  node.on(['ECHO'], (args) => args[1] ?? '');
  proxy = await startDelayProxy({ target: node, delayMs: 1 });
  connection = openConnection({ host: proxy.host, port: proxy.port, timeoutMs: 300 });
});
afterEach(async () => {
  connection.close();
  await proxy.close();
  await node.close();
});
afterAll(expectNoLeaks);

test('everything arrives unchanged and in order, also when the delay changes under way', async () => {
  const texts = Array.from({ length: 300 }, (_, index) => `${index}`.repeat(50));
  const first = connection.pipeline(texts.map((text) => ['ECHO', text]));
  proxy.setDelay(0);
  const second = connection.pipeline(texts.map((text) => ['ECHO', text]));
  expect(await first).toEqual(texts);
  expect(await second).toEqual(texts);
  expect(proxy.bytes.toTarget).toBeGreaterThan(30_000);
});

test('a round trip takes at least nearly twice the delay', async () => {
  proxy.setDelay(10);
  await connection.call('PING');
  const start = performance.now();
  await connection.call('PING');
  // Each way may leave half a millisecond early; a lower bound holds on however slow a machine.
  expect(performance.now() - start).toBeGreaterThanOrEqual(19);
});

test('a cut drops connections and new ones are served', async () => {
  await connection.call('PING');
  const broken = connection.call('ECHO', 'never');
  proxy.cut();
  await expect(broken).rejects.toMatchObject({ code: 'connection-lost' });
  expect(await connection.call('PING')).toBe('PONG');
});

test('a black hole accepts and never answers until it is healed', async () => {
  proxy.blackhole();
  await expect(connection.call('PING')).rejects.toMatchObject({ code: 'no-answer' });
  proxy.heal();
  expect(await connection.call('PING')).toBe('PONG');
});

test('a refusing proxy looks like a server that is down', async () => {
  proxy.refuse();
  await expect(connection.call('PING')).rejects.toMatchObject({ code: 'connection-lost' });
  proxy.heal();
  expect(await connection.call('PING')).toBe('PONG');
});
