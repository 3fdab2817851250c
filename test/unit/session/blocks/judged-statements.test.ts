import { expect, test } from 'vitest';
import { judgedStatements } from '../../../../runner/session/blocks/judged-statements.ts';

const update = "UPDATE t SET v = 1 WHERE name = 'a'";
const decoy = 'UPDATE t SET v = v WHERE k = 1';
const query = 'SELECT * FROM t WHERE k = 1';
const judged = (statements: readonly string[], ofResult?: string) =>
  judgedStatements({ statements, isExercise: true, ofResult });

test('of a block it is the last statement', () => {
  expect(judgedStatements({ statements: [update, query], isExercise: false })).toEqual([query]);
});

test('of an answer it is all that writes, whatever stands at its end', () => {
  expect(judged([update, decoy, query])).toEqual([update, decoy]);
  expect(judged([query, update, 'RESET ALL'])).toEqual([update]);
});

test.each([
  'WITH u AS (DELETE FROM t RETURNING k) SELECT * FROM u',
  'DO $$ BEGIN DELETE FROM t; END $$',
  'CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM t $$',
  'CALL p()',
])('%s may write', (sql) => {
  expect(judged([sql, query])).toEqual([sql]);
});

test('of an answer that writes nothing it is the last that reads', () => {
  expect(judged(['SELECT 1', query, 'SET work_mem = 100'])).toEqual([query]);
});

test('where a result is judged it is the statement that returned it', () => {
  expect(judged([update, query, decoy], query)).toEqual([query]);
});
