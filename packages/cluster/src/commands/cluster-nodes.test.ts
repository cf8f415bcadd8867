import { NodeId } from '@slotdeck/model/ids';
import { slotsOf } from '@slotdeck/model/slot-ranges';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NodeLine } from '../observe/node-view.ts';
import { printNodeLine, readClusterNodes } from './cluster-nodes.ts';

const a = 'a'.repeat(40);
const b = 'b'.repeat(40);

function readOne(line: string): NodeLine {
  const table = readClusterNodes(`${line}\n`);
  if (!table.ok) throw new Error(`not read: ${table.seen}`);
  const first = table.value[0];
  if (first === undefined) throw new Error('no line');
  return first;
}

test('a primary with slots, open slots, host name and further fields is read whole', () => {
  const line = `${a} 10.0.0.1:6379@16379,one.example,shard-id=${b} myself,master,nofailover - 0 1700000000000 7 connected 0-99 200 [93->-${b}] [300-<-${b}]`;
  expect(readOne(line)).toEqual({
    id: a,
    isMyself: true,
    host: '10.0.0.1',
    port: 6379,
    busPort: 16379,
    hostname: 'one.example',
    flags: ['master', 'nofailover'],
    role: 'primary',
    primaryId: null,
    configEpoch: 7,
    link: 'connected',
    slots: [
      [0, 99],
      [200, 200],
    ],
    migrating: [{ slot: 93, to: b }],
    importing: [{ slot: 300, from: b }],
  });
});

test.each([
  ['an IPv6 address keeps its colons', '::1:7000@17000', { host: '::1', port: 7000, busPort: 17000 }],
  ['a node that met nobody prints no host', ':7000@17000', { host: '', port: 7000, busPort: 17000 }],
  ['a node without address prints neither', ':0@0', { host: '', port: 0, busPort: 0 }],
  ['an empty host name is none', '10.0.0.1:1@2,', { host: '10.0.0.1', hostname: null }],
  ['fields without a host name are no host name', '10.0.0.1:1@2,shard-id=x', { host: '10.0.0.1', hostname: null }],
  ['an empty host name before further fields is none', '10.0.0.1:1@2,,tls-port=0', { hostname: null }],
  ['an old server prints no bus port', '10.0.0.1:7000', { host: '10.0.0.1', port: 7000, busPort: null }],
])('%s', (_, address, expected) => {
  expect(readOne(`${a} ${address} myself,master - 0 0 1 connected`)).toMatchObject(expected);
});

test('flags nobody has heard of are kept in the server’s words', () => {
  const table = readClusterNodes(
    `${a} h:1@2 myself,master - 0 0 1 connected\n${b} h:2@3 slave,fail?,newflag ${a} 0 0 1 disconnected\n`,
  );
  expect(table).toMatchObject({
    ok: true,
    value: [{}, { role: 'replica', flags: ['slave', 'fail?', 'newflag'], primaryId: a, link: 'disconnected' }],
  });
});

test('a node in handshake has no role yet', () => {
  const table = readClusterNodes(
    `${a} h:1@2 myself,master - 0 0 1 connected\n${b} h:2@3 handshake - 0 0 0 connected\n`,
  );
  expect(table).toMatchObject({ ok: true, value: [{}, { role: 'unknown', flags: ['handshake'] }] });
});

test.each([
  ['a line cut in the middle', `${a} 10.0.0.1:6379@16379 myself,mas`],
  ['an id that is no id', `xyz 10.0.0.1:6379@16379 myself,master - 0 0 1 connected`],
  ['an address without port', `${a} 10.0.0.1 myself,master - 0 0 1 connected`],
  ['a slot beyond the last', `${a} h:1@2 myself,master - 0 0 1 connected 0-16384`],
  ['a range that ends before it starts', `${a} h:1@2 myself,master - 0 0 1 connected 9-3`],
  ['an open slot without a node', `${a} h:1@2 myself,master - 0 0 1 connected [93->-]`],
  ['an unknown link state', `${a} h:1@2 myself,master - 0 0 1 maybe`],
  ['no line of the node itself', `${a} h:1@2 master - 0 0 1 connected`],
  ['a reply that is no text', 42],
  ['nothing', null],
])('%s is told as a broken reply with what was seen', (_, reply) => {
  const result = readClusterNodes(reply);
  expect(result.ok).toBe(false);
  expect(result).toHaveProperty('seen', expect.any(String));
});

test('observers that say the same of a node share one object, whatever their ping times', () => {
  const known = new Map<string, NodeLine>();
  const first = readClusterNodes(
    `${a} h:1@2 myself,master - 0 0 1 connected 0-5\n${b} h:2@3 master - 1 2 2 connected\n`,
    known,
  );
  const second = readClusterNodes(
    `${a} h:1@2 myself,master - 0 0 1 connected 0-5\n${b} h:2@3 master - 8 9 2 connected\n`,
    known,
  );
  if (!first.ok || !second.ok) throw new Error('not read');
  expect(second.value[1]).toBe(first.value[1]);
});

const id = fc.stringMatching(/^[0-9a-f]{40}$/).map((text) => NodeId.parse(text));
const slots = fc.uniqueArray(fc.integer({ min: 0, max: 16_383 }), { maxLength: 40 }).map((list) => slotsOf(list));
const open = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 16_383 }), id), { maxLength: 3 });
const flagWords = ['fail?', 'fail', 'noaddr', 'nofailover', 'handshake', 'unheard-of'];

const lineOf = (isMyself: boolean): fc.Arbitrary<NodeLine> =>
  fc
    .record({
      id,
      host: fc.constantFrom('', '10.1.2.3', '::1', 'fe80::1:2', 'node.example'),
      port: fc.integer({ min: 0, max: 65_535 }),
      busPort: fc.option(fc.integer({ min: 0, max: 65_535 })),
      hostname: fc.option(fc.constantFrom('one.example', 'two')),
      role: fc.constantFrom('master', 'slave', ''),
      flags: fc.subarray(flagWords),
      primaryId: fc.option(id),
      configEpoch: fc.integer({ min: 0, max: 1_000_000 }),
      link: fc.constantFrom('connected' as const, 'disconnected' as const),
      slots,
      migrating: open,
      importing: open,
    })
    .map(({ role, flags, migrating, importing, ...line }) => ({
      ...line,
      isMyself,
      flags: role === '' ? flags : [role, ...flags],
      role: role === 'master' ? 'primary' : role === 'slave' ? 'replica' : 'unknown',
      migrating: migrating.map(([slot, to]) => ({ slot, to })),
      importing: importing.map(([slot, from]) => ({ slot, from })),
    }));

test('a printed node table reads back as it was', () => {
  fc.assert(
    fc.property(lineOf(true), fc.array(lineOf(false), { maxLength: 8 }), (own, others) => {
      const table = [own, ...others];
      const result = readClusterNodes(`${table.map(printNodeLine).join('\n')}\n`);
      expect(result).toEqual({ ok: true, value: table });
    }),
  );
});

test('no text whatever makes the reader throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(() => readClusterNodes(text)).not.toThrow();
    }),
  );
});
