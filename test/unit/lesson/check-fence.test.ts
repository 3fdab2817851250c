import { describe, expect, test } from 'vitest';
import { CHECK_NAMES } from '../../../runner/lesson/check-fence.ts';
import { expectationsOf, fence, file, oneStep, problemsOf } from './lesson-text.ts';

/** The text of the fence starts in line 9. */
function checksOf(...lines: string[]) {
  const [expectation] = expectationsOf(fence('check', ...lines));
  if (expectation?.kind !== 'checks') throw new Error('no checks');
  return expectation.checks;
}

function mistakesIn(...lines: string[]): string[] {
  return problemsOf(oneStep(fence('sql', 'SELECT 1'), fence('check', ...lines)));
}

const good = [
  ['shards: 4', 4],
  ['shards: {sensor_data: 4}', { sensor_data: 4 }],
  ['placement: even', 'even'],
  ['placement: {a.b: even, "c d": even}', { 'a.b': 'even', 'c d': 'even' }],
  ['rows: {sensor_data: 1000}', { sensor_data: 1000 }],
  ['rows_per_shard: {t: [240, 250, 0]}', { t: [240, 250, 0] }],
  ['workers: 2', 2],
  ['replication_factor: {t: 2}', { t: 2 }],
  ['standbys: 1', 1],
  ['standbys: {worker-1: 1}', { 'worker-1': 1 }],
  ['standbys: {worker-1: {streaming: 2, sync: 1}}', { 'worker-1': { streaming: 2, sync: 1 } }],
  ['standbys: {a: {behind: 16kB}}', { a: { behind: { amount: 16_384, unit: 'B' } } }],
  ['standbys: {a: {behind: 2MB}}', { a: { behind: { amount: 2_097_152, unit: 'B' } } }],
  ['standbys: {a: {behind: 500ms}}', { a: { behind: { amount: 500, unit: 'ms' } } }],
  ['standbys: {a: {behind: 2s}}', { a: { behind: { amount: 2000, unit: 'ms' } } }],
  ['node: {worker-1: up, worker-2: down, c: paused}', { 'worker-1': 'up', 'worker-2': 'down', c: 'paused' }],
  ['copies: identical', 'identical'],
  ['copies: {t: identical}', { t: 'identical' }],
  ['lost: 0', 0],
  ['lost: some', 'some'],
  ['lost: {writer: 0}', { writer: 0 }],
  ['tasks: 1', 1],
  ['returns: 0', 0],
  ['columns: [id, Sensor Id]', ['id', 'Sensor Id']],
  ['value: 4.50', '4.50'],
  ['value: true', 'true'],
  ["value: ''", ''],
  ['true: SELECT 1 = 1', ['SELECT 1 = 1']],
  ['true: [SELECT true, "SELECT 2 > 1"]', ['SELECT true', 'SELECT 2 > 1']],
] as const;

