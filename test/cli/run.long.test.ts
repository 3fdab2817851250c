// `lesson run` on a real cluster: one for the whole file, a course of its own for each test.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LessonEvent } from '../../runner/session/events.ts';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.run('up');
});

afterAll(() => sandbox.remove());

/** Runs one lesson made of these lines, without questions. */
async function walk(lines: readonly string[], ...args: readonly string[]) {
  await sandbox.writeLessons({ '01-a': ['# A', '', '## S', '', ...lines, ''].join('\n') });
  return sandbox.run('run', '01-a', '--yes', ...args);
}

async function eventsOf(lines: readonly string[]) {
  const { stdout, exitCode } = await walk(lines, '--reporter', 'json');
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LessonEvent);
  const of = <T extends LessonEvent['type']>(type: T) =>
    events.filter((event): event is Extract<LessonEvent, { type: T }> => event.type === type);
  return { exitCode, of };
}

const sql = (text: string, options = '') => [`\`\`\`sql${options}`, text, '```'];
const shell = (text: string, options = '') => [`\`\`\`bash${options}`, text, '```'];
const fence = (name: string, ...lines: readonly string[]) => [`\`\`\`${name}`, ...lines, '```'];
const oneRow = fence('result', ' n', '---', ' 1');

describe('what holds', () => {
  test('a lesson that holds exits 0 and shows its result as a table', async () => {
    const { exitCode, stdout } = await walk([
      ...sql('SELECT 1 AS n;'),
      ...oneRow,
      ...fence('check', 'workers: 2'),
    ]);
    expect(stdout).toContain(' n\n---\n 1\n(1 row)');
    expect(stdout).toContain('✓ the result is as shown  ✓ 2 active workers');
    expect(stdout).toMatch(/the built-in engine \(not\s+Citus\)/);
    expect(exitCode).toBe(0);
  });

  test('the demo of init.sql is there, on a clean cluster each time', async () => {
    const lines = [
      ...sql('DELETE FROM sensor_data; CREATE TABLE mine (n int);'),
      ...fence('check', 'rows: {sensor_data: 0, mine: 0}'),
    ];
    expect((await walk(lines)).exitCode).toBe(0);
    const { exitCode } = await walk([
      ...sql("SELECT to_regclass('mine') IS NULL AS gone;"),
      ...fence('result', ' gone', '------', ' t'),
      ...fence(
        'check',
        'shards: 4',
        'placement: even',
        'rows_per_shard: {sensor_data: [240, 250, 230, 280]}',
      ),
    ]);
    expect(exitCode).toBe(0);
  });

  test('settings and transactions last over blocks and steps, named sessions have their own', async () => {
    const { exitCode } = await walk([
      ...sql("SET application_name = 'mine'; BEGIN; DELETE FROM sensor_data;"),
      '## Next',
      ...sql('SHOW application_name; SELECT count(*) AS n FROM sensor_data;'),
      ...fence('result', ' application_name', '---', ' mine'),
      ...fence('result', ' n', '---', ' 0'),
      ...fence('check', 'rows: {sensor_data: 1000}'),
      ...sql('SELECT count(*) AS n FROM sensor_data', ' {as=other}'),
      ...fence('result', ' n', '---', ' 1000'),
    ]);
    expect(exitCode).toBe(0);
  });

  test('a block can run on a worker', async () => {
    const { exitCode, stdout } = await walk([
      ...sql("SELECT count(*) AS n FROM pg_class WHERE relname ~ '^sensor_data_\\d+$';", ' {node=worker-1}'),
      ...fence('result', ' n', '---', ' 2'),
    ]);
    expect(stdout).toContain('worker-1\n');
    expect(exitCode).toBe(0);
  });

  test('notices are shown', async () => {
    const { stdout } = await walk(sql('DROP TABLE IF EXISTS nothing;'));
    expect(stdout).toContain('NOTICE: table "nothing" does not exist, skipping');
  });

  test('an expected error holds', async () => {
    const lines = [...sql('SELECT 1/0;'), ...fence('error', '22012: division by zero')];
    expect((await walk(lines)).exitCode).toBe(0);
  });

  test('a shell block has the coordinator in its environment, lesson on its path, an empty folder', async () => {
    const { exitCode } = await walk([
      ...shell('ls -A | wc -l\nlesson url | cut -d: -f1\necho "$PGDATABASE" >&2'),
      ...fence('output', '0', 'postgresql', 'postgres'),
    ]);
    expect(exitCode).toBe(0);
  });

  test('a shell block may have to fail', async () => {
    expect((await walk(shell('exit 3', ' {exit=3}'))).exitCode).toBe(0);
  });

  test('retry runs a block until it holds', async () => {
    const { of } = await eventsOf([
      ...sql('CREATE SEQUENCE tries;'),
      ...sql("SELECT nextval('tries') >= 3 AS enough;", ' {retry=20s}'),
      ...fence('result', ' enough', '---', ' t'),
    ]);
    const [, last] = of('block-finished');
    expect(last).toMatchObject({ status: 'passed', attempts: 3 });
    expect(of('statement-finished')).toHaveLength(2);
  });

  test('run --yes solves an exercise', async () => {
    const { exitCode, stdout } = await walk([
      ...fence('sql {exercise}', '-- your turn'),
      ...fence('sql {solution}', 'SELECT 1 AS n;'),
      ...oneRow,
    ]);
    expect(stdout).toContain('exercise, with its solution');
    expect(exitCode).toBe(0);
  });

  test('what only Citus can show is skipped and counted, and a lesson of nothing else is SKIPPED', async () => {
    const { exitCode, stdout } = await walk(sql('SELECT 1;', ' {engine=citus}'));
    expect(stdout).toContain('Needs real Citus: skipped.');
    expect(stdout).toContain('1 block needs real Citus and was skipped.');
    expect(stdout).toContain('SKIPPED: none of it ran  01-a');
    expect(exitCode).toBe(0);
  });
});

