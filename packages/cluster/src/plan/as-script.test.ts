import { expect, test } from 'vitest';
import { planNode, reshardInput, sketchTopology } from '../../test/plan-topology.ts';
import { planAsScript, transcriptAsScript } from './as-script.ts';
import { planReshard } from './reshard.ts';

const addressOf = (node: string): { host: string; port: number } => ({
  host: `10.0.0.${Number(`0x${node}`)}`,
  port: 6379,
});

test('a plan prints as a script with one line for each slot, in the order of sending', () => {
  const topology = sketchTopology([[[0, 5460]], [[5461, 10_922]], [[10_923, 16_383]]]);
  const plan = planReshard(reshardInput(topology, { slots: '5461-5462', to: [planNode(1)] }));
  const lines = planAsScript(plan, addressOf).split('\n');
  const changes = lines.filter((line) => /SETSLOT|BUMPEPOCH|MULTI|EXEC|MIGRATE/.test(line));
  expect(changes).toEqual([
    `redis-cli -h 10.0.0.1 -p 6379 CLUSTER SETSLOT 5461 IMPORTING ${planNode(2)}`,
    `redis-cli -h 10.0.0.1 -p 6379 CLUSTER SETSLOT 5462 IMPORTING ${planNode(2)}`,
    `redis-cli -h 10.0.0.2 -p 6379 CLUSTER SETSLOT 5461 MIGRATING ${planNode(1)}`,
    `redis-cli -h 10.0.0.2 -p 6379 CLUSTER SETSLOT 5462 MIGRATING ${planNode(1)}`,
    `redis-cli -h 10.0.0.2 -p 6379 MIGRATE 10.0.0.1 6379 '' 0 5000 KEYS '<keys>' # 2 times`,
    'redis-cli -h 10.0.0.3 -p 6379 CLUSTER BUMPEPOCH',
    'redis-cli -h 10.0.0.1 -p 6379 MULTI',
    'redis-cli -h 10.0.0.1 -p 6379 CLUSTER SETSLOT 5461 STABLE',
    `redis-cli -h 10.0.0.1 -p 6379 CLUSTER SETSLOT 5461 NODE ${planNode(1)}`,
    `redis-cli -h 10.0.0.1 -p 6379 CLUSTER SETSLOT 5462 NODE ${planNode(1)}`,
    'redis-cli -h 10.0.0.1 -p 6379 EXEC',
    `redis-cli -h 10.0.0.2 -p 6379 CLUSTER SETSLOT 5461 NODE ${planNode(1)}`,
    `redis-cli -h 10.0.0.2 -p 6379 CLUSTER SETSLOT 5462 NODE ${planNode(1)}`,
  ]);
});

test('a transcript prints with its replies, and no name of a key can end the quotes', () => {
  const text = transcriptAsScript(
    [
      {
        index: 0,
        at: 0,
        node: planNode(2),
        command: ['MIGRATE', '10.0.0.1', '6379', '', '0', '5000', 'KEYS', "it's; rm -rf"],
        more: 4,
        reply: 'OK\nsecond line',
        outcome: 'ok',
        ms: 1,
        step: 'move-1',
      },
    ],
    addressOf,
  );
  expect(text).toContain(String.raw`KEYS 'it'\''s; rm -rf' # and 4 more # OK` + '\n');
});
