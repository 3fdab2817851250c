import { describe, expect, test } from 'vitest';
import { decodeLesson } from '../../../runner/lesson/decode.ts';

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('the bytes of a lesson', () => {
  test('are text in UTF-8, with or without a byte order mark', () => {
    expect(decodeLesson('a.md', new TextEncoder().encode('# é日🐘\r\n'))).toBe('# é日🐘\r\n');
    expect(decodeLesson('a.md', new TextEncoder().encode('\uFEFF# a'))).toBe('# a');
    expect(decodeLesson('a.md', new Uint8Array())).toBe('');
  });

  test.each([
    ['a\nb \xe9\nc', 2, ''],
    ['\xe9', 1, ''],
    ['\xffa', 1, ''],
    ['a\xfe', 1, ''],
    ['a\n\nb\xc3', 3, ''],
    ['a\nb\xc3\nc', 2, ''],
    ['\xff\xfea\0\n\0', 1, ' (it looks like UTF-16)'],
    ['\xfe\xff\0a', 1, ' (it looks like UTF-16)'],
  ])('%j are none: the first wrong one is in line %i', (text, line, looks) => {
    expect(() => decodeLesson('lessons/01-a.md', latin1(text))).toThrowError(
      `lessons/01-a.md:${line}: the file is not UTF-8${looks}; save it in that encoding`,
    );
  });
});
