import { beforeAll, describe, expect, test } from 'vitest';
import { lintLesson } from '../../../runner/lesson/lint.ts';
import { loadSqlParser, type SqlParser } from '../../../runner/lesson/sql.ts';
import { fence, file, oneStep, parse } from './lesson-text.ts';

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadSqlParser();
});

function lint(...parts: string[]): string[] {
  return lintLesson(parse(oneStep(...parts)), parser).map(({ level, place, message }) => {
    expect(place.file).toBe(file);
    return `${place.line} ${level}: ${message}`;
  });
}

const check = fence('check', 'shards: 4');
const exercise = fence('sql {exercise}', 'SELECT …');
const answers = [
  fence('sql {solution}', 'SELECT 1'),
  fence('sql {wrong}', '-- No.', 'SELECT 2'),
  fence('hint', 'h'),
];

describe('a sound lesson', () => {
  test.each([
    ['SQL with a check', [fence('sql', 'SELECT 1;', 'SELECT 2'), fence('result', 'a'), check]],
    ['SQL that shall not parse', [fence('sql', 'SELEC 1'), fence('error', '42601')]],
    ['an exercise', [exercise, ...answers, check]],
    ['an ordered LIMIT', [fence('sql', 'SELECT a FROM t ORDER BY a LIMIT 1'), fence('result', 'a')]],
    ['a quotient', [fence('sql', 'SELECT 7.0 / 3'), fence('result', 'a', '---', '2.3333333333333333')]],
    [
      'an exercise for the shell',
      [
        fence('sh {exercise}'),
        fence('sh {solution}', '('),
        fence('sh {wrong}', '# No.', ')'),
        answers[2]!,
        check,
      ],
    ],
    [
      'an exercise whose answers fail',
      [
        exercise,
        fence('sql {solution}', 'SELEC'),
        fence('sql {wrong}', '-- No.', 'x'),
        answers[2]!,
        fence('error', '42'),
      ],
    ],
    ['one step among others that only prepares', [fence('sql', 'SELECT 1'), fence('sql', 'SELECT 1'), check]],
    [
      'a background block',
      [
        fence('sql {background name=w}', 'INSERT INTO t (n) VALUES ($1)'),
        fence('sql {stop=w}', 'SELECT 1'),
        check,
      ],
    ],
    [
      'stars for nodes and ports',
      [
        fence('sql', 'SELECT 1'),
        fence('result', '| nodename | nodeport | n |', '|-|-|-|', '| * | * | 5432 |'),
      ],
    ],
  ])('with %s has no findings', (_, parts) => {
    expect(lint(...parts)).toEqual([]);
  });
});

