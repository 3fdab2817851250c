// A course about one PostgreSQL server, without Citus: `cluster: postgres` in its settings.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
  const lessons = await sandbox.writeLessons({
    '01-prices': `# Prices

## Keep them

\`\`\`sql {state}
CREATE TABLE prices (price numeric CHECK (price >= 0));
INSERT INTO prices VALUES (20);
\`\`\`
\`\`\`check
rows: {prices: 1}
\`\`\`
\`\`\`sql
SELECT count(*) FROM pg_extension WHERE extname IN ('citus', 'postgres_fdw', 'dblink');
\`\`\`
\`\`\`result
 count
-------
     0
\`\`\`
\`\`\`bash
lesson node standby postgres
\`\`\`
\`\`\`sql {node=postgres-standby retry=10s}
SELECT price FROM prices;
\`\`\`
\`\`\`result
 price
-------
    20
\`\`\`
`,
    '03-index': `# Index

## Make it quick

\`\`\`sql
CREATE TABLE t (a int);
\`\`\`
\`\`\`sql {exercise}
-- Make an index on a.
\`\`\`
\`\`\`sql {solution}
CREATE INDEX ON t (a);
\`\`\`
\`\`\`check
true:
  is: SELECT count(*) = 1 FROM pg_indexes WHERE tablename = 't'
  claim: t has an index
\`\`\`
`,
    '02-shards': '# Shards\n\n## Count them\n\n```sql\nSELECT 1;\n```\n```check\nshards: 4\n```\n',
  });
  await writeFile(path.join(lessons, 'course.yml'), 'cluster: postgres\n');
});

afterAll(() => sandbox.remove());

test('its lessons pass on a server of their own, twice, the second time with a recorded state', async () => {
  const recorded = await sandbox.run('check', '1', '--trust', '--record');
  expect(recorded.stderr).toContain('Creating the cluster "default": one PostgreSQL server.');
  const { stdout, exitCode } = await sandbox.run('check', '1', '--trust');
  expect(stdout).toContain('Cluster "default" (postgres): one server, PostgreSQL 18.');
  expect(stdout).toMatch(/✓ passed on PostgreSQL 18\.\d+ {2}01-prices/);
  expect(exitCode).toBe(0);
});

test('a check about shards says that there are none', async () => {
  const { stdout, exitCode } = await sandbox.run('check', '2', '--trust');
  expect(stdout).toContain('actual   this cluster is one PostgreSQL server, without shards and workers');
  expect(exitCode).toBe(1);
});

test('answers are graded without the rights of a superuser', async () => {
  for (const [student, answer] of [
    ['ann', 'CREATE INDEX by_a ON t USING hash (a);'],
    ['mallory', `COPY (SELECT 1) TO PROGRAM 'cat'; CREATE INDEX ON t (a);`],
  ] as const) {
    const folder = path.join(sandbox.dir, 'class', student, '03-index');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'make-it-quick.sql'), answer);
  }
  const { stdout, stderr } = await sandbox.run('grade', 'class', '--json', '--trust');
  expect(stderr).not.toContain('no workers'); // nobody asked for some
  expect(JSON.parse(stdout)).toMatchObject({
    students: [
      { student: 'ann', points: 1 },
      { student: 'mallory', points: 0, exercises: [{ reason: expect.stringContaining('42501') }] },
    ],
  });
});

test('commands in the folder of the course mean its cluster', async () => {
  const { stdout } = await sandbox.run('status');
  expect(stdout).toMatch(/^Cluster "default" \(postgres\): \d of \d servers up\n {2}server {3}PostgreSQL 18/);
  expect(stdout).not.toMatch(/coordinator|engine|Citus/);
  expect((await sandbox.run('psql', '--', '-Atc', 'SELECT 41 + 1')).stdout).toContain('42');
  expect((await sandbox.run('map')).stdout).toContain('one server, no shards');
  expect((await sandbox.run('url')).stdout).toMatch(/^postgresql:\/\/postgres:/);
});

test('what the command line says counts more', async () => {
  const { stderr, exitCode } = await sandbox.run('map', '--cluster', 'local');
  expect(stderr).toContain('there is no cluster "default"');
  expect(exitCode).toBe(3);
});

test('two clusters of one name are told apart by their kinds', async () => {
  await sandbox.run('up', '--cluster', 'local', '--workers', '1');
  const { stdout } = await sandbox.run('down', '--all');
  expect(stdout).toContain('Cluster "default" (local) is stopped');
  expect(stdout).toContain('Cluster "default" (postgres) is stopped');
  await sandbox.run('down', '--purge', '--cluster', 'local');
  expect((await sandbox.run('down', '--all')).stdout).toBe('Cluster "default" was not running.\n');
});

test('a mistake in the settings is named with its line', async () => {
  await writeFile(path.join(sandbox.dir, 'lessons', 'course.yml'), '# ours\nclustr: postgres\n');
  for (const command of ['lint', 'up']) {
    const { stderr, exitCode } = await sandbox.run(command);
    expect(stderr).toContain('lessons/course.yml:2: unknown key "clustr"; did you mean "cluster"?');
    expect(exitCode).toBe(2);
  }
});
