// Where `:name` is a captured value in SQL, in expectations and in checks, and which names are known.
import { beforeAll, describe, expect, test } from 'vitest';
import { fillPattern, fillSql } from '../../../runner/lesson/captures.ts';
import { fillCheck } from '../../../runner/lesson/check-template.ts';
import { fillBlock } from '../../../runner/lesson/fill-block.ts';
import { lintLesson } from '../../../runner/lesson/lint.ts';
import { loadSqlParser, type SqlParser } from '../../../runner/lesson/sql.ts';
import type { Check } from '../../../runner/lesson/types.ts';
import { blocksOf, fence, oneStep, parse, problemsOf } from './lesson-text.ts';

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadSqlParser();
});

const captured = { shard: '102008', name: "it's", path: 'a\\b', n: '4', star: '*' };

describe('SQL', () => {
  test.each([
    ['SELECT :shard', 'SELECT 102008'],
    ['SELECT * FROM events_:shard;', 'SELECT * FROM events_102008;'],
    ['SELECT :\'name\', :"name"', "SELECT 'it''s', \"it's\""],
    ["SELECT :'path'", "SELECT  E'a\\\\b'"],
    ['SELECT :shard::text, :shard', 'SELECT 102008::text, 102008'],
    ['SELECT a[1: :n]', 'SELECT a[1: 4]'],
    ['SELECT a[1:n]', 'SELECT a[14]'], // as psql does
  ])('%s', (sql, filled) => {
    expect(fillSql(sql, captured)).toBe(filled);
  });

  test.each([
    ["SELECT ':shard'"],
    ['SELECT ":shard"'],
    ['SELECT $$ :shard $$, $x$ :shard $x$'],
    ["SELECT E'\\' :shard'"],
    ['SELECT 1 -- :shard'],
    ['SELECT 1 /* :shard /* :shard */ :shard */'],
    ['SELECT x::shard'],
    ['SELECT f(a :=shard)'],
    ['SELECT a[lo:hi], :other, :constructor'],
  ])('%s stays as it is', (sql) => {
    expect(fillSql(sql, captured)).toBe(sql);
  });
});

test('a value in an expectation is no wildcard', () => {
  expect(fillPattern('shard :shard', captured)).toBe('shard 102008');
  expect(fillPattern(':star', captured)).toBe('\\*');
  expect(fillPattern('*', captured)).toBe('*');
});

test('results, errors, outputs and solutions have the values, names outside of SQL are no SQL', () => {
  const text = oneStep(
    fence('sql {capture="shard,n"}', 'SELECT 1, 2'),
    fence('sql', 'SELECT :shard'),
    fence('result', 'a', '---', ':shard'),
    fence('sql', 'SELECT 1'),
    fence('error', '42P01: relation "events_:shard"'),
    fence('bash', 'echo "$shard"'),
    fence('output', ':shard'),
  );
  const [, result, error, output] = blocksOf(text).map((block) => fillBlock(block, captured));
  expect(result).toMatchObject({ text: 'SELECT 102008', expectations: [{ rows: [{ cells: ['102008'] }] }] });
  expect(error!.expectations).toMatchObject([{ message: 'relation "events_102008"' }]);
  expect(output).toMatchObject({ text: 'echo "$shard"', expectations: [{ lines: ['102008'] }] });
});

describe('checks', () => {
  const checkOf = (yaml: string): Check => {
    const fences = [fence('sql {capture="shard,n,name"}', 'SELECT 1, 2, 3'), fence('check', yaml)];
    const [expectation] = blocksOf(oneStep(...fences))[0]!.expectations;
    return expectation?.kind === 'checks' ? expectation.checks[0]! : expect.unreachable();
  };

  test.each([
    ['shards: ":n"', 4],
    ['rows: {"events_:shard": ":n"}', { events_102008: 4 }],
    ['value: :shard', '102008'],
    ['value: a:b', 'a:b'],
    ["true: SELECT ':n' = :'n'", ["SELECT ':n' = '4'"]],
  ])('%s', (yaml, is) => {
    expect(fillCheck(checkOf(yaml), captured)).toMatchObject({ is });
  });

  test('a value that cannot stand there is none', () => {
    expect(fillCheck(checkOf('shards: ":name"'), captured)).toBeUndefined();
  });
});

describe('names', () => {
  const capture = fence('sql {capture=shard}', 'SELECT 1');
  test.each([
    [
      'a name that nothing captures',
      [fence('sql', '', 'SELECT :shard')],
      ['7: no block above captures "shard"; write {capture=shard} on the block that returns it'],
    ],
    [
      'a misspelt name',
      [capture, fence('sql', 'SELECT :sharp')],
      ['9: unknown captured value "sharp"; did you mean "shard"? known: shard'],
    ],
    [
      'a name that is captured below',
      [fence('sql', "SELECT :'shard'"), capture],
      ['6: no block above captures "shard"; write {capture=shard} on the block that returns it'],
    ],
    [
      'a name in a check',
      [capture, fence('check', 'shards: ":sharp"')],
      ['9: unknown captured value "sharp"; did you mean "shard"? known: shard'],
    ],
    ['a slice', [fence('sql', 'SELECT a[lo:hi]')], []],
    ['an error that shows one', [fence('sql', 'SELECT :shard'), fence('error', '42601')], []],
    ['its own check', [capture, fence('check', 'true: SELECT :shard > 0')], []],
    [
      'names that a shell would not take for its own',
      [fence('sql {capture=PATH}', 'SELECT 1')],
      [
        '5: the option "capture" is one name for each column, of letters, digits and _ after a small letter, as capture=shard or capture="shard,node", found "PATH"',
      ],
    ],
    [
      'a block that captures and fails',
      [capture, fence('error', '42601')],
      ['8: the block in line 5 captures a value, and a block that fails has none'],
    ],
  ])('%s', (_, fences, problems) => {
    expect(problemsOf(oneStep(...fences))).toEqual(problems);
  });
});

test('lint parses SQL with names in any place', () => {
  const sql = [
    `SELECT * FROM events_:shard WHERE id = :shard AND name = :'shard' LIMIT 1`,
    'CREATE TABLE t (a varchar(:shard))',
    'SELEC :shard',
  ];
  const fences = [fence('sql {capture=shard}', 'SELECT 1'), ...sql.map((text) => fence('sql', text))];
  const lesson = parse(oneStep(...fences, fence('check', 'true: {is: "SELECT :shard > 0", claim: c}')));
  expect(lintLesson(lesson, parser).map(({ message }) => message)).toEqual([
    'syntax error at or near "SELEC"',
  ]);
});
