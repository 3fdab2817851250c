import { describe, expect, test } from 'vitest';
import type { Probe } from '../../../runner/checks/check.ts';
import type { CheckRule } from '../../../runner/lesson/check-values.ts';
import type { Check } from '../../../runner/lesson/types.ts';
import { runCheck } from '../../../runner/session/blocks/run-check.ts';

type Answers = Readonly<Record<string, readonly (readonly (string | null)[])[]>>;

const place = { file: 'lesson.md', line: 7 };
const { signal } = new AbortController();

/** A cluster that knows the answers to the statements that contain these words; the last that fits is given. */
function clusterThatSays(
  answers: Answers,
  block: Partial<Probe['block']> = {},
  written: Readonly<Record<string, readonly number[]>> = {},
): Probe {
  const ask = async (sql: string) => {
    const known = Object.entries({ to_regclass: [['t']], ...answers }).filter(([words]) =>
      sql.includes(words),
    );
    if (known.length === 0) throw new Error(`nobody expected ${sql}`);
    return known.at(-1)![1];
  };
  return {
    hasShards: true,
    coordinator: ask,
    session: ask,
    node: (node, sql) => ask(`${node}: ${sql}`),
    nodes: async () => [
      { name: 'coordinator', state: 'up' },
      { name: 'worker-1', state: 'up' },
      { name: 'worker-2', state: 'down' },
    ],
    log: async () => [],
    writers: () =>
      Object.entries(written).map(([name, acknowledged]) => ({
        name,
        table: '"s"."t"',
        column: 'n',
        acknowledged,
      })),
    block: { judgedStatements: [], lastResult: undefined, ...block },
  };
}

const run = (rule: CheckRule, probe: Probe, more: Partial<Check> = {}) =>
  runCheck({ ...rule, ...more, place } as Check, probe, signal);

const result = (columns: string[], rows: string[][]) => ({
  lastResult: { columns, rows, rowCount: rows.length },
});

/** Streaming, synchronous, behind in bytes and in milliseconds. */
const streams = (...row: readonly number[]) => clusterThatSays({ 'worker-1: ': [row.map(String)] });
/** Shards, placements that answered, that did not, shards that differ, shards without a copy. */
const placements = (...row: readonly (string | null)[]) =>
  clusterThatSays({ run_command_on_placements: [row] });
const wrote = (there: readonly number[], acknowledged: readonly number[]) =>
  clusterThatSays(
    { 'SELECT "n"::text FROM "s"."t"': there.map((n) => [String(n)]) },
    {},
    { w: acknowledged },
  );

const even = [
  ['worker-1', '5432', '2'],
  ['worker-2', '5432', '2'],
];
const lopsided = [
  ['worker-1', '5432', '4'],
  ['worker-2', '5432', '0'],
];

interface Case {
  readonly rule: CheckRule;
  readonly holds: Probe;
  readonly fails: Probe;
  /** What the failure says is there. */
  readonly actual: string;
}

