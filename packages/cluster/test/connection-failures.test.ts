import { createServer, type Server, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { readTls } from '@slotdeck/testkit/real-node';
import { reply, startScriptedNode, type ScriptedNode } from '@slotdeck/testkit/scripted-node';
import { makeTlsFiles, type TlsFiles } from '@slotdeck/testkit/tls-files';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ConnectionSettings } from '../src/connection/connection-settings.ts';
import { NodeCallError, type NodeAddress } from '../src/connection/node-calls.ts';
import { openConnections, type NodeConnections } from '../src/connection/node-connections.ts';
import { probeAddress } from '../src/connection/probe-address.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const closers: (() => Promise<void>)[] = [];
let plain: RealCluster;
let secured: RealCluster;
let tlsFiles: TlsFiles;
let otherTlsFiles: TlsFiles;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotdeck-connection-'));
  tlsFiles = await makeTlsFiles(folder);
  const otherFolder = await mkdtemp(join(folder, 'other-'));
  otherTlsFiles = await makeTlsFiles(otherFolder);
  [plain, secured] = await Promise.all([
    startCluster({
      primaries: 0,
      emptyNodes: 2,
      password: 'right',
      aclUsers: { ops: 'on >secret ~* &* +@all', poor: 'on >secret ~* &* +ping +info' },
    }),
    startCluster({ primaries: 0, emptyNodes: 1, tls: tlsFiles }),
  ]);
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

afterAll(async () => {
  await Promise.all([plain?.shutdown(), secured?.shutdown()]);
  await rm(folder, { recursive: true, force: true });
  await expectNoLeaks();
});

function open(settings: ConnectionSettings): NodeConnections {
  const connections = openConnections({ connectTimeoutMs: 1_000, replyTimeoutMs: 1_000, ...settings });
  closers.push(() => connections.close());
  return connections;
}

async function scripted(): Promise<ScriptedNode> {
  const node = await startScriptedNode();
  closers.push(() => node.close());
  return node;
}

async function rawServer(serve: (socket: Socket) => void): Promise<NodeAddress> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { host: '127.0.0.1', port: address.port };
}

async function problemOf(settings: ConnectionSettings, address: NodeAddress): Promise<{ code: string; seen: string }> {
  const probe = await probeAddress(address, { connectTimeoutMs: 1_000, replyTimeoutMs: 1_000, ...settings }, clock);
  if (probe.ok) throw new Error('it answered');
  return probe.problem;
}

async function failureOf(call: Promise<unknown>): Promise<NodeCallError['failure']> {
  try {
    await call;
  } catch (error) {
    if (error instanceof NodeCallError) return error.failure;
    throw error;
  }
  throw new Error('it answered');
}

const nodeAt = (cluster: RealCluster, at = 0): NodeAddress => {
  const node = cluster.nodes[at];
  if (node === undefined) throw new Error('no such node');
  return { host: node.host, port: node.port };
};

test('a port where nobody listens refuses the connection', async () => {
  const server = await rawServer(() => undefined);
  for (const close of closers.splice(0)) await close();
  expect(await problemOf({}, server)).toMatchObject({
    code: 'connection-refused',
    seen: expect.stringContaining('ECONNREFUSED'),
  });
});

test('a name that does not exist is told as such', async () => {
  expect((await problemOf({}, { host: 'no-such-host.invalid', port: 6379 })).code).toBe('name-not-found');
});

test('a wrong password, a missing one and a user without rights are three problems', async () => {
  expect((await problemOf({ password: 'wrong' }, nodeAt(plain))).code).toBe('wrong-password');
  expect((await problemOf({}, nodeAt(plain))).code).toBe('password-required');
  expect((await problemOf({ username: 'poor', password: 'secret' }, nodeAt(plain))).code).toBe('no-permission');
});

test('a password and an ACL user open the door; a password nobody asked for does no harm', async () => {
  expect((await probeAddress(nodeAt(plain), { password: 'right' }, clock)).ok).toBe(true);
  expect((await probeAddress(nodeAt(plain), { username: 'ops', password: 'secret', protocol: 3 }, clock)).ok).toBe(
    true,
  );
  const free = await startCluster({ primaries: 0, emptyNodes: 1 });
  closers.push(() => free.shutdown());
  expect((await probeAddress(nodeAt(free), { password: 'whatever' }, clock)).ok).toBe(true);
});

test('no problem and no error ever carries the password', async () => {
  const connections = open({ username: 'ops', password: 'hunter2-wrong' });
  const error: unknown = await connections.call(nodeAt(plain), ['PING']).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(NodeCallError);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error)).not.toContain('hunter2');
  expect(error).not.toHaveProperty('cause');
});