describe('what does not hold', () => {
  test('a changed result exits 1 and shows expected and actual', async () => {
    const { exitCode, stdout } = await walk([...sql('SELECT 2 AS n;'), ...oneRow]);
    expect(stdout).toContain('✗ the result is not as expected\n');
    expect(stdout).toContain(' - expected |     |   1\n');
    expect(stdout).toContain(' + actual   |   1 | ≠ 2\n');
    expect(exitCode).toBe(1);
  });

  test('a failed check stops the walk', async () => {
    const { exitCode, stdout } = await walk([
      ...sql('SELECT 1;'),
      ...fence('check', 'rows: {sensor_data: 7}', 'shards: 5'),
      ...sql("SELECT 'never' AS reached;"),
    ]);
    expect(stdout).toContain('✗ rows of sensor_data: expected 7, got 1000\n');
    expect(stdout).toContain('✗ shards of all distributed tables: expected 5, got 4\n');
    expect(stdout).not.toContain('01-a.md');
    expect(stdout).not.toContain('never');
    expect(exitCode).toBe(1);
  });

  test('SQL that fails shows the place of the error, and ends its block', async () => {
    const { exitCode, stdout } = await walk(
      sql("SELECT 1;\n\nSELECT * FROM nosuch;\nSELECT 'never' AS reached;"),
    );
    const place = 'LINE 1: SELECT * FROM nosuch\n                      ^\n';
    expect(stdout).toContain(`ERROR: 42P01: relation "nosuch" does not exist\n${place}`);
    expect(stdout.match(/never/g)).toHaveLength(1);
    expect(exitCode).toBe(1);
  });

  test('another error than the expected one, or none, fails', async () => {
    const error = fence('error', '22012');
    const other = await walk([...sql('SELECT nosuch;'), ...error]);
    expect(other.stdout).toContain('✗ error: expected 22012, got 42703: column "nosuch" does not exist\n');
    const none = await walk([...sql('SELECT 1;'), ...error]);
    expect(none.stdout).toContain('✗ error: expected 22012, got no error\n');
    expect([other.exitCode, none.exitCode]).toEqual([1, 1]);
  });

  test('a statement past its deadline is cancelled, and the cluster is still usable', async () => {
    const { exitCode, stdout } = await walk(sql('SELECT pg_sleep(100);', ' {timeout=200ms}'));
    expect(stdout).toContain('timed out: not done within 0.2 s, and cancelled');
    expect(exitCode).toBe(1);
    expect((await walk([...sql('SELECT 1 AS n;'), ...oneRow])).exitCode).toBe(0);
  });

  test('a shell block past its deadline is killed with all that it started', async () => {
    const { exitCode, stdout } = await walk(shell('trap "" TERM; sleep 100 & wait', ' {timeout=200ms}'));
    expect(stdout).toContain('timed out: not done within 0.2 s, and killed');
    expect(exitCode).toBe(1);
  });

  test('a shell block that fails stops at the command that did', async () => {
    const { exitCode, stdout } = await walk([...shell('false\necho never'), ...fence('output', 'never')]);
    expect(stdout).toContain('✗ shell: expected exit code 0, got exit code 1\n');
    expect(exitCode).toBe(1);
  });

  test('a session that the server ends is an error, and is opened again with a notice', async () => {
    const { exitCode, stdout } = await walk([
      ...sql('SELECT pg_terminate_backend(pg_backend_pid());'),
      ...fence('error', '57P01'),
      ...sql('SELECT 1 AS n;'),
      ...oneRow,
    ]);
    expect(stdout).toContain('the session on coordinator was lost and has been reopened');
    expect(exitCode).toBe(0);
  });

  test('several lessons run in the order given, and the first failure stops', async () => {
    const lesson = (lines: readonly string[]) => ['# A', '', '## S', '', ...lines, ''].join('\n');
    await sandbox.writeLessons({
      '01-a': lesson(sql('SELECT 1;')),
      '02-b': lesson(sql('SELECT nosuch;')),
      '03-c': lesson(sql('SELECT 1;')),
    });
    const { exitCode, stdout } = await sandbox.run('run', '01-a', '02-b', '03-c', '--yes');
    expect(stdout).toContain('✓ passed on the built-in engine, unattended  01-a');
    expect(stdout).toContain('✗ FAILED  02-b');
    expect(stdout).not.toContain('03-c');
    expect(stdout).toContain('2 lessons: 1 passed, 1 failed');
    expect(exitCode).toBe(1);
  });
});