describe('a finding', () => {
  test.each([
    [['prose'], '1 warning: the lesson runs nothing'],
    [
      [exercise, ...answers, fence('result', 'a')],
      '5 warning: the exercise has a result and no other data, so an answer that only writes down its rows is right; add sql {other-data}',
    ],
    [
      [exercise, ...answers, fence('result', 'a'), fence('sql {other-data}', 'DELET FROM t')],
      '22 error: syntax error at or near "DELET"',
    ],
    [
      [fence('sql {background name=w}', 'INSERT INTO t VALUES (1)'), check],
      '5 error: a background block is one INSERT that names its columns and has $1 among its VALUES',
    ],
    [
      [fence('sql', 'SELECT 1'), fence('bash', 'true')],
      '3 warning: the step "Step" checks nothing; add a result, a check or an error',
    ],
    [[fence('sql', 'SELECT 1;', 'SELEC 2'), check], '7 error: syntax error at or near "SELEC"'],
    [[fence('sql', 'SELECT 1;', '\\d'), check], '7 error: "\\d" is a command of psql, not SQL'],
    [[fence('sql', '-- nothing'), check], '5 error: the block has no statement, only comments'],
    [
      [fence('sql', 'SELECT 1'), fence('result', 'a'), fence('result', 'a')],
      '5 error: the block has 2 results, but only 1 statement',
    ],
    [
      [fence('sql', 'SELECT 1; SELECT 2'), fence('result', 'a'), fence('result', 'a'), fence('result', 'a')],
      '5 error: the block has 3 results, but only 2 statements',
    ],
    [
      [exercise, ...answers, fence('sql {wrong}', 'SELECT 3'), check],
      '18 warning: the wrong answer does not say what is wrong with it; begin it with a comment that a learner reads',
    ],
    [
      [fence('sql', 'SELECT 1'), fence('check', 'true: SELECT true')],
      '9 warning: the check "true" has no claim; say what is true when it holds: {is: SELECT …, claim: "each row has a company"}',
    ],
    [
      [
        fence('sql', 'SELECT 1'),
        fence('check', 'true:', '  is: [SELECT true, SELEC 1]', '  claim: "one is one"'),
      ],
      '9 error: in the check "true": syntax error at or near "SELEC"',
    ],
    [
      [fence('sql', 'SELECT 1'), fence('result', 'nodename | x', '---+---', 'worker-1 | 1')],
      '11 warning: "worker-1" is a node or port of one cluster; write * for the lesson to hold on every cluster',
    ],
    [
      [fence('sql', 'SELECT 1'), fence('result', 'n | nodeport', '---+---', '1 | 5432')],
      '11 warning: "5432" is a node or port of one cluster; write * for the lesson to hold on every cluster',
    ],
    [
      [fence('sql', 'SELECT 1;', '', 'SELECT a FROM t LIMIT 1'), fence('result', 'a')],
      '8 warning: LIMIT without ORDER BY returns any rows; add ORDER BY',
    ],
    [
      [fence('sql', 'SELECT 1'), fence('result', 'total', '---', '0.30000000000000004')],
      '11 warning: "0.30000000000000004" is the sum of floating-point numbers, which depends on their order; use numeric, round, or write *',
    ],
    [
      [fence('sql', 'SELECT 1'), fence('result', 'size', '---', '8192 bytes')],
      '11 warning: "8192 bytes" is a size on disk that may differ from run to run; write *',
    ],
    [
      [fence('sql', 'EXPLAIN SELECT 1'), fence('result', 'QUERY PLAN', '---', 'Execution Time: 0.1 ms')],
      '11 warning: "Execution Time: 0.1 ms" is a time that may differ from run to run; write *',
    ],
    [[exercise, answers[0]!, answers[1]!, check], '5 warning: the exercise has no hint'],
    [
      [exercise, answers[0]!, answers[2]!, check],
      '5 warning: the exercise has no wrong answer; nothing shows that its checks catch one',
    ],
    [
      [exercise, ...answers, fence('sql', 'SELECT 1'), check],
      '5 warning: the exercise expects nothing; every answer that runs is right',
    ],
    [
      [exercise, ...answers, fence('sql {solution}', ' SELECT', '1'), check],
      '18 error: the answer is the same as the answer in line 8',
    ],
    [
      [fence('sql {exercise}', 'SELECT 1'), ...answers, check],
      '8 error: the answer is the same as the starting point in line 5',
    ],
    [
      [exercise, ...answers, fence('sql {solution}', 'SELEC'), check],
      '19 error: syntax error at or near "SELEC"',
    ],
    [
      [exercise, ...answers, fence('sql {wrong}', '-- No.', 'SELEC'), check],
      '20 warning: syntax error at or near "SELEC"',
    ],
    [
      [exercise, ...answers, fence('sql {wrong}', '-- No.', '\\d'), check],
      '20 error: "\\d" is a command of psql, not SQL',
    ],
  ])('%j', (parts, finding) => {
    expect(lint(...parts)).toEqual([finding]);
  });

  test('of one kind does not hide others; they come in the order of the file', () => {
    expect(lint(fence('sql', 'SELEC'), fence('sql {exercise}'), fence('sql {solution}', '('))).toEqual([
      '3 warning: the step "Step" checks nothing; add a result, a check or an error',
      '6 error: syntax error at or near "SELEC"',
      '8 warning: the exercise has no hint',
      '8 warning: the exercise has no wrong answer; nothing shows that its checks catch one',
      '8 warning: the exercise expects nothing; every answer that runs is right',
      '11 error: syntax error at end of input',
    ]);
  });
});
