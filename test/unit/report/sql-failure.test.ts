import { expect, test } from 'vitest';
import { sqlFailureLines } from '../../../runner/report/sql-failure.ts';

const failure = { sqlstate: '42601', message: 'syntax error at or near "SELEC"', position: 1 };
const shown = { sql: 'SELEC 1', width: 80 };

test('a caret stands below the place, before the detail and the hint', () => {
  expect(sqlFailureLines({ ...failure, detail: 'D', hint: 'H' }, shown)).toEqual([
    'ERROR: 42601: syntax error at or near "SELEC"',
    'LINE 1: SELEC 1',
    '        ^',
    'DETAIL: D',
    'HINT: H',
  ]);
});

test('the context is that of functions outside of the engine', () => {
  const inside = 'PL/pgSQL function citus_internal.distribute(regclass) line 19 at RAISE';
  const outside = 'PL/pgSQL function mine() line 3 at PERFORM';
  const contextOf = (context: string) => sqlFailureLines({ ...failure, context }, shown).slice(3);
  expect(contextOf(inside)).toEqual([]);
  expect(contextOf(`${inside}\nSQL statement "x"\n${inside}\n${outside}`)).toEqual([`CONTEXT: ${outside}`]);
  expect(contextOf(outside)).toEqual([`CONTEXT: ${outside}`]);
});

test('no control character reaches the terminal', () => {
  const lines = sqlFailureLines(
    { ...failure, message: 'a\u001b', position: 7 },
    { ...shown, sql: 'SELECT\u001b' },
  );
  expect(lines.join('')).not.toContain('\u001b');
});