const cases: readonly Case[] = [
  {
    rule: { kind: 'shards', is: 4 },
    holds: clusterThatSays({ citus_shards: [['4']] }),
    fails: clusterThatSays({ citus_shards: [['32']] }),
    actual: '32',
  },
  {
    rule: { kind: 'shards', is: { t: 4 } },
    holds: clusterThatSays({ 'table_name = ': [['4']] }),
    fails: clusterThatSays({ 'table_name = ': [['5']] }),
    actual: '5',
  },
  {
    rule: { kind: 'placement', is: 'even' },
    holds: clusterThatSays({ 'SELECT DISTINCT': [['t']], pg_dist_node: even }),
    fails: clusterThatSays({ 'SELECT DISTINCT': [['t']], pg_dist_node: lopsided }),
    actual: 'worker-1: 4, worker-2: 0',
  },
  {
    rule: { kind: 'placement', is: { t: 'even' } },
    holds: clusterThatSays({ pg_dist_node: even }),
    fails: clusterThatSays({ pg_dist_node: [['worker-1', '5432', '0']] }),
    actual: 'no shards',
  },
  {
    rule: { kind: 'rows', is: { t: 1000 } },
    holds: clusterThatSays({ 'count(*) FROM t': [['1000']] }),
    fails: clusterThatSays({ 'count(*) FROM t': [['999']] }),
    actual: '999',
  },
  {
    rule: { kind: 'rows_per_shard', is: { t: [2, 1] } },
    holds: clusterThatSays({
      run_command_on_shards: [
        ['1', 't', '2'],
        ['2', 't', '1'],
      ],
    }),
    fails: clusterThatSays({
      run_command_on_shards: [
        ['1', 't', '2'],
        ['2', 'f', 'no route'],
      ],
    }),
    actual: '2, failed: no route',
  },
  {
    rule: { kind: 'workers', is: 2 },
    holds: clusterThatSays({ pg_dist_node: [['2']] }),
    fails: clusterThatSays({ pg_dist_node: [['3']] }),
    actual: '3',
  },
  {
    rule: { kind: 'replication_factor', is: { t: 2 } },
    holds: clusterThatSays({
      'GROUP BY shardid': [
        ['1', '2'],
        ['2', '2'],
      ],
    }),
    fails: clusterThatSays({
      'GROUP BY shardid': [
        ['1', '2'],
        ['2', '1'],
      ],
    }),
    actual: '2 and 1',
  },
  {
    rule: { kind: 'standbys', is: 1 },
    holds: clusterThatSays({ 'coordinator: ': [['0']], 'worker-1: ': [['1']] }),
    fails: clusterThatSays({ 'coordinator: ': [['0']], 'worker-1: ': [['0']] }),
    actual: '0',
  },
  {
    rule: { kind: 'standbys', is: { 'worker-1': 1 } },
    holds: clusterThatSays({ 'worker-1: ': [['1']] }),
    fails: clusterThatSays({ 'worker-1: ': [['2']] }),
    actual: '2',
  },
  {
    rule: { kind: 'standbys', is: { 'worker-1': { streaming: 2 } } },
    holds: streams(2, 0, 99, 99),
    fails: streams(1, 1, 0, 0),
    actual: '1',
  },
  {
    rule: { kind: 'standbys', is: { 'worker-1': { sync: 1 } } },
    holds: streams(2, 1, 99, 99),
    fails: streams(2, 0, 0, 0),
    actual: '0',
  },
  {
    rule: { kind: 'standbys', is: { 'worker-1': { behind: { amount: 100, unit: 'B' } } } },
    holds: streams(1, 0, 100, 999),
    fails: streams(1, 0, 101, 0),
    actual: '101 B',
  },
  {
    rule: { kind: 'standbys', is: { 'worker-1': { behind: { amount: 100, unit: 'ms' } } } },
    holds: streams(1, 0, 999, 100),
    fails: streams(0, 0, 0, 0),
    actual: 'no standby streams',
  },
  {
    rule: { kind: 'node', is: { 'worker-2': 'down' } },
    holds: clusterThatSays({}),
    fails: { ...clusterThatSays({}), nodes: async () => [{ name: 'worker-2', state: 'paused' }] },
    actual: 'paused',
  },
  {
    rule: { kind: 'node', is: { 'worker-1': 'up' } },
    holds: clusterThatSays({}),
    fails: { ...clusterThatSays({}), nodes: async () => [] },
    actual: 'no such node',
  },
  {
    rule: { kind: 'copies', is: { t: 'identical' } },
    holds: placements('4', '8', '0', null, '0'),
    fails: placements('4', '8', '0', '102008, 102010', '0'),
    actual: 'the placements of shard 102008, 102010 differ',
  },
  {
    rule: { kind: 'copies', is: 'identical' },
    holds: clusterThatSays({
      'SELECT DISTINCT': [['t']],
      run_command_on_placements: [['4', '8', '0', null, '0']],
    }),
    fails: clusterThatSays({ 'SELECT DISTINCT': [] }),
    actual: 'no distributed table',
  },
  {
    rule: { kind: 'copies', is: { t: 'identical' } },
    holds: placements('1', '2', '0', null, '0'),
    fails: placements('4', '8', '4', null, '0'),
    actual: '4 of 8 placements did not answer',
  },
  {
    rule: { kind: 'copies', is: { t: 'identical' } },
    holds: placements('1', '2', '0', null, '0'),
    fails: placements('4', '7', '0', null, '1'),
    actual: '1 of 4 shards has only one placement',
  },
  {
    rule: { kind: 'lost', is: 0 },
    holds: wrote([1, 2, 3], [1, 3]),
    fails: wrote([1, 4], [1, 2, 3, 4, 6]),
    actual: '3 of 5 acknowledged writes of "w" lost (2–3, 6)',
  },
  {
    rule: { kind: 'lost', is: 'some' },
    holds: wrote([1], [1, 2]),
    fails: wrote([1], [1]),
    actual: '0 of 1 acknowledged writes of "w" lost',
  },
  {
    rule: { kind: 'lost', is: 0 },
    holds: wrote([1], [1]),
    fails: wrote([], []),
    actual: '0 of 0 acknowledged writes of "w" lost',
  },
  {
    rule: { kind: 'lost', is: 0 },
    holds: wrote([1], [1]),
    fails: clusterThatSays({}),
    actual: 'no writes',
  },
  {
    rule: { kind: 'lost', is: { w: 1 } },
    holds: wrote([1], [1, 2]),
    fails: wrote([1, 2], [1, 2]),
    actual: '0 of 2 acknowledged writes of "w" lost',
  },
  {
    rule: { kind: 'lost', is: { w: 0 } },
    holds: wrote([1], [1]),
    fails: clusterThatSays({}),
    actual: 'no writes',
  },
  {
    rule: { kind: 'tasks', is: 1 },
    holds: clusterThatSays(
      { 'EXPLAIN (COSTS OFF) SELECT 1': [['Task Count: 1']] },
      { judgedStatements: ['SELECT 1'] },
    ),
    fails: clusterThatSays(
      { 'EXPLAIN (COSTS OFF) SELECT 1': [['Task Count: 4']] },
      { judgedStatements: ['SELECT 1'] },
    ),
    actual: '4',
  },
  {
    rule: { kind: 'returns', is: 1 },
    holds: clusterThatSays({}, result(['a'], [['x']])),
    fails: clusterThatSays({}, result(['a'], [['x'], ['y']])),
    actual: '2',
  },
  {
    rule: { kind: 'columns', is: ['a', 'b'] },
    holds: clusterThatSays({}, result(['a', 'b'], [])),
    fails: clusterThatSays({}, result(['b', 'a'], [])),
    actual: 'b, a',
  },
  {
    rule: { kind: 'value', is: '4' },
    holds: clusterThatSays({}, result(['n'], [['4']])),
    fails: clusterThatSays({}, result(['n'], [['4'], ['4']])),
    actual: '2 rows of 1 column',
  },
  {
    rule: { kind: 'true', is: ['SELECT ok'] },
    holds: clusterThatSays({ 'SELECT ok': [['t']] }),
    fails: clusterThatSays({ 'SELECT ok': [[null]] }),
    actual: 'NULL',
  },
];

