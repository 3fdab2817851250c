// Hostile answers: each fails, leaves no mark, and costs the next answer nothing.
import { access } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onCoordinator, readClusterInfo } from '../../../runner/cluster/info.ts';
import { query } from '../../../runner/connect/query.ts';
import { usualLimits } from '../../../runner/grade/limits.ts';
import { limitMemory } from '../../../runner/grade/memory.ts';
import { openSandbox } from '../../../runner/grade/sandbox.ts';
import { openTrials, type Trials } from '../../../runner/grade/try-answers.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import type { Lesson } from '../../../runner/lesson/types.ts';
import { plan } from '../../../runner/session/plan.ts';
import { reapedFolder, type TestCluster, testCluster } from '../../support/cluster.ts';
import { never } from '../../support/servers.ts';
import { attacks, overLimit } from './attacks.ts';

const solution = 'UPDATE found SET n = (SELECT count(*) FROM t);';
const mark = path.join(await reapedFolder('mark ', 0o777), 'mark');

const ofSharding = /dblink|postgres_fdw|worker|pg_dist|citus/;
const onEach = [
  {
    servers: 'the built-in engine',
    kind: 'local',
    distribute: [`SELECT create_distributed_table('t', 'k', shard_count => 4);`],
    all: attacks(mark),
  },
  {
    servers: 'PostgreSQL alone',
    kind: 'postgres',
    distribute: [],
    // The limits are ours, and the same.
    all: attacks(mark).filter(({ sql, reason }) => !ofSharding.test(sql) && reason !== overLimit),
  },
] as const;

describe.each(onEach)('on $servers', ({ kind, distribute, all }) => {
  let cluster: TestCluster;
  let trials: Trials;

  beforeAll(async () => {
    cluster = await testCluster({ kind });
    await limitMemory(cluster, usualLimits.memoryMb);
    const limits = { ...usualLimits, timeMs: 3_000, diskMb: 64 };
    const info = await onCoordinator(cluster, (coordinator) => readClusterInfo(cluster, coordinator, never));
    const planned = plan(lessonWith(distribute), info, { solve: true });
    trials = openTrials(planned, planned.byId.get('count/2')!, {
      cluster,
      initSql: '',
      shell: () => Promise.reject(new Error('no shell here')),
      signal: never,
      limits,
      sandbox: openSandbox(cluster, { limits, signal: never }),
    });
  });

  afterAll(async () => {
    await trials.close();
  });

  test.each(all)('$name', async ({ sql, reason }) => {
    const hostile = await trials.try(sql);
    expect(hostile).toMatchObject({ passed: false, reason: expect.stringMatching(reason) });
    await expect(access(mark)).rejects.toThrow('ENOENT');
    expect(await trials.try(solution)).toMatchObject({ passed: true, reason: '' });
  });

  test.each(harmless)('%s', async (_, sql) => {
    expect(await trials.try(`${sql} ${solution}`)).toMatchObject({ passed: true, reason: '' });
  });

  test('whoever runs an answer reaches nothing that runs as superuser', async () => {
    expect(await trials.try(solution)).toMatchObject({ passed: true });
    await onCoordinator(cluster, async (coordinator) => {
      const definers = await query(
        coordinator,
        `SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE prosecdef AND rolsuper`,
        never,
      );
      expect(definers).toEqual([]);
      const roles = await query(coordinator, `SELECT rolname FROM pg_roles WHERE rolsuper`, never);
      expect(roles).toHaveLength(1);
    });
  });
});

/** What an answer may do on its way: it stays on the coordinator, and the next answer does not find it. */
const harmless = [
  ['a view', 'CREATE VIEW mine AS SELECT count(*) AS n FROM t; SELECT n FROM mine; DROP VIEW mine;'],
  ['a type', `CREATE TYPE mine AS ENUM ('a'); ALTER TYPE mine ADD VALUE 'b'; DROP TYPE mine;`],
  [
    'a function that is left',
    'CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1; GRANT EXECUTE ON FUNCTION mine() TO PUBLIC;',
  ],
  ['a table', 'CREATE TABLE s AS SELECT 1 AS one; GRANT SELECT ON s TO PUBLIC; DROP TABLE s;'],
] as const;

function lessonWith(distribute: readonly string[]): Lesson {
  const fence = (info: string, ...lines: readonly string[]) => ['', `\`\`\`${info}`, ...lines, '```'];
  return parseLesson(
    '01-a.md',
    [
      ...['---', 'init: false', '---', '# A', '## Count'],
      ...fence(
        'sql',
        'CREATE TABLE t (k int, v int);',
        ...distribute,
        'INSERT INTO t SELECT g, g FROM generate_series(1, 20) AS g;',
        'CREATE TABLE found AS SELECT 0 AS n;',
      ),
      ...fence('sql {exercise}', '-- How many rows has t? Write it into found.'),
      ...fence('sql {solution}', solution),
      ...fence(
        'check',
        'true: {is: SELECT n = 20 FROM found, claim: found has the number}',
        'rows: {found: 1}',
      ),
    ].join('\n'),
  );
}
