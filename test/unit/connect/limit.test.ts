// Messages as a server sends them, in chunks of every size.
import { describe, expect, test } from 'vitest';
import { limitMessages, shorten } from '../../../runner/connect/limit.ts';

const int16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const int32 = (value: number) =>
  Buffer.from([value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff]);

function message(code: string, ...body: readonly (Buffer | string)[]): Buffer {
  const bytes = Buffer.concat(body.map((part) => Buffer.from(part as string)));
  return Buffer.concat([Buffer.from(code), int32(bytes.length + 4), bytes]);
}

const cell = (text: string | null) =>
  text === null ? int32(-1) : Buffer.concat([int32(Buffer.byteLength(text)), Buffer.from(text)]);
const row = (...cells: readonly (string | null)[]) => message('D', int16(cells.length), ...cells.map(cell));
const done = message('C', 'SELECT 1\0');

/** What is handed on of these bytes when they come in chunks of this size. */
function limit(bytes: Buffer, size = bytes.length): Buffer {
  const push = limitMessages();
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(...push(bytes.subarray(at, at + size)));
  return Buffer.concat(parts);
}

const large = 'x'.repeat(2_000_000);
const cut = `${'x'.repeat(8_000)}… (the first 8,000 of 2,000,000 bytes)`;

describe.each([3, 1_000, 65_536, 100_000_000])('in chunks of %i bytes', (size) => {
  test('messages of usual size come as they are', () => {
    const bytes = Buffer.concat([
      row('a', null, ''),
      done,
      row('x'.repeat(100_000)),
      message('Z', 'I'),
      message('s'),
    ]);
    expect(limit(bytes, size).equals(bytes)).toBe(true);
  });

  test('of a large row each cell is cut, and what comes after it is untouched', () => {
    const bytes = Buffer.concat([row('a'), row('short', null, large, ''), done]);
    expect(limit(bytes, size).equals(Buffer.concat([row('a'), row('short', null, cut, ''), done]))).toBe(
      true,
    );
  });
});

test('of a large error or notice each field is cut', () => {
  const fields = (text: string) => ['SNOTICE\0', `M${text}\0`, 'Hnone\0', '\0'];
  for (const code of ['N', 'E']) {
    const bytes = Buffer.concat([message(code, ...fields(large)), done]);
    const expected = Buffer.concat([message(code, ...fields(cut)), done]);
    expect(limit(bytes, 65_536).equals(expected)).toBe(true);
  }
});

test('of a large message of COPY nothing is kept', () => {
  expect(limit(Buffer.concat([message('d', large), done])).equals(Buffer.concat([message('d'), done]))).toBe(
    true,
  );
});

test('no character is cut in two', () => {
  const text = `x${'é'.repeat(1_000_000)}`;
  const shown = `x${'é'.repeat(3_999)}… (the first 8,000 of 2,000,001 bytes)`;
  expect(limit(row(text, text)).equals(row(shown, shown))).toBe(true);
});

test('a text is shortened once', () => {
  expect(shorten('x'.repeat(10_000))).toHaveLength(10_000);
  const short = shorten('x'.repeat(10_001));
  expect(short).toBe(`${'x'.repeat(8_000)}… (the first 8,000 of 10,001 characters)`);
  expect(shorten(short)).toBe(short);
});
