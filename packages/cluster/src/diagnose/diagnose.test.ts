import type { FindingCode } from '@slotdeck/model/finding';
import { Finding } from '@slotdeck/model/finding';
import type { Topology } from '@slotdeck/model/topology';
import { expect, test } from 'vitest';
import {
  answered,
  changed,
  healthyTable,
  merge,
  nodeId,
  silent,
  slots,
  viewsOf,
  type LineSketch,
} from '../../test/view-builder.ts';
import { diagnose, type Diagnosis, type DiagnoseOptions } from './diagnose.ts';

/** What is found after the trouble has stood for long. */
function settled(topology: Topology, options: Partial<DiagnoseOptions> = {}): Finding[] {
  let diagnosis: Diagnosis | null = null;
  for (let round = 0; round < 6; round += 1)
    diagnosis = diagnose(topology, { ...options, now: round * 2_000, previous: diagnosis });
  return [...(diagnosis?.findings ?? [])];
}
const codes = (findings: readonly Finding[]): FindingCode[] => findings.map((finding) => finding.code);
const only = (topology: Topology, code: FindingCode): Finding => {
  const found = settled(topology).filter((finding) => finding.code === code);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} findings ${code}`);
  return found[0];
};

test('nothing is wrong with a healthy cluster', () => {
  expect(settled(merge(viewsOf(healthyTable)))).toEqual([]);
});

test('every finding has the shape that goes over the wire', () => {
  const table = changed(
    healthyTable,
    { id: 'a', slots: '5-5460', migrating: [[93, 'b']] },
    { id: 'c', slots: '10923-16383', flags: ['fail'] },
  );
  const findings = settled(merge([...viewsOf(table, ['c']), silent('c')]));
  expect(findings.length).toBeGreaterThan(3);
  for (const finding of findings) expect(Finding.safeParse(finding).error).toBeUndefined();
});

test('slots that nobody owns are critical, with the nodes that have stopped for it', () => {
  const table = changed(healthyTable, { id: 'a', slots: '5-5460' });
  const views = table.map(({ id }) => answered(id, table, { clusterState: 'fail' }));
  expect(only(merge(views), 'slots-unassigned')).toMatchObject({
    severity: 'critical',
    slots: slots('0-4'),
    facts: { count: 5, slots: '0-4', nodesInFailState: 6 },
  });
});

test('a failed primary without failover is critical, and so are its slots; after the failover redundancy is what is missing', () => {
  const failing = changed(healthyTable, { id: 'a', slots: '0-5460', flags: ['fail'], down: true });
  const findings = settled(merge([...viewsOf(failing, ['a']), silent('a')]));
  expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
    ['slots-unreachable', 'critical'],
    ['node-failed', 'critical'],
  ]);
  const taken = changed(failing, { id: 'a', flags: ['fail'], down: true }, { id: '1', slots: '0-5460', epoch: 30 });
  expect(settled(merge([...viewsOf(taken, ['a']), silent('a')])).map(({ code, severity }) => [code, severity])).toEqual(
    [
      ['node-failed', 'warning'],
      ['primary-without-replica', 'warning'],
    ],
  );
});

test('a primary that only we cannot reach is a warning: clients may still be served', () => {
  const findings = settled(merge([...viewsOf(healthyTable, ['a']), silent('a')]));
  expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
    ['slots-unreachable', 'warning'],
    ['node-no-answer', 'warning'],
  ]);
  expect(findings[0]?.facts).toMatchObject({ onlyUs: true, liveReplicas: 1 });
});

test('one that turns us away tells with which words', () => {
  const finding = only(merge([...viewsOf(healthyTable, ['1']), silent('1', 'wrong-password')]), 'node-refuses');
  expect(finding.facts).toMatchObject({ problem: 'wrong-password', seen: 'as seen', primary: '10.0.0.10:6379' });
});

test('a suspected node tells how many suspect it', () => {
  const table = changed(healthyTable, { id: '1', of: 'a', flags: ['fail?'] });
  const views = [answered('b', table), answered('c', table), ...viewsOf(healthyTable, ['b', 'c'])];
  expect(only(merge(views), 'node-suspected')).toMatchObject({
    facts: { suspecting: 2 },
    evidence: [
      { node: nodeId('b'), says: 'fail?' },
      { node: nodeId('c'), says: 'fail?' },
    ],
  });
});

const openTable = changed(
  healthyTable,
  {
    id: 'a',
    slots: '0-5460',
    migrating: [
      [93, 'b'],
      [94, 'b'],
      [95, 'b'],
    ],
  },
  {
    id: 'b',
    slots: '5461-10922',
    importing: [
      [93, 'a'],
      [94, 'a'],
      [99, 'a'],
    ],
  },
);

test('open slots are named by how they are open, one finding per pair of nodes', () => {
  const findings = settled(merge(viewsOf(openTable)));
  expect(findings.map(({ code, slots: open, nodes }) => [code, open, nodes])).toEqual([
    ['slot-open-both-sides', slots('93-94'), [nodeId('a'), nodeId('b')]],
    ['slot-migrating-only', slots('95'), [nodeId('a'), nodeId('b')]],
    ['slot-importing-only', slots('99'), [nodeId('a'), nodeId('b')]],
  ]);
  expect(findings[1]?.evidence).toEqual([{ node: nodeId('a'), says: `[95->-${nodeId('b')}]` }]);
});

test('what an operation of ours holds open is no finding', () => {
  expect(settled(merge(viewsOf(openTable)), { ownOpenSlots: slots('93-99') })).toEqual([]);
  expect(codes(settled(merge(viewsOf(openTable)), { ownOpenSlots: slots('93-95') }))).toEqual(['slot-importing-only']);
});

test('a leftover on a replica is only a notice', () => {
  const table = changed(healthyTable, { id: '2', of: 'b', importing: [[7, 'a']] });
  expect(only(merge(viewsOf(table)), 'slot-importing-only')).toMatchObject({
    severity: 'notice',
    facts: { onReplica: true },
  });
});

test('a disagreement on slots is a warning, and critical when two nodes each claim them', () => {
  const newer = changed(healthyTable, { id: 'a', slots: '1-5460' }, { id: 'b', slots: '0,5461-10922' });
  const heard = merge([...viewsOf(healthyTable, ['a', 'b']), answered('a', newer), answered('b', newer)]);
  expect(only(heard, 'nodes-disagree-on-slots')).toMatchObject({
    severity: 'warning',
    facts: { slots: '0', camps: 2, claimants: 1 },
  });
  const both = merge([...viewsOf(healthyTable, ['b']), answered('b', newer)]);
  expect(only(both, 'nodes-disagree-on-slots')).toMatchObject({ severity: 'critical', facts: { claimants: 2 } });
});

test('a disagreement counts only after it has stood for two seconds and three looks, and then keeps its first date', () => {
  const newer = changed(healthyTable, { id: 'a', slots: '1-5460' }, { id: 'b', slots: '0,5461-10922' });
  const split = merge([...viewsOf(healthyTable, ['a', 'b']), answered('a', newer), answered('b', newer)]);
  const agreed = merge(viewsOf(newer));
  const look = (topology: Topology, now: number, previous: Diagnosis | null): Diagnosis =>
    diagnose(topology, { now, previous });
  const first = look(split, 0, null);
  const second = look(split, 1_000, first);
  expect([...first.findings, ...second.findings]).toEqual([]);
  const early = look(split, 1_900, second);
  expect(early.findings).toEqual([]);
  const third = look(split, 2_000, second);
  expect(codes(third.findings)).toEqual(['nodes-disagree-on-slots']);
  expect(third.findings[0]?.since).toBe(0);
  expect(look(split, 5_000, third).findings[0]?.since).toBe(0);
  const over = look(agreed, 6_000, third);
  expect([...over.findings, ...over.unsettled]).toEqual([]);
  expect(look(split, 7_000, over).findings).toEqual([]);
  // Two looks far apart are not enough: what is between them was not seen.
  expect(look(split, 60_000, first).findings).toEqual([]);
});

test('other disagreements are found too, but not of a node that is gone', () => {
  const other = changed(healthyTable, { id: '2' });
  const topology = merge([...viewsOf(healthyTable, ['c']), answered('c', other)]);
  expect(only(topology, 'nodes-disagree')).toMatchObject({
    severity: 'warning',
    facts: { about: 'role', node: '10.0.0.2:6379', values: ['replica', 'primary'] },
  });
  const gone = merge([...viewsOf(healthyTable, ['c', '2']), answered('c', other), silent('2')]);
  expect(codes(settled(gone))).not.toContain('nodes-disagree');
});

test('a primary without replica is named; a cluster without any replica is one finding', () => {
  const one = healthyTable.filter(({ id }) => id !== '1');
  expect(only(merge(viewsOf(one)), 'primary-without-replica')).toMatchObject({
    nodes: [nodeId('a')],
    facts: { everywhere: false },
  });
  const none = healthyTable.filter(({ of }) => of === undefined);
  expect(only(merge(viewsOf(none)), 'primary-without-replica')).toMatchObject({
    facts: { everywhere: true, count: 3 },
  });
});

test('an empty primary needs no replica', () => {
  expect(settled(merge(viewsOf(changed(healthyTable, { id: 'd' }))))).toEqual([]);
});

test('a replica on the host of its primary is a warning, a notice when another replica lives elsewhere or all is loopback', () => {
  const shared: LineSketch = { id: '1', of: 'a', host: '10.0.0.10' };
  expect(only(merge(viewsOf(changed(healthyTable, shared))), 'replica-on-primary-host').severity).toBe('warning');
  const second: LineSketch = { id: '4', of: 'a' };
  expect(only(merge(viewsOf(changed(healthyTable, shared, second))), 'replica-on-primary-host').severity).toBe(
    'notice',
  );
  const local = healthyTable.map((sketch) => ({ ...sketch, host: '127.0.0.1' }));
  expect(only(merge(viewsOf(local)), 'replica-on-primary-host')).toMatchObject({
    severity: 'notice',
    facts: { loopback: true, count: 3 },
  });
});

test('two slot owners with one config epoch collide; an empty primary does not count', () => {
  const table = changed(healthyTable, { id: 'a', slots: '0-5460', epoch: 11 }, { id: 'd', epoch: 12 });
  expect(only(merge(viewsOf(table)), 'epoch-collision')).toMatchObject({
    nodes: [nodeId('a'), nodeId('b')],
    facts: { epoch: 11, count: 2 },
  });
});

test('a replica without link is a warning, while it loads a copy a notice', () => {
  const down = { link: 'down', syncing: false, loading: false } as const;
  const views = viewsOf(healthyTable, ['1', '2']);
  const findings = settled(
    merge([
      ...views,
      answered('1', healthyTable, { replication: down }),
      answered('2', healthyTable, { replication: { ...down, syncing: true } }),
    ]),
  );
  expect(findings.map(({ code, severity, nodes }) => [code, severity, nodes[0]])).toEqual([
    ['replica-link-down', 'warning', nodeId('1')],
    ['replica-link-down', 'notice', nodeId('2')],
  ]);
});

test('a node that only some know, or that some have no link to, has joined half', () => {
  const withNew = changed(healthyTable, { id: 'd' });
  const half = merge([...viewsOf(healthyTable, ['a']), answered('a', withNew), answered('d', withNew)]);
  expect(only(half, 'node-half-joined')).toMatchObject({ nodes: [nodeId('d')], facts: { unknownTo: 5 } });
  const unlinked = changed(healthyTable, { id: '1', of: 'a', down: true });
  const views = [answered('b', unlinked), ...viewsOf(healthyTable, ['b'])];
  expect(only(merge(views), 'node-half-joined')).toMatchObject({ nodes: [nodeId('1')], facts: { unlinkedFrom: 1 } });
});

test('a handshake that stays, and a node whose address is lost, are named', () => {
  const shaking = changed(healthyTable, { id: 'f', flags: ['handshake'], host: '10.9.9.9' });
  expect(only(merge([answered('a', shaking), ...viewsOf(healthyTable, ['a'])]), 'node-in-handshake').severity).toBe(
    'notice',
  );
  const lost = changed(healthyTable, { id: '1', of: 'a', flags: ['noaddr'], host: '' });
  expect(only(merge(viewsOf(lost, ['1'])), 'node-without-address')).toMatchObject({ nodes: [nodeId('1')] });
});

test('when nobody answers that is the only finding', () => {
  const before = merge(viewsOf(openTable));
  const topology = merge(
    healthyTable.map(({ id }) => silent(id)),
    before,
  );
  expect(codes(settled(topology))).toEqual(['cluster-not-seen']);
});

test('another cluster at an address of ours is a warning with what was found there', () => {
  const stranger = {
    address: { host: '10.0.0.10', port: 6379 },
    nodeId: nodeId('f'),
    knownNodes: 3,
    inPlaceOf: nodeId('a'),
  };
  const findings = settled(merge(viewsOf(healthyTable)), { strangers: [stranger] });
  expect(findings).toMatchObject([
    {
      code: 'other-cluster-at-address',
      facts: { address: '10.0.0.10:6379', foundId: nodeId('f'), node: '10.0.0.10:6379' },
    },
  ]);
});

test('the worst stands first', () => {
  const table = changed(openTable, { id: 'c', slots: '10924-16383' }, { id: '3', of: 'c', host: '10.0.0.12' });
  const severities = settled(merge(viewsOf(table))).map((finding) => finding.severity);
  expect(severities).toEqual(
    severities.toSorted(
      (a, b) => ['critical', 'warning', 'notice'].indexOf(a) - ['critical', 'warning', 'notice'].indexOf(b),
    ),
  );
  expect(severities[0]).toBe('critical');
});
