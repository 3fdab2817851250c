// How an answer is judged on a real cluster, whatever it has left in its database and its session.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onCoordinator, readClusterInfo } from '../../../runner/cluster/info.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import type { FailedOutcome, RunEvent } from '../../../runner/session/events.ts';
import { plan } from '../../../runner/session/plan.ts';
import { openSession, type Session } from '../../../runner/session/session.ts';
import { openStream } from '../../../runner/session/stream.ts';
import { testCluster } from '../../support/cluster.ts';
import { never } from '../../support/servers.ts';

const lesson = parseLesson(
  '01-a.md',
  `---
init: false
---
# A
## Count
\`\`\`sql
CREATE TABLE t (k int);
INSERT INTO t VALUES (1), (2);
SET work_mem = '5MB';
\`\`\`
\`\`\`sql {exercise}
\`\`\`
\`\`\`sql {solution}
SET citus.shard_count = 7;
SELECT count(*) AS n, '*' AS star FROM t;
\`\`\`
\`\`\`result
 n | star
---+------
 2 | \\*
\`\`\`
\`\`\`sql {other-data}
INSERT INTO t VALUES (3);
\`\`\`
\`\`\`check
rows: {t: 2}
\`\`\`
\`\`\`sql
SELECT concat_ws(' ', current_setting('work_mem'), current_setting('citus.shard_count'), current_setting('search_path'));
\`\`\`
\`\`\`result
 concat_ws
-----------
 5MB 7 "$user", public
\`\`\`
`,
);

let session: Session;
const events: RunEvent[] = [];

beforeAll(async () => {
  const cluster = await testCluster();
  const info = await onCoordinator(cluster, (coordinator) => readClusterInfo(cluster, coordinator, never));
  session = openSession(plan(lesson, info, { solve: false }), {
    cluster,
    initSql: '',
    shell: () => Promise.reject(new Error('no shell here')),
    stream: openStream('1.0.0', (event) => events.push(event)),
    signal: never,
  });
  await session.request({ do: 'start' });
});

afterAll(() => session.close());

/** What fails of an answer. */
async function failuresOf(answer: string): Promise<readonly FailedOutcome[]> {
  await session.request({ do: 'restore', block: 'count/2' });
  await session.request({ do: 'run', answer });
  const end = events.findLast((event) => event.type === 'block-finished')!;
  return end.outcomes.filter((outcome) => outcome.status === 'failed');
}

const right = "SELECT '*' AS star, count(*) AS n FROM t";

test('a result that is written down is wrong with other data', async () => {
  expect(await failuresOf("SELECT 2 AS n, '*' AS star")).toMatchObject([
    {
      expected: '1 row',
      actual: '1 row',
      say: 'With other data the answer is wrong: it seems to be hard-coded.',
      difference: { changed: [{ cells: [{ column: 'n', expected: '3', actual: '2' }] }] },
    },
  ]);
});

test('a statement that changes the data and fails is told with its line', async () => {
  expect(await failuresOf(`ALTER TABLE t ADD CHECK (k < 3); ${right}`)).toMatchObject([
    {
      title: 'the result with other data',
      place: { file: '01-a.md', line: 23 },
      actual: expect.stringMatching(/^the statement of sql \{other-data\} in line 23 failed: 23514: /),
    },
  ]);
});

test('a temporary table does not hide the data', async () => {
  expect(await failuresOf(`CREATE TEMP TABLE t AS TABLE t; ${right}`)).toHaveLength(1);
});

test('what hides something of PostgreSQL fails by its name', async () => {
  const make = 'CREATE AGGREGATE count(text) (SFUNC = textcat, STYPE = text)';
  expect(await failuresOf(`${make}; ${right}`)).toMatchObject([
    { say: 'public.count hides pg_catalog.count. Drop it.' },
  ]);
  const cast = 'CREATE CAST (text AS bytea) WITHOUT FUNCTION';
  expect(await failuresOf(`${cast}; ${right}`)).toMatchObject([
    { say: "The cast from text to bytea is not PostgreSQL's own. Drop it." },
  ]);
});

test('no setting of the database reaches the checks', async () => {
  const shadow = 'CREATE SCHEMA s; CREATE TABLE s.t AS TABLE t; DELETE FROM t WHERE k = 1';
  const path = 'ALTER DATABASE postgres SET search_path = s, public; SET search_path = s, public';
  expect(await failuresOf(`${shadow}; ${path}; ${right}`)).toMatchObject([{ title: 'rows of t' }]);
});

test('what an answer sets ends with it, and what the solution sets stays', async () => {
  const set = "SET work_mem = '9MB'; SET search_path = pg_catalog, public";
  expect(await failuresOf(`${set}; ${right}`)).toEqual([]);
  await session.request({ do: 'run', block: 'count/3' });
  expect(events.at(-1)).toMatchObject({ type: 'block-finished', status: 'passed' });
});
