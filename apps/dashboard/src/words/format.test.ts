import { expect, test } from 'vitest';
import { measureBytes, printBytes, printCount, printRate, printShare, printSlots } from './format-number.ts';
import { printAgo, printDuration, printLatency, printMoment } from './format-time.ts';
import { ENGLISH, preferredLanguage } from './language.ts';
import { fillPhrase } from './phrase.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [20.4 * 1024 ** 2, '20.4 MiB'],
  [640 * 1024 ** 2, '640 MiB'],
  [1023.99 * 1024 ** 2, '1.00 GiB'],
  [2.38 * 1024 ** 3, '2.38 GiB'],
])('%d bytes read %s', (bytes, text) => expect(printBytes(bytes)).toBe(text));

test('the value and the unit of a size stand apart, so that units can share a column', () => {
  expect(measureBytes(3 * 1024 ** 3)).toEqual({ value: '3.00', unit: 'GiB' });
});

test.each([
  [0, '0 /s'],
  [3.25, '3.3 /s'],
  [912, '912 /s'],
  [84_100, '84.1 k/s'],
  [999_960, '1.00 M/s'],
])('%d per second read %s', (rate, text) => expect(printRate(rate)).toBe(text));

test('amounts are grouped, slots are names and are not', () => {
  expect(printCount(16_384)).toBe('16,384');
  expect(
    printSlots([
      [166, 234],
      [10_922, 10_922],
    ]),
  ).toBe('166–234, 10922');
  expect(
    printSlots(
      [
        [1, 1],
        [3, 3],
        [5, 5],
      ],
      2,
    ),
  ).toBe('1, 3 + 1');
});

test('percent has a space, and a little is not nothing', () => {
  expect(printShare(0.57)).toBe('57 %');
  expect(printShare(0.004)).toBe('0.4 %');
});

test.each([
  [-3000, '0 s'],
  [600, '0.6 s'],
  [38_000, '38 s'],
  [59_600, '1 min'],
  [508_000, '8 min 28 s'],
  [27_480_000, '7 h 38 min'],
  [97_200_000, '27 h'],
  [183_600_000, '2 d 3 h'],
  [3_542_400_000, '41 d'],
])('%d ms read %s: two units at most', (ms, text) => expect(printDuration(ms, ENGLISH)).toBe(text));

test.each([
  [0.42, '0.42 ms'],
  [3.42, '3.4 ms'],
  [120.4, '120 ms'],
  [1500, '1.5 s'],
])('a reply after %d ms reads %s', (ms, text) => expect(printLatency(ms, ENGLISH)).toBe(text));

test('an age says that it is one', () => expect(printAgo(1000, 1600, ENGLISH)).toBe('0.6 s ago'));

test('a moment of another day carries its date', () => {
  const now = new Date(2026, 10, 19, 10, 52, 38).getTime();
  expect(printMoment(new Date(2026, 10, 19, 3, 14, 26).getTime(), now)).toBe('03:14:26');
  expect(printMoment(new Date(2026, 10, 18, 7, 41, 0).getTime(), now)).toBe('2026-11-18 07:41:00');
});

test('an amount chooses the plural, and a fact that is missing stays visible', () => {
  const phrase = { one: '{n} slot of {node}', other: '{n} slots of {node}' };
  expect(fillPhrase(phrase, { n: 1, node: 'a1' })).toBe('1 slot of a1');
  expect(fillPhrase(phrase, { n: 1234 })).toBe('1,234 slots of {node}');
  expect(fillPhrase(phrase, { n: 1234 }, 'not known')).toBe('1,234 slots of not known');
  // A filling is a value: what looks like a name in it is somebody's key.
  expect(fillPhrase(phrase, { n: 1, node: '{user}:1' }, 'not known')).toBe('1 slot of {user}:1');
  expect(ENGLISH.say('findings.node-failed.title', {})).toBe('not known has failed.');
});

test('the language kept on this device wins, then the first that the browser asks for', () => {
  expect(preferredLanguage('zh', ['en-US'])).toBe('zh');
  expect(preferredLanguage(null, ['de', 'zh-TW', 'en'])).toBe('zh');
  expect(preferredLanguage(null, ['de'])).toBe('en');
});
