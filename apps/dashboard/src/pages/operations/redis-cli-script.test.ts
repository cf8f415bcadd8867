import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TranscriptLine } from '@slotdeck/model/operation-events';
import { nodeId } from '../../testing/cluster-fixture.ts';
import { planScript, shellWord, transcriptScript, type ScriptWords } from './redis-cli-script.ts';

const A = nodeId('a');

const words: ScriptWords = {
  head: ['plan pl-1'],
  repeated: (count) => `and ${count} more`,
  cut: (count) => `${count} keys left out`,
  noAddress: (node) => `no address for ${node}`,
  waited: (text) => `waited: ${text}`,
};

const line = (rest: Partial<TranscriptLine>): TranscriptLine => ({
  index: 0,
  at: 0,
  node: A,
  command: ['PING'],
  more: 0,
  reply: 'PONG',
  outcome: 'ok',
  ms: 1,
  step: null,
  ...rest,
});
const address = () => ({ host: '10.0.0.1', port: 7001 });

test('any key name comes out of a real shell as it went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 20 }), (word) => {
      const seen = execFileSync('/bin/bash', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' });
      expect(seen).toBe(word);
    }),
    { numRuns: 20 },
  );
  expect(shellWord("it's; rm -rf /")).toBe(`'it'\\''s; rm -rf /'`);
  expect(shellWord('a\nb')).toBe("$'a\\x0ab'");
});

test('a plan becomes a script that names host and port and says what is repeated', () => {
  const script = planScript(
    [
      { node: A, command: ['CLUSTER', 'SETSLOT', '0', 'MIGRATING', 'b'], repeat: 3, phase: 'open' },
      { node: A, command: ['GET', 'a b'], repeat: 1, phase: 'move' },
    ],
    address,
    words,
  );
  expect(script.split('\n')).toEqual([
    '#!/usr/bin/env bash',
    '# plan pl-1',
    'set -e',
    '',
    'redis-cli -h 10.0.0.1 -p 7001 CLUSTER SETSLOT 0 MIGRATING b',
    '# and 2 more',
    "redis-cli -h 10.0.0.1 -p 7001 GET 'a b'",
    '',
  ]);
});

test('a transcript becomes a script in the order of sending, with waits and refusals as comments', () => {
  const script = transcriptScript(
    [
      line({ index: 2, command: ['CLUSTER', 'BUMPEPOCH'], outcome: 'error', reply: 'ERR no\nreally' }),
      line({ index: 1, command: ['until all know'], outcome: 'waited' }),
      line({ index: 0, command: ['MIGRATE', 'h', '1', '', '0', '5000', 'KEYS', 'a'], more: 9 }),
    ],
    address,
    words,
  );
  expect(script.split('\n').slice(3)).toEqual([
    '# 9 keys left out',
    "redis-cli -h 10.0.0.1 -p 7001 MIGRATE h 1 '' 0 5000 KEYS a",
    '# waited: until all know',
    'redis-cli -h 10.0.0.1 -p 7001 CLUSTER BUMPEPOCH',
    '# ERR no really',
    '',
  ]);
});

test('a command for a node without an address stays a comment', () => {
  const script = transcriptScript([line({ node: 'gone', command: ['FLUSHALL'] })], () => null, words);
  expect(script).toContain('# no address for gone\n# FLUSHALL\n');
  expect(script).not.toMatch(/^redis-cli/m);
});
