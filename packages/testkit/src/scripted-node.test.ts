import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { expectNoLeaks } from './leaks.ts';
import { openConnection, type NodeConnection } from './node-connection.ts';
import { reply, startScriptedNode, type ScriptedNode } from './scripted-node.ts';

let node: ScriptedNode;
let connection: NodeConnection;

beforeEach(async () => {
  node = await startScriptedNode();
  connection = openConnection({ host: node.host, port: node.port, timeoutMs: 200 });
});
afterEach(async () => {
  connection.close();
  await node.close();
});
afterAll(expectNoLeaks);

test('the most specific script answers and every command is on record', async () => {
  node.on(['cluster'], 'anything');
  node.on(['CLUSTER', 'NODES'], 'the nodes');
  expect(await connection.call('CLUSTER', 'NODES')).toBe('the nodes');
  expect(await connection.call('cluster', 'info')).toBe('anything');
  expect(node.received).toEqual([
    ['CLUSTER', 'NODES'],
    ['cluster', 'info'],
  ]);
});

test('several answers are given one after the other and the last one stays', async () => {
  node.on(['GET', 'k'], 1, null, reply.error('LOADING not yet'));
  expect(await connection.call('GET', 'k')).toBe(1);
  expect(await connection.call('GET', 'k')).toBe(null);
  await expect(connection.call('GET', 'k')).rejects.toMatchObject({ code: 'LOADING' });
  await expect(connection.call('GET', 'k')).rejects.toMatchObject({ code: 'LOADING' });
});

test('a function may look at the whole command and decline', async () => {
  node.on(['GET'], (args) => (args[1] === 'mine' ? 'yes' : null));
  expect(await connection.call('GET', 'mine')).toBe('yes');
  await expect(connection.call('GET', 'other')).rejects.toThrow(/unknown command 'GET'/);
});

test('maps and nulls are written in the protocol version the client chose', async () => {
  node.on(['CONFIG'], new Map([['a', null]]));
  expect(await connection.call('CONFIG')).toEqual(['a', null]);
  expect(await connection.call('HELLO', 3)).toBeInstanceOf(Map);
  expect(await connection.call('CONFIG')).toEqual(new Map([['a', null]]));
});

test('an old server does not know HELLO', async () => {
  const old = await startScriptedNode({ hello: 'refuse' });
  const client = openConnection({ host: old.host, port: old.port });
  await expect(client.call('HELLO', 3)).rejects.toThrow(/unknown command 'HELLO'/);
  client.close();
  await old.close();
});

test('a reply that is cut in the middle is a lost connection, and the next call connects again', async () => {
  node.on(['INFO'], reply.cut(reply.value('0123456789'), 8), 'whole');
  await expect(connection.call('INFO')).rejects.toMatchObject({ code: 'connection-lost' });
  expect(await connection.call('INFO')).toBe('whole');
});

test('a server that hangs is noticed by its silence', async () => {
  node.on(['INFO'], reply.hang);
  await expect(connection.call('INFO')).rejects.toMatchObject({ code: 'no-answer' });
});

test('delayed answers keep the order of the commands', async () => {
  node.on(['FIRST'], reply.delayed(20, reply.status('1')));
  node.on(['SECOND'], reply.status('2'));
  expect(await connection.pipeline([['FIRST'], ['SECOND']])).toEqual(['1', '2']);
});

test('a server of another protocol is told apart from a closed port', async () => {
  node.on(['PING'], reply.wrongProtocol);
  await expect(connection.call('PING')).rejects.toThrow(/unexpected first byte "H"/);
});
