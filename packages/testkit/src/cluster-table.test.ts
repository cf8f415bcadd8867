import { expect, test } from 'vitest';
import { describeOwnership, readClusterTable } from './cluster-table.ts';

const idOf = (digit: string) => digit.repeat(40);
const primary = `${idOf('a')} 127.0.0.1:7000@17000,host.example myself,master - 0 1 3 connected 0-99 101 [5->-${idOf('b')}] [200-<-${idOf('b')}]`;
const replica = `${idOf('b')} 127.0.0.1:7001@17001 slave ${idOf('a')} 0 1 3 connected`;
const failed = `${idOf('c')} 127.0.0.1:7002@17002 master,fail - 1 1 2 disconnected`;
const suspected = `${idOf('d')} :0@0 master,fail?,noaddr - 1 1 2 disconnected 102-103`;

test('every column of the table is read', () => {
  const [row] = readClusterTable(`${primary}\n`);
  expect(row).toEqual({
    id: idOf('a'),
    host: '127.0.0.1',
    port: 7000,
    busPort: 17000,
    isMyself: true,
    role: 'primary',
    health: 'ok',
    primaryId: null,
    configEpoch: 3,
    isLinked: true,
    slots: [
      [0, 99],
      [101, 101],
    ],
    openSlots: [
      { slot: 5, direction: 'migrating', peer: idOf('b') },
      { slot: 200, direction: 'importing', peer: idOf('b') },
    ],
  });
});

test('replicas, failed and suspected nodes are told apart', () => {
  const rows = readClusterTable([replica, failed, suspected].join('\n'));
  expect(rows.map((row) => [row.role, row.health, row.primaryId])).toEqual([
    ['replica', 'ok', idOf('a')],
    ['primary', 'failed', null],
    ['primary', 'suspected', null],
  ]);
});

test('two tables in another order, with a failed node forgotten, say the same', () => {
  const one = describeOwnership(readClusterTable([primary, replica, failed].join('\n')));
  expect(describeOwnership(readClusterTable([replica, primary].join('\n')))).toBe(one);
  const moved = primary.replace('0-99', '0-98');
  expect(describeOwnership(readClusterTable([moved, replica].join('\n')))).not.toBe(one);
});
