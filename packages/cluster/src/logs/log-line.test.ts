import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLine } from './log-line.ts';
import { datesOf, readTime } from './log-time.ts';
import { readMessage } from './log-vocabulary.ts';

test.each([
  ['12:M 01 Jan 2026 10:00:00.123 * Ready to accept connections', 'primary', 'notice'],
  ['12:S 01 Jan 2026 10:00:00.123 # Cluster state changed: ok', 'replica', 'warning'],
  ['12:C 01 Jan 2026 10:00:00.123 - Fork CoW', 'child', 'verbose'],
  ['12:X 01 Jan 2026 10:00:00.123 . +tilt', 'sentinel', 'debug'],
])('a classic line has a writer and a level: %s', (line, role, level) => {
  expect(readLine(line)).toMatchObject({ kind: 'entry', shape: 'classic', pid: 12, role, level });
});

test.each([
  ['', 'empty'],
  ['   ', 'empty'],
  ['                _._', 'no-header'],
  ['12:M 31 Foo 2026 10:00:00.123 * x', 'no-header'],
  ['12:M 01 Jan 2026 25:00:00.123 * x', 'no-header'],
  ['12:M 01 Jan 2026 10:00:00.123', 'no-header'],
  ['{"pid":1,"message":', 'no-header'],
  ['{"pid":1,"message":"without a time"}', 'no-header'],
  ['pid=1 role=primary', 'no-header'],
  ['\u0000\u0001\u0002REDIS0011', 'binary'],
])('what is no line of a log is told as such: %j', (line, why) => {
  expect(readLine(line)).toEqual({ kind: 'other', why });
});

test.each([
  ['01 Jan 2026 10:00:00.123', { kind: 'local', at: Date.UTC(2026, 0, 1, 10, 0, 0, 123) }],
  ['01 Jan 10:00:00.123', { kind: 'yearless', inYear: 36_000_123 }],
  ['2026-01-01T10:00:00.123+02:00', { kind: 'absolute', at: Date.UTC(2026, 0, 1, 8, 0, 0, 123) }],
  ['2026-01-01T10:00:00.123456Z', { kind: 'absolute', at: Date.UTC(2026, 0, 1, 10, 0, 0, 123) }],
  ['2026-01-01 10:00:00,123', { kind: 'local', at: Date.UTC(2026, 0, 1, 10, 0, 0, 123) }],
  ['1767261600123', { kind: 'absolute', at: 1_767_261_600_123 }],
  ['2026-02-31T10:00:00Z', null],
  ['yesterday', null],
])('a stamp is read as what it says and no more: %s', (stamp, time) => {
  expect(readTime(stamp)).toEqual(time);
});

test('lines without a year get the year in which they were written, over New Year and out of order', () => {
  const inYear = (text: string): number => {
    const time = readTime(text);
    return time?.kind === 'yearless' ? time.inYear : Number.NaN;
  };
  const stamps = ['30 Dec 10:00:00', '01 Jan 00:00:01', '31 Dec 23:59:59', '01 Jan 00:00:02', '02 Jan 10:00:00'];
  const dates = datesOf(stamps.map(inYear), Date.UTC(2019, 0, 2, 12));
  expect(dates.map((at) => new Date(at).getUTCFullYear())).toEqual([2018, 2019, 2018, 2019, 2019]);
});

test('a line of the day after tomorrow without a year is of last year', () => {
  const time = readTime('05 Mar 10:00:00');
  const [date] = datesOf([time?.kind === 'yearless' ? time.inYear : Number.NaN], Date.UTC(2026, 2, 3));
  expect(date).toBe(Date.UTC(2025, 2, 5, 10));
});

const REAL = [
  "13830:M 27 Nov 2026 17:26:58.188 * Node configuration loaded, I'm 9e8f9e86024d5a27b737ad066617c867e45e68ef",
  '13710:M 27 Nov 2026 17:27:12.469 # Failover auth granted to dbe01c97091b709ae467bc3b1cc2e6e423adce59 for epoch 10',
  '{"pid":14390,"role":"primary","timestamp":"1795800799570","level":"notice","message":"Cluster state changed: ok"}',
  'pid=14348 role=primary timestamp="2026-11-27T17:33:16.383+00:00" level=notice message="Cluster state changed: fail"',
] as const;

/** Cuts, swaps, repeats and garbage in what real servers wrote. */
const mutated = fc
  .tuple(
    fc.constantFrom(...REAL),
    fc.array(fc.tuple(fc.nat(400), fc.nat(40), fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 6 }),
  )
  .map(([line, cuts]) =>
    cuts.reduce<string>((text, [at, length, inserted]) => text.slice(0, at) + inserted + text.slice(at + length), line),
  );

test('no line, however mangled, makes the reader throw', () => {
  fc.assert(
    fc.property(mutated, (line) => {
      const read = readLine(line);
      expect(read.kind === 'other' || typeof readMessage(read.text) === 'object').toBe(true);
    }),
    { numRuns: 3_000 },
  );
});
