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
  const inside = [
    'PL/pgSQL function citus_internal.check_can_be_distributed(regclass) line 19 at RAISE',
    'SQL statement "SELECT citus_internal.check_can_be_distributed(table_name)"',
    'PL/pgSQL function create_distributed_table(regclass,text) line 13 at PERFORM',
  ].join('\n');
  const outside = `SQL statement "SELECT create_distributed_table('t', 'n')"\nPL/pgSQL function mine() line 3 at PERFORM`;
  const contextOf = (context: string) =>
    sqlFailureLines({ ...failure, context }, shown)
      .slice(3)
      .join('\n');
  expect(contextOf(inside)).toBe('');
  expect(contextOf(`${inside}\n${outside}`)).toBe(`CONTEXT: ${outside}`);
  expect(contextOf(outside)).toBe(`CONTEXT: ${outside}`);
});

test('no control character reaches the terminal', () => {
  const lines = sqlFailureLines(
    { ...failure, message: 'a\u001b', position: 7 },
    { ...shown, sql: 'SELECT\u001b' },
  );
  expect(lines.join('')).not.toContain('\u001b');
});