describe.each(cases)('$rule.kind: $rule.is', ({ rule, holds, fails, actual }) => {
  test('holds where it is true', async () => {
    expect(await run(rule, holds)).toEqual([expect.objectContaining({ status: 'passed', place })]);
  });

  test('fails where it is not, and says what is there', async () => {
    expect(await run(rule, fails)).toEqual([expect.objectContaining({ status: 'failed', place, actual })]);
  });
});

/** As a learner reads it: never a name of the program, always what is there. */
test.each([
  [cases.find(({ rule }) => rule.kind === 'rows')!, '1,000 rows in t'],
  [cases.find(({ rule }) => rule.kind === 'shards')!, '4 shards in all distributed tables'],
  [cases.find(({ rule }) => rule.kind === 'placement')!, 't is spread evenly over 2 workers'],
  [cases.find(({ rule }) => rule.kind === 'tasks')!, 'touched 1 shard'],
  [cases.find(({ rule }) => rule.kind === 'lost')!, '2 acknowledged writes of "w", and none lost'],
  [cases.find(({ rule }) => rule.kind === 'node')!, 'the server of worker-2 is down'],
  [cases.find(({ rule }) => rule.kind === 'true')!, 'the condition holds'],
])('$0.rule.kind claims "%s"', async ({ rule, holds }, claim) => {
  expect(await run(rule, holds)).toMatchObject([{ claim }]);
});

