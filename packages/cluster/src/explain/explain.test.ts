import type { Incident } from '@slotdeck/model/incident';
import { expect, test } from 'vitest';
import { idOf, readText, second, writeLog, type LineSketch } from '../../test/log-writer.ts';
import { explainLogs } from './explain.ts';

const [A, B, C, R, S] = ['a', 'b', 'c', 'd', 'e'].map(idOf) as [string, string, string, string, string];
const me = (id: string, at = 0): LineSketch => ({ at, text: `No cluster configuration found, I'm ${id}` });

/** Primary A dies at second 20, its replica R is elected by B and C in epoch 7. */
const dying: LineSketch[] = [
  me(A),
  { at: 19, text: 'Background saving started by pid 7' },
  { at: 19.5, text: 'Cluster state changed: ok' },
];
const back: LineSketch[] = [
  { at: 40, text: 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo', role: 'C', pid: 200 },
  { at: 40.1, text: `Node configuration loaded, I'm ${A}`, pid: 200 },
  { at: 40.2, text: 'Ready to accept connections', pid: 200 },
  { at: 40.4, text: `Configuration change detected. Reconfiguring myself as a replica of ${R}`, pid: 200 },
];
const voting: LineSketch[] = [
  me(B),
  { at: 22, text: `Marking node ${A} as failing (quorum reached).` },
  { at: 23.1, text: `Failover auth granted to ${R} for epoch 7` },
  { at: 41, text: `Clear FAIL state for node ${A}: replica is reachable again.` },
];
const votingToo: LineSketch[] = [
  me(C),
  { at: 22.01, text: `FAIL message received from ${B} about ${A}` },
  { at: 23.1, text: `Failover auth granted to ${R} for epoch 7` },
  { at: 41.1, text: `Clear FAIL state for node ${A}: replica is reachable again.` },
];
const heir: LineSketch[] = [
  { ...me(R), role: 'S' },
  { at: 1, text: `Configuration change detected. Reconfiguring myself as a replica of ${A}`, role: 'S' },
  { at: 20, text: 'Connection with master lost.', role: 'S' },
  { at: 22.02, text: `FAIL message received from ${B} about ${A}`, role: 'S' },
  { at: 22.03, text: 'Start of election delayed for 900 milliseconds (rank #0, offset 4711).', role: 'S' },
  { at: 23, text: 'Starting a failover election for epoch 7.', role: 'S' },
  { at: 23.2, text: "Failover election won: I'm the new master.", role: 'S' },
  { at: 23.2, text: 'configEpoch set to 7 after successful failover', role: 'S' },
  { at: 41.2, text: `Clear FAIL state for node ${A}: replica is reachable again.` },
];

function only(incidents: readonly Incident[]): Incident {
  expect(incidents.map(({ kind }) => kind)).toHaveLength(1);
  const [incident] = incidents;
  if (incident === undefined) throw new Error('no incident');
  return incident;
}

const partsOf = ({ nodes }: Incident): string[] => nodes.map(({ node, part }) => `${part} ${node[0]}`).sort();
const codesOf = ({ story }: Incident): string[] => story.map(({ code }) => code);

test('a primary that was killed and replaced is one incident, with who saw it, who voted and in which epoch', () => {
  const logs = [
    writeLog('a.log', [...dying, ...back]),
    writeLog('b.log', voting),
    writeLog('c.log', votingToo),
    writeLog('r.log', heir),
  ];
  const incident = only(explainLogs(logs).incidents);
  expect(incident).toMatchObject({ kind: 'failover-automatic', epoch: 7, to: second(41.2) });
  expect(partsOf(incident)).toEqual(['new-primary d', 'old-primary a', 'voter b', 'voter c']);
  expect(incident.unavailable).toEqual({ from: second(20), to: second(23.2), certainty: 'inferred' });
  expect(incident.story.find(({ code }) => code === 'process-killed')).toMatchObject({
    node: A,
    certainty: 'inferred',
  });
  expect(incident.story.find(({ code }) => code === 'writes-may-be-lost')).toMatchObject({
    certainty: 'inferred',
    facts: { primary: A, offset: 4711 },
  });
  expect(codesOf(incident).filter((code) => /won|started|granted|marked/.test(code))).toEqual([
    'node-marked-failing',
    'election-started',
    'vote-granted',
    'vote-granted',
    'election-won',
  ]);
});

test('every statement names the line that it rests on', () => {
  const { incidents } = explainLogs([writeLog('b.log', voting), writeLog('r.log', heir)]);
  for (const { evidence } of only(incidents).story) expect(evidence.length).toBeGreaterThan(0);
});

test('without the log of the new primary its voters and its epoch are told all the same', () => {
  const incident = only(explainLogs([writeLog('b.log', voting), writeLog('c.log', votingToo)]).incidents);
  expect(incident).toMatchObject({ kind: 'failover-automatic', epoch: 7 });
  expect(partsOf(incident)).toEqual(['new-primary d', 'old-primary a', 'voter b', 'voter c']);
  expect(incident.otherwise.map(({ code }) => code)).toEqual(['maybe-killed', 'maybe-hung', 'maybe-cut-off']);
});

test('a primary that wrote on while the others held it for failed was cut off, not dead', () => {
  const cut: LineSketch[] = [
    me(A),
    { at: 22.1, text: 'Cluster state changed: fail' },
    { at: 24, text: '10 changes in 60 seconds. Saving...' },
    { at: 40.4, text: `Configuration change detected. Reconfiguring myself as a replica of ${R}` },
  ];
  const logs = [
    writeLog('a.log', cut),
    writeLog('b.log', voting),
    writeLog('c.log', votingToo),
    writeLog('r.log', heir),
  ];
  const incident = only(explainLogs(logs).incidents);
  expect(incident).toMatchObject({ kind: 'partition', epoch: 7 });
  expect(partsOf(incident)).toContain('isolated a');
  expect(partsOf(incident)).toContain('new-primary d');
});

test('a primary whose process lived and wrote nothing may have hung or been cut off, and both are said', () => {
  const silent: LineSketch[] = [
    me(A),
    { at: 40.4, text: `Configuration change detected. Reconfiguring myself as a replica of ${R}` },
  ];
  const logs = [
    writeLog('a.log', silent),
    writeLog('b.log', voting),
    writeLog('c.log', votingToo),
    writeLog('r.log', heir),
  ];
  const incident = only(explainLogs(logs).incidents);
  expect(incident.kind).toBe('failover-automatic');
  expect(codesOf(incident)).toContain('node-silent');
  expect(incident.otherwise.map(({ code }) => code)).toEqual(['maybe-hung', 'maybe-cut-off']);
});

const asked = (how: string): LineSketch[] => [
  { ...me(R), role: 'S' },
  { at: 1, text: `Configuration change detected. Reconfiguring myself as a replica of ${A}`, role: 'S' },
  { at: 20, text: how, role: 'S' },
];
const elected: LineSketch[] = [
  { at: 20.1, text: 'Starting a failover election for epoch 8.', role: 'S' },
  { at: 20.2, text: "Failover election won: I'm the new master.", role: 'S' },
  { at: 20.2, text: 'configEpoch set to 8 after successful failover', role: 'S' },
];

test.each([
  ['failover-manual', [...asked('Manual failover user request accepted.'), ...elected], 8],
  ['failover-forced', [...asked('Forced failover user request accepted.'), ...elected], 8],
  ['failover-forced', [...asked("Forced failover user request accepted (user request from 'id=3')."), ...elected], 8],
  [
    'failover-on-shutdown',
    [...asked("Forced failover primary request accepted (primary request from 'id=3')."), ...elected],
    8,
  ],
  [
    'failover-takeover',
    [...asked('Taking over the master (user request).'), { at: 20.1, text: 'New configEpoch set to 9' }],
    9,
  ],
] as const)('a failover that somebody asked for is told as such: %s', (kind, lines, epoch) => {
  const incident = only(explainLogs([writeLog('r.log', lines)]).incidents);
  expect(incident).toMatchObject({ kind, epoch });
  expect(partsOf(incident)).toEqual(['new-primary d', 'old-primary a']);
});

test('a takeover after a primary was lost and came back is an incident of its own', () => {
  const lines: LineSketch[] = [
    ...asked('Taking over the master (user request).').map((line) => (line.at < 20 ? line : { ...line, at: 40 })),
    { at: 40.1, text: 'New configEpoch set to 9' },
  ];
  const witness: LineSketch[] = [
    me(B),
    { at: 10, text: `Marking node ${A} as failing (quorum reached).` },
    {
      at: 15,
      text: `Clear FAIL state for node ${A}: is reachable again and nobody is serving its slots after some time.`,
    },
  ];
  const { incidents } = explainLogs([writeLog('r.log', lines), writeLog('b.log', witness)]);
  expect(incidents.map(({ kind }) => kind)).toEqual(['primary-lost', 'failover-takeover']);
});

test('a manual failover that runs out of time leaves the primary in its place', () => {
  const lines: LineSketch[] = [
    ...asked('Manual failover user request accepted.'),
    { at: 25, text: 'Manual failover timed out.', role: 'S' },
  ];
  const incident = only(explainLogs([writeLog('r.log', lines)]).incidents);
  expect(incident).toMatchObject({ kind: 'failover-not-done', epoch: null });
  expect(partsOf(incident)).toEqual(['candidate d']);
});

test('elections that were refused are told with the reason, and the one that succeeded after them', () => {
  const twice: LineSketch[] = [
    ...heir.slice(0, 5),
    { at: 23, text: 'Starting a failover election for epoch 6.', role: 'S' },
    { at: 25, text: 'Currently unable to failover: Failover attempt expired.', role: 'S' },
    { at: 27, text: 'Starting a failover election for epoch 7.', role: 'S' },
    { at: 27.2, text: "Failover election won: I'm the new master.", role: 'S' },
    { at: 27.2, text: 'configEpoch set to 7 after successful failover', role: 'S' },
  ];
  const refusing: LineSketch[] = [
    me(B),
    { at: 22, text: `Marking node ${A} as failing (quorum reached).` },
    { at: 23.1, text: `Failover auth denied to ${R}: already voted for epoch 6` },
    { at: 27.1, text: `Failover auth granted to ${R} for epoch 7` },
  ];
  const incident = only(explainLogs([writeLog('r.log', twice), writeLog('b.log', refusing)]).incidents);
  expect(incident).toMatchObject({ kind: 'failover-automatic', epoch: 7 });
  expect(codesOf(incident)).toContain('vote-denied-already-voted');
  expect(incident.story.find(({ code }) => code === 'election-repeated')).toMatchObject({ facts: { count: 2 } });
});

test.each([
  ['a zone of two hours', 7_200_000],
  ['a clock that is three seconds behind', -3_000],
])('the log of a node with %s is put in order', (_, ahead) => {
  const logs = [writeLog('b.log', voting), writeLog('c.log', votingToo), writeLog('r.log', heir, ahead)];
  const { incidents, clocks } = explainLogs(logs);
  const incident = only(incidents);
  expect(incident).toMatchObject({ kind: 'failover-automatic', epoch: 7 });
  const measured =
    (clocks.find(({ log }) => log === 'r.log')?.aheadMs ?? 0) -
    (clocks.find(({ log }) => log === 'b.log')?.aheadMs ?? 0);
  expect(Math.abs(measured - ahead)).toBeLessThan(200);
});

test('the log of a node that hung, and read late what was sent to it, is not taken for one with a wrong clock', () => {
  const late: LineSketch[] = [me(S), { at: 50, text: `FAIL message received from ${B} about ${A}`, role: 'S' }];
  const { clocks } = explainLogs([writeLog('b.log', voting), writeLog('c.log', votingToo), writeLog('s.log', late)]);
  expect(clocks.map(({ aheadMs }) => aheadMs)).toEqual([0, 0, 0]);
});

test('a log that begins in the middle belongs to the node that won the election of its epoch', () => {
  const cut = heir.filter(({ at }) => at > 21);
  const { owners } = explainLogs([writeLog('b.log', voting), writeLog('c.log', votingToo), writeLog('cut.log', cut)]);
  expect(owners.at(-1)).toMatchObject({ by: 'election', ids: [{ id: R }] });
});

test('a primary that restarts in time and without its data is told, and that its replica was emptied too', () => {
  const restarted: LineSketch[] = [
    me(A),
    { at: 10, text: 'Cluster state changed: ok' },
    { at: 20, text: 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo', role: 'C', pid: 200 },
    { at: 20, text: `Node configuration loaded, I'm ${A}`, pid: 200 },
    { at: 20.1, text: 'Ready to accept connections', pid: 200 },
    { at: 22, text: 'Cluster state changed: ok', pid: 200 },
  ];
  const follower: LineSketch[] = [
    { ...me(R), role: 'S' },
    { at: 1, text: `Configuration change detected. Reconfiguring myself as a replica of ${A}`, role: 'S' },
    { at: 19.9, text: 'Connection with master lost.', role: 'S' },
    { at: 21, text: 'Done loading RDB, keys loaded: 0, keys expired: 0.', role: 'S' },
  ];
  const incident = only(explainLogs([writeLog('a.log', restarted), writeLog('r.log', follower)]).incidents);
  expect(incident).toMatchObject({ kind: 'node-restarted-empty', from: second(19.9), to: second(20) });
  expect(incident.story.find(({ code }) => code === 'came-back-empty')?.evidence).toHaveLength(2);
});

test('a primary that loads its data when it restarts has only restarted', () => {
  const restarted: LineSketch[] = [
    me(A),
    { at: 20, text: 'Received SIGTERM scheduling shutdown...' },
    { at: 20.1, text: 'Redis is now ready to exit, bye bye...' },
    { at: 21, text: 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo', role: 'C', pid: 200 },
    { at: 21.1, text: `Node configuration loaded, I'm ${A}`, pid: 200 },
    { at: 21.2, text: 'Done loading RDB, keys loaded: 12, keys expired: 0.', pid: 200 },
    { at: 21.3, text: 'Ready to accept connections', pid: 200 },
  ];
  expect(only(explainLogs([writeLog('a.log', restarted)]).incidents).kind).toBe('node-restarted');
});

test('a node that fails and comes back three times in a row flaps', () => {
  const lines = [0, 10, 20].flatMap((start): LineSketch[] => [
    { at: 20 + start, text: `Marking node ${S} as failing (quorum reached).` },
    { at: 23 + start, text: `Clear FAIL state for node ${S}: replica is reachable again.` },
  ]);
  const incident = only(explainLogs([writeLog('b.log', [me(B), ...lines])]).incidents);
  expect(incident).toMatchObject({ kind: 'node-flapping', from: second(20), to: second(43) });
});

test('a primary that nobody replaced was not served until it came back', () => {
  const lines: LineSketch[] = [
    me(B),
    { at: 20, text: `Marking node ${A} as failing (quorum reached).` },
    { at: 20, text: 'Cluster state changed: fail' },
    {
      at: 50,
      text: `Clear FAIL state for node ${A}: is reachable again and nobody is serving its slots after some time.`,
    },
    { at: 51, text: 'Cluster state changed: ok' },
  ];
  const incident = only(explainLogs([writeLog('b.log', lines)]).incidents);
  expect(incident).toMatchObject({ kind: 'primary-lost', unavailable: { from: second(20), to: second(50) } });
});

test('primaries that stop serving with nobody declared failed have lost the majority or slots, and both are said', () => {
  const lines: LineSketch[] = [
    me(B),
    { at: 5, text: 'Cluster state changed: ok' },
    { at: 20, text: 'Cluster state changed: fail' },
    { at: 31, text: 'Cluster state changed: ok' },
  ];
  const incident = only(explainLogs([writeLog('b.log', lines)]).incidents);
  expect(incident).toMatchObject({ kind: 'cluster-down', from: second(20), to: second(31) });
  expect(incident.otherwise.map(({ code }) => code)).toEqual(['maybe-majority-lost', 'maybe-slots-unserved']);
});

test.each([
  ['node-renamed', [me(A), { at: 20, text: `No cluster configuration found, I'm ${B}`, pid: 200 }]],
  ['replica-migrated', [me(R), { at: 20, text: `Migrating to orphaned master ${A}`, role: 'S' }]],
  ['epoch-collision', [me(A), { at: 20, text: `WARNING: configEpoch collision with node ${B}. configEpoch set to 9` }]],
  ['migration-failed', [me(A), { at: 20, text: 'Import task t1 failed: slots=0-9, err=Connection lost' }]],
  [
    'keys-deleted',
    [
      me(A),
      { at: 20, text: 'I have keys for slot 7, but the slot is assigned to another node. Deleting keys in the slot.' },
    ],
  ],
] as const)('one line is enough to tell: %s', (kind, lines) => {
  expect(only(explainLogs([writeLog('a.log', lines)]).incidents).kind).toBe(kind);
});

test('logs in which nothing happened tell of nothing, and neither do no logs', () => {
  expect(explainLogs([]).incidents).toEqual([]);
  expect(explainLogs([readText('x.log', 'hello\n\u0000\u0001\n')]).incidents).toEqual([]);
  const calm = [me(A), { at: 1, text: 'Cluster state changed: ok' }, { at: 5, text: 'DB saved on disk' }];
  expect(explainLogs([writeLog('a.log', calm)]).incidents).toEqual([]);
});
