import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { highlight } from '../../../runner/report/highlight.ts';
import { coloured, plain } from '../../../runner/report/style.ts';

const sql = "SELECT 'a\nb' -- c\nFROM t WHERE $1 > 2;";

test('colors change nothing but colors, and end with each line', () => {
  expect(highlight(sql, plain)).toBe(sql);
  const shown = highlight(sql, coloured);
  expect(stripVTControlCharacters(shown)).toBe(sql);
  expect(shown).toContain(coloured('blue', 'SELECT'));
  expect(shown).toContain(`${coloured('green', "'a")}\n${coloured('green', "b'")}`);
});