test('a server with cluster mode off is not a cluster', async () => {
  const node = await scripted();
  node.on(['CLUSTER'], reply.error('ERR This instance has cluster support disabled'));
  node.on(['INFO'], '# Cluster\r\ncluster_enabled:0\r\n');
  expect(await problemOf({}, node)).toEqual({ code: 'not-a-cluster', seen: 'cluster_enabled:0' });
});

test('plain text to a TLS port, and TLS to a plain port, are told apart from a dead node', async () => {
  expect((await problemOf({}, nodeAt(secured))).code).toBe('tls-required');
  expect((await problemOf({ password: 'right', tls: { verify: false } }, nodeAt(plain))).code).toBe('tls-not-spoken');
});

test('a certificate of an unknown authority is refused unless checking is switched off', async () => {
  const { ca } = readTls(tlsFiles);
  expect((await problemOf({ tls: { ca: readTls(otherTlsFiles).ca } }, nodeAt(secured))).code).toBe('tls-untrusted');
  expect((await problemOf({ tls: {} }, nodeAt(secured))).code).toBe('tls-untrusted');
  expect((await problemOf({ tls: { ca, serverName: 'other.example' } }, nodeAt(secured))).code).toBe('tls-untrusted');
  expect((await probeAddress(nodeAt(secured), { tls: { ca } }, clock)).ok).toBe(true);
  expect((await probeAddress(nodeAt(secured), { tls: { verify: false } }, clock)).ok).toBe(true);
});

test('a client certificate is shown to the server', async () => {
  expect((await probeAddress(nodeAt(secured), { tls: readTls(tlsFiles) }, clock)).ok).toBe(true);
});

test('a key that is no key is a problem of TLS, found before anything is dialled', async () => {
  expect((await problemOf({ tls: { cert: 'no pem', key: 'no pem' } }, nodeAt(secured))).code).toBe('tls-untrusted');
});

