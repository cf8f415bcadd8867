import { expect, test } from 'vitest';
import { readEpochBump } from './cluster-bump-epoch.ts';
import { readKeyCount } from './cluster-count-keys-in-slot.ts';
import { readKeysInSlot } from './cluster-get-keys-in-slot.ts';
import { readClusterHelp } from './cluster-help.ts';
import { readClusterInfo } from './cluster-info.ts';
import { readSetSlotRefusal } from './cluster-set-slot.ts';
import { readSlotStats } from './cluster-slot-stats.ts';
import { readConfig } from './config-get.ts';
import { readInfo } from './info.ts';
import { readRole } from './role.ts';

test('INFO of a Valkey names Valkey, though it also prints a Redis version for old clients', () => {
  const info = readInfo('# Server\r\nredis_version:7.2.4\r\nvalkey_version:9.1.2\r\navailability_zone:z1\r\n');
  expect(info).toMatchObject({ ok: true, value: { server: { flavour: 'valkey', version: '9.1.2' }, zone: 'z1' } });
});

test('no limit of memory, an empty key space and a missing section are three different things', () => {
  const full = readInfo('maxmemory:0\r\n# Keyspace\r\n');
  expect(full).toMatchObject({ ok: true, value: { maxMemoryBytes: null, keys: 0 } });
  expect(readInfo('maxmemory:100\r\n')).toMatchObject({ ok: true, value: { maxMemoryBytes: 100, keys: null } });
  expect(readInfo('# Keyspace\r\ndb0:keys=5,expires=1,avg_ttl=0\r\ndb3:keys=7,expires=0\r\n')).toMatchObject({
    ok: true,
    value: { keys: 12 },
  });
});

test('a replica in full resynchronisation has a link that is down and says that it syncs', () => {
  const info = readInfo(
    'role:slave\r\nmaster_link_status:down\r\nmaster_sync_in_progress:1\r\nslave_repl_offset:90\r\n',
  );
  expect(info).toMatchObject({
    ok: true,
    value: { role: 'replica', replication: { link: 'down', syncing: true }, replicationOffset: 90 },
  });
});

test('CLUSTER INFO is read from either RESP version and refused when it is no text', () => {
  const text =
    'cluster_state:fail\r\ncluster_current_epoch:12\r\ncluster_my_epoch:3\r\ncluster_known_nodes:6\r\ncluster_size:3\r\n';
  const expected = { state: 'fail', currentEpoch: 12, myEpoch: 3, knownNodes: 6, size: 3 };
  expect(readClusterInfo(text)).toEqual({ ok: true, value: expected });
  expect(readClusterInfo(Buffer.from(text))).toEqual({ ok: true, value: expected });
  expect(readClusterInfo(['cluster_state:ok'])).toMatchObject({ ok: false });
  expect(readClusterInfo('<html>')).toMatchObject({ ok: false });
});

test('slot statistics read alike as RESP2 lists and RESP3 maps, with and without memory', () => {
  const flat = [
    [5, ['key-count', 3, 'memory-bytes', 900]],
    [6, ['key-count', '0']],
  ];
  const maps = [
    [
      5,
      new Map<string, unknown>([
        ['key-count', 3],
        ['memory-bytes', 900],
      ]),
    ],
    [6, { 'key-count': 0 }],
  ];
  const expected = [
    { slot: 5, keys: 3, bytes: 900 },
    { slot: 6, keys: 0, bytes: null },
  ];
  expect(readSlotStats(flat)).toEqual({ ok: true, value: expected });
  expect(readSlotStats(maps)).toEqual({ ok: true, value: expected });
  expect(readSlotStats([[99_999, ['key-count', 3]]])).toMatchObject({ ok: false });
});

test('an epoch bump tells whether anything changed', () => {
  expect(readEpochBump('BUMPED 8')).toEqual({ ok: true, value: { changed: true, epoch: 8 } });
  expect(readEpochBump('STILL 8')).toEqual({ ok: true, value: { changed: false, epoch: 8 } });
  expect(readEpochBump('OK')).toMatchObject({ ok: false });
});

test('keys come as bytes whatever the reply holds', () => {
  expect(readKeysInSlot(['a', Buffer.from([255])])).toEqual({
    ok: true,
    value: [Buffer.from('a'), Buffer.from([255])],
  });
  expect(readKeysInSlot('a')).toMatchObject({ ok: false });
  expect(readKeyCount('7')).toEqual({ ok: true, value: 7 });
  expect(readKeyCount(-1)).toMatchObject({ ok: false });
});

test('ROLE of a primary lists its replicas, of a replica its link', () => {
  expect(readRole(['master', 100, [['10.0.0.2', '7001', '90']]])).toEqual({
    ok: true,
    value: { role: 'primary', offset: 100, replicas: [{ host: '10.0.0.2', port: 7001, offset: 90 }] },
  });
  expect(readRole(['slave', '10.0.0.1', 7000, 'connected', 95])).toMatchObject({
    ok: true,
    value: { link: 'connected' },
  });
  expect(readRole(['sentinel'])).toMatchObject({ ok: false });
});

test('CONFIG GET and CLUSTER HELP are read', () => {
  expect(readConfig({ maxmemory: '0' })).toEqual({ ok: true, value: new Map([['maxmemory', '0']]) });
  expect(readConfig(['maxmemory'])).toMatchObject({ ok: false });
  const help = readClusterHelp([
    'CLUSTER <subcommand> [<arg>]. Subcommands are:',
    'SLOT-STATS <x>',
    '    Return …',
    'MIGRATESLOTS …',
  ]);
  expect(help).toEqual({ ok: true, value: new Set(['SLOT-STATS', 'MIGRATESLOTS']) });
});

test.each([
  ['ERR Please use SETSLOT only with masters.', 'not-a-primary'],
  ["ERR I'm not the owner of hash slot 5", 'not-owner'],
  ["ERR I'm already the owner of hash slot 5", 'already-owner'],
  ["ERR I don't know about node abc", 'unknown-node'],
  ['ERR Unknown node abc', 'unknown-node'],
  ["ERR Can't assign hashslot 5 to a different node while I still hold keys for this hash slot.", 'keys-left'],
  ['NOREPLICAS Not enough good replicas to write.', 'too-few-replicas'],
  ['ERR Slot 5 is currently in an active atomic slot migration.', 'other-migration'],
  ['ERR something new', 'other'],
])('SETSLOT refused with "%s" is %s', (line, refusal) => {
  expect(readSetSlotRefusal(line)).toBe(refusal);
});
