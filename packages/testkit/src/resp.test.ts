import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeValue } from './resp-reply.ts';
import { createRespReader, encodeCommand, RespError, RespProtocolError, type RespValue } from './resp.ts';

const scalar = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt(),
  fc.double({ noNaN: true }).filter((number) => !Number.isInteger(number)),
  fc.stringMatching(/^ERR [a-z ]{1,20}$/).map((text) => new RespError(text)),
);
const anyValue = fc.letrec<{ value: RespValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
  ),
})).value;

test('whatever the pieces in which replies arrive, the same values are read', () => {
  fc.assert(
    fc.property(
      fc.array(anyValue, { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (values, sizes) => {
        const bytes = Buffer.from(values.map((value) => encodeValue(value, 3)).join(''));
        const reader = createRespReader();
        const read: RespValue[] = [];
        let round = 0;
        for (let at = 0; at < bytes.length;) {
          const size = sizes[round % sizes.length] ?? 1;
          round += 1;
          read.push(...reader.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(read).toEqual(values);
      },
    ),
  );
});

test('a command is read by the same reader as the list of its words', () => {
  expect(createRespReader().push(encodeCommand(['SET', 'ключ', 5]))).toEqual([['SET', 'ключ', '5']]);
});

test('a reply of a megabyte in small pieces is read in one go', () => {
  const value = 'x'.repeat(1_000_000);
  const bytes = Buffer.from(encodeValue(value, 2));
  const reader = createRespReader();
  const read: RespValue[] = [];
  for (let at = 0; at < bytes.length; at += 100) read.push(...reader.push(bytes.subarray(at, at + 100)));
  expect(read).toEqual([value]);
});

test('bytes that are no reply are refused and shown', () => {
  expect(() => createRespReader().push(Buffer.from('HTTP/1.1 400 Bad Request\r\n'))).toThrow(RespProtocolError);
  expect(() => createRespReader().push(Buffer.from('*x\r\n'))).toThrow(/not an integer: "x"/);
});