describe('reports', () => {
  test('fifty rows are shown and kept, all are counted', async () => {
    const { of } = await eventsOf([
      ...sql('SELECT * FROM generate_series(1, 100000) AS n;'),
      ...fence('check', 'returns: 100000'),
    ]);
    const [statement] = of('statement-finished');
    expect(statement).toMatchObject({ rowCount: 100_000, command: 'SELECT 100000' });
    expect(statement?.rows).toHaveLength(50);
  });

  test('of a very large value the first part is shown, and the session stays usable', async () => {
    const { exitCode, of } = await eventsOf([
      ...sql("SELECT repeat('x', 3000000) AS x, 1 AS n;"),
      ...sql("DO $$ BEGIN RAISE NOTICE '%', repeat('x', 3000000); END $$;"),
      ...sql("DO $$ BEGIN RAISE '%', repeat('x', 3000000); END $$;"),
      ...fence('error', 'P0001: x'),
      ...sql('SELECT 1 AS n;'),
      ...oneRow,
    ]);
    const shown = `${'x'.repeat(8_000)}… (the first 8,000 of 3,000,000 bytes)`;
    expect(of('statement-finished')[0]?.rows).toEqual([[shown, '1']]);
    expect(of('notice')[0]?.notice.message).toBe(shown);
    expect(of('statement-failed')[0]?.failure.message).toBe(shown);
    expect(exitCode).toBe(0);
  });

  test('of a statement with very much text the first part is shown', async () => {
    const { of } = await eventsOf([
      ...sql(`SELECT ${'abc'.replace(/./g, "repeat('x', 9000) AS $&, ")}n FROM generate_series(1, 50) AS n;`),
      ...sql("DO $$ BEGIN FOR n IN 1..150 LOOP RAISE NOTICE '%', repeat('x', 9000); END LOOP; END $$;"),
    ]);
    expect(of('statement-finished')[0]).toMatchObject({ rowCount: 50, rows: { length: 38 } });
    expect(of('notice')).toHaveLength(113);
    expect(of('notice').at(-1)?.notice.message).toBe('38 more notices are not shown');
  });

  test('each statement of a block is shown with its command tag', async () => {
    const { of } = await eventsOf(
      sql('CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2); EXPLAIN (COSTS OFF) SELECT 1;'),
    );
    expect(of('statement-finished').map(({ command, rowCount }) => [command, rowCount])).toEqual([
      ['CREATE TABLE', 0],
      ['INSERT 0 2', 2],
      ['EXPLAIN', 1],
    ]);
  });

  test('a file for one reporter, the terminal for another', async () => {
    const args = [
      '--reporter',
      'terminal',
      '--reporter',
      'junit=report.xml',
      '--reporter',
      'json=events.jsonl',
    ];
    const { stdout } = await walk(sql('SELECT 1;'), ...args);
    expect(stdout).toContain('✓ passed on the built-in engine, unattended  01-a');
    expect(await readFile(path.join(sandbox.dir, 'report.xml'), 'utf8')).toContain(
      '<testsuite name="01-a" tests="1"',
    );
    const events = await readFile(path.join(sandbox.dir, 'events.jsonl'), 'utf8');
    expect(JSON.parse(events.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ type: 'run-finished' });
  });

  test('what ran unattended is remembered as that, with its engine', async () => {
    await walk(sql('SELECT 1;'));
    expect((await sandbox.run('list')).stdout).toBe('  01-a  A  ran unattended\n');
    const [lesson] = JSON.parse((await sandbox.run('list', '--json')).stdout);
    expect(lesson.progress).toMatchObject({ status: 'unattended', engine: 'built-in' });
  });
});

