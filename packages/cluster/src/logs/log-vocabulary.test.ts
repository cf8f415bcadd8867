import fc from 'fast-check';
import { expect, test } from 'vitest';
import { logFormats, readMessage } from './log-vocabulary.ts';
import type { LogFormat } from './log-format.ts';
import { readLine } from './log-line.ts';

const node = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: 40, maxLength: 40 });
const int = fc.integer({ min: -3, max: 2_000_000_000 });
const text = fc.constantFrom('ok', 'fail', '127.0.0.1:7000', 'node-3.example', '0-100 200', 'Connection refused', '');

/** A message of this format, with what stands in its gaps. */
function messageOf({ literals, gaps }: LogFormat) {
  const values = gaps.map(({ kind }) => (kind === 'node' ? node : kind === 'int' ? int : text));
  return fc.tuple(...values).map((filled) => ({
    message: literals.map((literal, i) => `${literal}${i < filled.length ? filled[i] : ''}`).join(''),
    fields: Object.fromEntries(gaps.map(({ name }, i) => [name, filled[i]])),
  }));
}

test.each(logFormats.map((format) => [format.logClass, format.template, format] as const))(
  'a line of class %s is read into its fields: %s',
  (logClass, _, format) => {
    fc.assert(
      fc.property(messageOf(format), ({ message, fields }) => {
        expect(readMessage(message)).toEqual({ logClass, code: format.code, fields });
      }),
      { numRuns: 20 },
    );
  },
);

const shapes: readonly (readonly [string, (message: string) => string])[] = [
  ['classic', (message) => `812:S 03 Mar 2026 04:05:06.789 # ${message}`],
  ['classic without a year', (message) => `812:M 29 Feb 04:05:06.789 * ${message}`],
  ['before Redis 3', (message) => `[812] 03 Mar 04:05:06.789 * ${message}`],
  ['ISO 8601', (message) => `812:S 2026-03-03T04:05:06.789+02:00 * ${message}`],
  ['epoch milliseconds', (message) => `812:S 1772510706789 - ${message}`],
  [
    'JSON',
    (message) =>
      JSON.stringify({ pid: 812, role: 'replica', timestamp: '03 Mar 2026 04:05:06.789', level: 'notice', message }),
  ],
  ['logfmt', (message) => `pid=812 role=replica timestamp="03 Mar 2026 04:05:06.789" level=info message="${message}"`],
  ['behind the prefix of a collector', (message) => `redis-3  | 812:S 03 Mar 2026 04:05:06.789 * ${message}`],
];

test.each(shapes)('what is said does not depend on how the line is written: %s', (_, line) => {
  for (const format of logFormats.filter(({ template }) => !/["\n]/.test(template))) {
    const [sample] = fc.sample(messageOf(format), { numRuns: 1, seed: 7 });
    const read = readLine(line(sample?.message ?? ''));
    expect(read).toMatchObject({ kind: 'entry', pid: 812, text: sample?.message });
  }
});

test('a text with more than a message is not that message', () => {
  expect(readMessage('Failover auth granted to me for epoch 7')).toBeNull();
  expect(readMessage("Failover election won: I'm the new master. Or not.")).toBeNull();
  expect(readMessage('New configEpoch set to seven')).toBeNull();
  expect(readMessage('')).toBeNull();
});

test('a name that holds brackets is read whole', () => {
  const id = 'a'.repeat(40);
  expect(readMessage(`Failover auth granted to ${id} (my (odd) name) for epoch 7`)?.fields).toEqual({
    to: id,
    toName: 'my (odd) name',
    epoch: 7,
  });
});

test('an epoch of 64 bits keeps all its digits', () => {
  expect(readMessage('New configEpoch set to 18446744073709551615')?.fields).toEqual({ epoch: '18446744073709551615' });
});
