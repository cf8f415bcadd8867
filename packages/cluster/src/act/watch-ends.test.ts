import { describe, expect, test } from 'vitest';
import { NodeId } from '@slotdeck/model/ids';
import { readInfo, type Info } from '../commands/info.ts';
import { shortOf, strainOf } from './watch-ends.ts';

const target = { id: NodeId.parse('b'.repeat(40)), name: 'target', address: { host: 'h', port: 1 } };

function info(...lines: string[]): Info {
  const read = readInfo(['# Server', 'redis_version:8.0.2', 'role:master', ...lines].join('\r\n'));
  if (!read.ok) throw new Error(read.seen);
  return read.value;
}

const replica = (offset: number, state = 'online'): string =>
  `slave0:ip=127.0.0.1,port=1,state=${state},offset=${offset},lag=0`;
const megabytes = 1024 * 1024;
const behind = info('master_repl_offset:100000000', replica(100_000_000 - 33 * megabytes));
const inStep = info('master_repl_offset:100000000', replica(100_000_000 - 31 * megabytes));
const syncing = info('master_repl_offset:100000000', replica(0, 'wait_bgsave'));
const nearFull = info('used_memory:96', 'maxmemory:100', 'maxmemory_policy:noeviction');
const roomy = info('used_memory:90', 'maxmemory:100', 'maxmemory_policy:allkeys-lru');

describe('what speaks for going slower', () => {
  test.each([
    ['a replica of the source that is far behind', behind, inStep, 'replication'],
    ['a replica of the target that is far behind', inStep, behind, 'replication'],
    ['replicas in step', inStep, inStep, null],
    ['a replica that is loading a whole copy is not counted', syncing, inStep, null],
    ['a target near its memory limit', inStep, nearFull, 'memory'],
    ['a source near its memory limit gets rid of keys', nearFull, inStep, null],
    ['a target with room', inStep, roomy, null],
    ['nodes that do not say', null, null, null],
  ] as const)('%s', (_, source, targetInfo, expected) => {
    expect(strainOf(source, targetInfo)).toBe(expected);
  });
});

describe('a target that is short of memory', () => {
  test('stops the move when it would evict keys to take more in', () => {
    const failure = shortOf(target, info('used_memory:96', 'maxmemory:100', 'maxmemory_policy:allkeys-lru'));
    expect(failure?.problem).toMatchObject({
      code: 'target-memory-short',
      facts: { name: 'target', usedBytes: 96, limitBytes: 100, policy: 'allkeys-lru' },
    });
    expect(failure?.mayRetry).toBe(false);
  });

  test.each([
    ['one that refuses instead of evicting', nearFull],
    ['one with room', roomy],
    ['one without a limit', info('used_memory:96', 'maxmemory:0', 'maxmemory_policy:allkeys-lru')],
    ['one that does not name its policy', info('used_memory:96', 'maxmemory:100')],
  ])('does not stop it at %s', (_, told) => {
    expect(shortOf(target, told)).toBeNull();
  });
});