test('tasks are told of all shards, where the plan names one', async () => {
  const plan = [['Task Count: 1'], ['->  Seq Scan on t_102008 t']];
  const probe = clusterThatSays(
    { EXPLAIN: plan, 'IN (102008)': [['4'], ['1']] },
    { judgedStatements: ['SELECT 1'] },
  );
  expect(await run({ kind: 'tasks', is: 1 }, probe)).toMatchObject([{ claim: 'touched 1 of 4 shards' }]);
});

test('a condition is told by the claim of its author, and a list of them is one claim', async () => {
  const claim = 'one is one';
  const probe = clusterThatSays({ good: [['t']], bad: [['f']] });
  expect(await run({ kind: 'true', is: ['good', 'good'] }, probe, { claim })).toMatchObject([
    { status: 'passed', claim },
  ]);
  expect(await run({ kind: 'true', is: ['good', 'bad'] }, probe, { claim })).toMatchObject([
    { status: 'failed', title: claim, expected: 'true', actual: 'false', look: 'bad' },
  ]);
});

test('a table that does not exist fails the check and not the run', async () => {
  const probe = clusterThatSays({ to_regclass: [[null]] });
  const [outcome] = await run({ kind: 'rows', is: { nosuch: 1 } }, probe);
  expect(outcome).toMatchObject({
    status: 'failed',
    title: 'table nosuch',
    actual: 'no such table',
  });
});

test('a question that fails is a failed check with the reason', async () => {
  const [outcome] = await run({ kind: 'workers', is: 2 }, clusterThatSays({}));
  expect(outcome).toMatchObject({ status: 'failed', actual: expect.stringContaining('nobody expected') });
});

test('names of tables are quoted as literals', async () => {
  const asked: string[] = [];
  const probe = clusterThatSays({ to_regclass: [[null]] });
  const coordinator = (sql: string) => {
    asked.push(sql);
    return probe.coordinator(sql);
  };
  await run({ kind: 'rows', is: { "x'); DROP TABLE t; --": 1 } }, { ...probe, coordinator });
  expect(asked).toEqual([expect.stringContaining("to_regclass('x''); DROP TABLE t; --')")]);
});

test('the last result of a block that returned none fails what is said of it', async () => {
  expect(await run({ kind: 'returns', is: 0 }, clusterThatSays({}))).toEqual([
    expect.objectContaining({ status: 'failed', actual: 'no result' }),
  ]);
});

test('tasks of a statement that is an EXPLAIN are read from it as it is', async () => {
  const probe = clusterThatSays({ explain: [['Task Count: 4']] }, { judgedStatements: ['explain SELECT 1'] });
  expect(await run({ kind: 'tasks', is: 4 }, probe)).toEqual([expect.objectContaining({ status: 'passed' })]);
});

test('the word to the learner stands in the failure', async () => {
  const probe = clusterThatSays({ pg_dist_node: [['3']] });
  expect(await run({ kind: 'workers', is: 2 }, probe, { say: 'Look again.' })).toEqual([
    expect.objectContaining({ say: 'Look again.', look: 'SELECT * FROM pg_dist_node;' }),
  ]);
});

test('with eventually it is asked until it holds', async () => {
  let asked = 0;
  const coordinator = async () => {
    asked += 1;
    return [[String(asked)]];
  };
  const probe = { ...clusterThatSays({}), coordinator };
  const [outcome] = await run({ kind: 'workers', is: 3 }, probe, { eventuallyMs: 10_000 });
  expect(outcome?.status).toBe('passed');
  expect(asked).toBe(3);
});

test.each([
  'shards',
  'placement',
  'rows_per_shard',
  'workers',
  'replication_factor',
  'copies',
  'tasks',
] as const)('on one server the check %s says that there are no shards', async (kind) => {
  const one = { ...clusterThatSays({}), hasShards: false };
  const check = { kind, is: 1, place } as unknown as Check;
  const [outcome] = await runCheck(check, one, signal);
  expect(outcome).toMatchObject({
    status: 'failed',
    actual: expect.stringContaining('one PostgreSQL server'),
  });
});