describe('a check', () => {
  test.each(good)('%s', (line, is) => {
    const kind = line.slice(0, line.indexOf(':'));
    expect(checksOf(line)).toEqual([{ kind, is, place: { file, line: 9 } }]);
  });

  test('of every kind is tried here', () => {
    expect(new Set(good.map(([line]) => line.slice(0, line.indexOf(':'))))).toEqual(new Set(CHECK_NAMES));
  });

  test('says what is true when it holds, where it is a condition', () => {
    expect(checksOf('true: {is: SELECT 1 = 1, claim: one is one}')).toMatchObject([
      { kind: 'true', is: ['SELECT 1 = 1'], claim: 'one is one' },
    ]);
    expect(mistakesIn('shards: {is: 4, claim: four}')).toEqual([
      '9: in the check "shards": unknown key "claim"; known: is, say, eventually',
    ]);
  });

  test('may say what a learner reads, and have time to become true', () => {
    expect(
      checksOf(
        '',
        'rows:',
        '  is:',
        '    t: 5',
        '  say: "Five: rows"',
        '  eventually: 5s',
        'shards: {is: 4}',
      ),
    ).toEqual([
      { kind: 'rows', is: { t: 5 }, say: 'Five: rows', eventuallyMs: 5000, place: { file, line: 10 } },
      { kind: 'shards', is: 4, place: { file, line: 15 } },
    ]);
  });

  test('of a query may stand on several lines', () => {
    expect(checksOf('true: |', '  SELECT 1', '  FROM t')).toMatchObject([{ is: ['SELECT 1\nFROM t\n'] }]);
  });

  test('keeps a table of any name', () => {
    const [check] = checksOf('rows: {__proto__: 1, constructor: 2}');
    expect(Object.entries(check!.is)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });
});

describe('a mistake in a check', () => {
  const known = CHECK_NAMES.join(', ');
  test.each([
    ['row: {t: 1}', `9: unknown check "row"; did you mean "rows"? known: ${known}`],
    ['shards: four', '9: the check "shards" wants a whole number, or {table: a whole number}, found "four"'],
    ['shards: 4.5', '9: the check "shards" wants a whole number, or {table: a whole number}, found "4.5"'],
    ['shards:', '9: the check "shards" wants a whole number, or {table: a whole number}, found nothing'],
    ['shards: {}', '9: the check "shards" wants {table: a whole number}, found a map'],
    ['shards: [4]', '9: the check "shards" wants a whole number, or {table: a whole number}, found a list'],
    ['placement: odd', '9: the check "placement" wants even, or {table: even}, found "odd"'],
    ['placement:\n  a: even\n  b: odd', '11: the check "placement" wants even, found "odd"'],
    ['rows: 1000', '9: the check "rows" wants {table: a whole number}, found "1000"'],
    ['rows:\n\n  t: x', '11: the check "rows" wants a whole number, found "x"'],
    ['rows_per_shard: {t: 5}', '9: the check "rows_per_shard" wants a list, each a whole number, found "5"'],
    [
      'rows_per_shard:\n  t:\n    - 5\n    - x',
      '12: the check "rows_per_shard" wants a whole number, found "x"',
    ],
    ['workers: {t: 1}', '9: the check "workers" wants a whole number, found a map'],
    ['replication_factor: 2', '9: the check "replication_factor" wants {table: a whole number}, found "2"'],
    [
      'standbys: -1',
      '9: the check "standbys" wants a whole number, or {node: a whole number, or {streaming, sync, behind}}, found "-1"',
    ],
    [
      'standbys:\n  a:\n    behind: 5',
      '11: the check "standbys" wants a lag with its unit, as 0B, 16kB or 500ms, found "5"',
    ],
    ['standbys: {a: {late: 5s}}', '9: the check "standbys" wants {streaming, sync, behind}, found a map'],
    ['standbys: {a: {}}', '9: the check "standbys" wants {streaming, sync, behind}, found a map'],
    ['node: up', '9: the check "node" wants {node: up or down or paused}, found "up"'],
    ['node: {a: dead}', '9: the check "node" wants up or down or paused, found "dead"'],
    ['copies: equal', '9: the check "copies" wants identical, or {table: identical}, found "equal"'],
    [
      'lost: all',
      '9: the check "lost" wants a whole number, or some, or {writer: a whole number, or some}, found "all"',
    ],
    ['tasks: one', '9: the check "tasks" wants a whole number, found "one"'],
    ['returns: many', '9: the check "returns" wants a whole number, found "many"'],
    ['columns: id', `9: the check "columns" wants a list, each a text ('' for a blank), found "id"`],
    ['columns: []', `9: the check "columns" wants a list, each a text ('' for a blank), found a list`],
    ['value:', `9: the check "value" wants a text ('' for a blank), found nothing`],
    ['true: {a: b}', `9: the check "true" wants a text ('' for a blank), or a list of them, found a map`],
    [
      'rows: {is: {t: 1}, says: x}',
      '9: in the check "rows": unknown key "says"; did you mean "say"? known: is, say, eventually',
    ],
    [
      'shards:\n  is: 4\n  eventually: 5',
      '11: "eventually" is a time with its unit, as 500ms, 5s or 2m, and at most 24 hours, found "5"',
    ],
    ['shards:\n  is: 4\n  say:', '11: "say" is a sentence, found nothing'],
    ['shards: 4\nshards: 5', '10: the key "shards" stands twice; first in line 9'],
    ['shards: 4\nvalue: *x', '10: "*x" is an alias in YAML; quote it: "*x"'],
    ['shards: 4\n[a, b]: 1', '10: a key must be a word, not a list or a map'],
    ['shards: 4\n\trows: {t: 1}', '10: bad YAML: tab characters must not be used in indentation'],
    ['shards: 4\n---\nshards: 5', '11: a second YAML document; only one is read'],
    ['shards', `9: a check fence has checks, as "shards: 4"; known: ${known}`],
    ['# shards: 4', `8: a check fence has checks, as "shards: 4"; known: ${known}`],
  ])('%j', (text, problem) => {
    expect(mistakesIn(text)).toEqual([problem]);
  });
});
