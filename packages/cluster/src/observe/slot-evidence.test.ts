import { expect, test } from 'vitest';
import { planNode, sketchTopology } from '../../test/plan-topology.ts';
import { NodeCallError, type CallOutcome, type Command, type NodeCalls } from '../connection/node-calls.ts';
import { collectSlotEvidence } from './slot-evidence.ts';

const topology = sketchTopology([[[0, 9]], [[10, 16_383]]]);
const address = { host: '10.0.0.1', port: 6379 };
const ok = (reply: unknown): CallOutcome => ({ ok: true, reply, ms: 0 });
const refused: CallOutcome = {
  ok: false,
  ms: 0,
  error: new NodeCallError(address, { kind: 'error-reply', prefix: 'NOPERM', line: 'NOPERM no permissions' }),
};

/** Every node answers each command as told. */
function nodesThat(answer: (command: Command) => CallOutcome): NodeCalls {
  return {
    call: async () => null,
    pipeline: async (_, commands) => commands.map(answer),
    transaction: async (_, commands) => commands.map(answer),
  };
}

const keyspace = (command: Command): boolean => command[0] === 'INFO';

test('slots whose keys a node counts are told, and those without any are left out', async () => {
  const calls = nodesThat((command) => (keyspace(command) ? ok('# Keyspace\r\n') : ok(command[2] === 5 ? 3 : 0)));
  const { keys, unknown } = await collectSlotEvidence(calls, topology, [[5, 6]]);
  expect(keys.get(planNode(1))).toEqual(new Map([[5, 3]]));
  expect(unknown.size).toBe(0);
});

test.each<[string, (command: Command) => CallOutcome]>([
  ['a count that is no number', (command) => (keyspace(command) ? ok('# Keyspace\r\n') : ok('many'))],
  ['databases that cannot be read', () => ok(7)],
  ['a command that is not permitted', () => refused],
  ['a list of databases that is not permitted', (command) => (keyspace(command) ? refused : ok(0))],
])('%s leaves the slots unknown, never without keys', async (_, answer) => {
  const { unknown } = await collectSlotEvidence(nodesThat(answer), topology, [[5, 6]]);
  expect([...unknown.keys()].toSorted()).toEqual([planNode(1), planNode(2)].toSorted());
});