describe('interruptions', () => {
  const long = ['## S', ...sql("SELECT 'now' AS running;"), ...sql('SELECT pg_sleep(100);')].join('\n');

  test('Ctrl-C cancels the statement, exits 130 and frees the cluster', async () => {
    await sandbox.writeLessons({ '01-a': `# A\n\n${long}\n` });
    const running = sandbox.start('run', '01-a', '--yes');
    await running.printed('SELECT pg_sleep');
    running.child.kill('SIGINT');
    const { exitCode, stdout } = await running.ended;
    expect(stdout).toContain('interrupted  01-a');
    expect(exitCode).toBe(130);
    expect((await walk(sql('SELECT 1;'))).exitCode).toBe(0);
  });

  test('Ctrl-C while the cluster starts exits 130 without a stack', async () => {
    const running = sandbox.start('up', '--name', 'soon');
    running.child.stderr?.once('data', () => running.child.kill('SIGINT'));
    const { exitCode, stderr } = await running.ended;
    expect(stderr).not.toContain('    at ');
    expect(exitCode).toBe(130);
  });

  const killWorker2 =
    'const all = JSON.parse(fs.readFileSync(0)).flatMap((each) => each.nodes); ' +
    'process.kill(all.find((node) => node.name === "worker-2").pid, "SIGKILL")';

  test('a server that is gone ends the lesson with exit 3, and the report is whole', async () => {
    const lines = [
      ...sql('SELECT 1;'),
      ...shell(`lesson status --json | node -e '${killWorker2}'`),
      ...sql('SELECT 1;', ' {node=worker-2}'),
    ];
    const { exitCode, stdout, stderr } = await walk(lines, '--reporter', 'junit');
    expect(stdout).toContain('the lesson did not finish: lost');
    expect(stdout).toContain('</testsuites>');
    expect(stderr).not.toContain('    at ');
    expect(exitCode).toBe(3);
    expect((await sandbox.run('up')).exitCode).toBe(0);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s exits %i', async (signal, exitCode) => {
    await sandbox.writeLessons({ '01-a': `# A\n\n${long}\n` });
    const running = sandbox.start('run', '01-a', '--yes');
    await running.printed('SELECT pg_sleep');
    running.child.kill(signal);
    expect((await running.ended).exitCode).toBe(exitCode);
  });

  test('a second run says who holds the cluster, and leaves it alone', async () => {
    await sandbox.writeLessons({
      '01-a': `# A\n\n${long}\n`,
      '02-b': `# B\n\n## S\n\n${sql('SELECT 1;').join('\n')}\n`,
    });
    const first = sandbox.start('run', '01-a', '--yes');
    await first.printed('SELECT pg_sleep');
    const second = await sandbox.run('run', '02-b', '--yes');
    expect(second.stderr).toContain('lesson run 01-a');
    expect(second.stderr).toContain(String(first.child.pid));
    expect(second.exitCode).toBe(3);
    first.child.kill('SIGINT');
    expect((await first.ended).exitCode).toBe(130);
  });

  test('a runner that was killed leaves nothing in the way of the next', async () => {
    await sandbox.writeLessons({ '01-a': `# A\n\n${long}\n` });
    const running = sandbox.start('run', '01-a', '--yes');
    await running.printed('SELECT pg_sleep');
    running.child.kill('SIGKILL');
    await running.ended;
    expect((await walk(sql('SELECT 1;'))).exitCode).toBe(0);
  });
});