test('a web server is not Redis', async () => {
  const web = await rawServer((socket) => socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  expect(await problemOf({}, web)).toEqual({ code: 'not-redis', seen: 'HTTP/1.1 400 Bad Request' });
});

test('something that greets first is not Redis', async () => {
  const mail = await rawServer((socket) => socket.write('220 mail.example ESMTP\r\n'));
  expect((await problemOf({}, mail)).code).toBe('not-redis');
});

test('one that accepts and says nothing runs out of time', async () => {
  const mute = await rawServer((socket) => socket.resume());
  expect(await problemOf({ connectTimeoutMs: 200 }, mute)).toEqual({ code: 'timeout', seen: 'no reply within 200 ms' });
});

test('a frozen node times out, holds up no other, and is back when it is thawed', async () => {
  const connections = open({ password: 'right', replyTimeoutMs: 300, connectTimeoutMs: 300 });
  const frozen = plain.nodes[0];
  if (frozen === undefined) throw new Error('no node');
  expect(await connections.call(nodeAt(plain), ['PING'])).toBe('PONG');
  frozen.pause();
  try {
    const stuck = failureOf(connections.call(nodeAt(plain), ['PING']));
    expect(await connections.call(nodeAt(plain, 1), ['PING'])).toBe('PONG');
    expect(await stuck).toMatchObject({ kind: 'no-reply', sent: true, problem: { code: 'timeout' } });
    // Not dialled yet: it fails before anything could be sent.
    expect(await failureOf(connections.call(nodeAt(plain), ['PING']))).toMatchObject({
      sent: false,
      problem: { code: 'timeout' },
    });
  } finally {
    frozen.resume();
  }
  await expect
    .poll(() => connections.call(nodeAt(plain), ['PING']).catch(() => 'not yet'), { timeout: 10_000 })
    .toBe('PONG');
});

test('a reply cut in the middle is a closed connection, and the next call dials anew', async () => {
  const node = await scripted();
  node.on(['CLUSTER', 'NODES'], reply.cut(reply.value('x'.repeat(500)), 40), 'whole');
  const connections = open({});
  expect(await failureOf(connections.call(node, ['CLUSTER', 'NODES']))).toMatchObject({
    kind: 'no-reply',
    sent: true,
    problem: { code: 'connection-closed' },
  });
  expect(await connections.call(node, ['CLUSTER', 'NODES'])).toBe('whole');
});

test('bytes that are no reply end the connection as a broken reply', async () => {
  const node = await scripted();
  node.on(['INFO'], reply.raw('Hello, I am a proxy\r\n'));
  const connections = open({});
  expect(await connections.call(node, ['PING'])).toBe('PONG');
  expect(await failureOf(connections.call(node, ['INFO']))).toMatchObject({ problem: { code: 'broken-reply' } });
  expect(await connections.call(node, ['PING'])).toBe('PONG');
});

test('a late reply is never taken for the reply to another call', async () => {
  const node = await scripted();
  node.on(['SLOW'], reply.delayed(400, reply.value('slow')));
  node.on(['QUICK'], 'quick');
  const connections = open({});
  const patient = connections.call(node, ['SLOW'], { timeoutMs: 5_000 });
  const impatient = failureOf(connections.call(node, ['QUICK'], { timeoutMs: 100 }));
  expect(await impatient).toMatchObject({ kind: 'no-reply', sent: true, problem: { code: 'timeout' } });
  // The impatient one was only waiting behind the patient one, which is not cut off.
  expect(await patient).toBe('slow');
  expect(await connections.call(node, ['PING'])).toBe('PONG');
  expect(node.connectionCount).toBe(1);
});

test('a node that is owed too many answers is busy for further calls', async () => {
  const node = await scripted();
  node.on(['SLOW'], reply.hang);
  const connections = open({ maxPending: 3 });
  const stuck = connections.pipeline(node, [['SLOW'], ['SLOW'], ['SLOW']]);
  await expect.poll(() => node.received.length).toBeGreaterThanOrEqual(2);
  expect(await failureOf(connections.call(node, ['PING']))).toMatchObject({ sent: false, problem: { code: 'busy' } });
  expect((await stuck).every((outcome) => !outcome.ok)).toBe(true);
});

test('one connection serves all calls, and many callers wait for one dialling', async () => {
  const node = await scripted();
  const connections = open({});
  await Promise.all(Array.from({ length: 20 }, () => connections.call(node, ['PING'])));
  expect(node.connectionCount).toBe(1);
});

test('an idle connection is given back and made again when it is needed', async () => {
  const node = await scripted();
  const connections = open({ idleMs: 30 });
  await connections.call(node, ['PING']);
  await expect.poll(() => node.connectionCount).toBe(0);
  expect(await connections.call(node, ['PING'])).toBe('PONG');
});

test('a pipeline answers one by one, errors in their places', async () => {
  const connections = open({ password: 'right' });
  const outcomes = await connections.pipeline(nodeAt(plain), [['PING'], ['NOSUCH'], ['ECHO', Buffer.from([255])]], {
    binary: true,
  });
  expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, false, true]);
  expect(outcomes[2]).toMatchObject({ reply: Buffer.from([255]) });
  expect(outcomes[1]).toMatchObject({ error: { failure: { kind: 'error-reply', prefix: 'ERR' } } });
});

test('a transaction gives the outcomes of EXEC, and what was refused when it was refused', async () => {
  const connections = open({ password: 'right' });
  const outcomes = await connections.transaction(nodeAt(plain), [
    ['CLUSTER', 'MYID'],
    ['CLUSTER', 'SETSLOT', 1, 'NODE', 'nobody'],
  ]);
  expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, false]);
  expect(await failureOf(connections.transaction(nodeAt(plain), [['NOSUCH']]))).toMatchObject({
    kind: 'error-reply',
    line: expect.stringContaining('NOSUCH'),
  });
});

test('a call that is given up says so at once and leaves the connection usable', async () => {
  const node = await scripted();
  node.on(['SLOW'], reply.delayed(200, reply.value('slow')));
  const connections = open({});
  const stop = new AbortController();
  const call = connections.call(node, ['SLOW'], { signal: stop.signal });
  await expect.poll(() => node.received.some(([name]) => name === 'SLOW')).toBe(true);
  stop.abort();
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  expect(await connections.call(node, ['PING'])).toBe('PONG');
});

test('what a node says of its address is dialled by the NAT map', async () => {
  const node = await scripted();
  const connections = open({ natMap: { '10.255.255.1:6379': `127.0.0.1:${node.port}` } });
  expect(await connections.call({ host: '10.255.255.1', port: 6379 }, ['PING'])).toBe('PONG');
});

test('after closing nothing is dialled any more', async () => {
  const node = await scripted();
  const connections = open({});
  await connections.call(node, ['PING']);
  await connections.close();
  await expect.poll(() => node.connectionCount).toBe(0);
  expect(await failureOf(connections.call(node, ['PING']))).toMatchObject({
    sent: false,
    problem: { code: 'connection-closed' },
  });
});