test('tables made by hand are named when they are removed, those of lessons are not', async () => {
  await walk(sql('CREATE TABLE of_a_lesson (n int);'));
  const { stdout: url } = await sandbox.run('url');
  const { default: pg } = await import('pg');
  const client = new pg.Client(url.trim());
  await client.connect();
  await client.query('CREATE TABLE by_hand (n int)');
  await client.end();
  const { stderr } = await walk(sql('SELECT 1;'));
  expect(stderr).toContain('The lesson starts on a clean cluster: removing by_hand.');
  expect(stderr).not.toContain('of_a_lesson');
});

test('tables made by hand after a run that was killed are named, too', async () => {
  await sandbox.writeLessons({ '01-a': '# A\n\n## S\n\n```sql\nSELECT pg_sleep(30);\n```\n' });
  const running = sandbox.start('run', '01-a', '--yes');
  await running.printed('SELECT pg_sleep');
  running.child.kill('SIGKILL');
  await running.ended;
  const { stdout: url } = await sandbox.run('url');
  const { default: pg } = await import('pg');
  const client = new pg.Client(url.trim());
  await client.connect();
  await client.query('CREATE TABLE mine (n int)');
  await client.end();
  expect((await walk(sql('SELECT 1;'))).stderr).toContain('removing mine.');
});

test('a lesson that needs more workers gets them', async () => {
  await sandbox.writeLessons({
    '01-a': [
      '---',
      'workers: 3',
      '---',
      '# A',
      '',
      '## S',
      '',
      ...sql('SELECT 1;'),
      ...fence('check', 'workers: 3'),
      '',
    ].join('\n'),
  });
  const { exitCode, stderr } = await sandbox.run('run', '01-a', '--yes', '--name', 'three');
  await sandbox.run('down', '--purge', '--name', 'three');
  expect(stderr).toContain('3 workers');
  expect(exitCode).toBe(0);
});

test('a lesson that is not UTF-8 is named with its line', async () => {
  const folder = await sandbox.writeLessons({});
  await writeFile(path.join(folder, '01-a.md'), Buffer.from('# A\n\n## S\xe9\n', 'latin1'));
  const { exitCode, stderr } = await sandbox.run('run', '01-a');
  expect(stderr).toContain('lessons/01-a.md:3: the file is not UTF-8');
  expect(exitCode).toBe(2);
});
