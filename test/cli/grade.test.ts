// `lesson grade` as a teacher uses it: a class in a folder, an interruption, hidden checks, reports.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';
import { fence } from '../unit/lesson/lesson-text.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.run('up');
  const lesson = [
    '---\ninit: false\npoints:\n  count-them: 3\n---\n# Counting\n\n## Count them\n',
    fence('sql', 'CREATE TABLE t AS SELECT g AS n FROM generate_series(1, 20) AS g;'),
    fence('sql {exercise}', '-- How many are even?'),
    fence('sql {solution}', 'SELECT count(*) AS even FROM t WHERE n % 2 = 0;'),
    fence('result', 'even', '----', '10'),
    '\n## Name them\n',
    fence('sql {exercise}', '-- Name the first one in a table "named".'),
    fence('sql {solution}', 'CREATE TABLE named AS SELECT 1 AS n;'),
    fence('check', 'rows: {named: 1}'),
  ].join('\n');
  await sandbox.writeLessons({ '01-count': lesson });
});

afterAll(() => sandbox.remove());

const right = 'SELECT count(*) AS even FROM t WHERE n % 2 = 0;';
const named = 'CREATE TABLE named AS SELECT 1 AS n;';

async function handIn(folder: string, students: Readonly<Record<string, readonly [string, string]>>) {
  for (const [student, [count, name]] of Object.entries(students)) {
    const dir = path.join(sandbox.dir, folder, student, '01-count');
    await mkdir(dir, { recursive: true });
    await writeFile(path.join(dir, 'count-them.sql'), count);
    if (name !== '') await writeFile(path.join(dir, 'name-them.sql'), name);
  }
}

const grade = (...args: readonly string[]) => sandbox.run('grade', ...args, '--trust');

interface Exercise {
  readonly points: number;
  readonly max: number;
  readonly status: string;
  readonly reason: string;
}
const gradesIn = (text: string): Record<string, readonly Exercise[]> =>
  Object.fromEntries(
    JSON.parse(text).students.map(({ student, exercises }: { student: string; exercises: Exercise[] }) => [
      student,
      exercises,
    ]),
  );

test('each answer has its points, and a reason where it has none', async () => {
  await handIn('class', {
    ann: [right, named],
    bob: ['SELECT 11 AS even;', ''],
    mallory: [`COPY (SELECT 10 AS even) TO PROGRAM 'cat';`, 'DROP TABLE t;'],
  });
  const csv = path.join(sandbox.dir, 'class.csv');
  const { exitCode, stdout } = await grade('class', '--reporter', 'json', '--reporter', `csv=${csv}`);
  expect(exitCode).toBe(0);
  const { ann, bob, mallory } = gradesIn(stdout);
  expect(ann?.map(({ status, points, max }) => [status, points, max])).toEqual([
    ['passed', 3, 3],
    ['passed', 1, 1],
  ]);
  expect(bob).toMatchObject([{ status: 'failed', points: 0 }, { status: 'missing' }]);
  expect(mallory).toMatchObject([{ reason: expect.stringContaining('42501') }, { status: 'failed' }]);
  expect((await readFile(csv, 'utf8')).trim().split('\n')).toHaveLength(1 + 3 * 2);

  const again = await grade('class', '--json', '--again');
  expect(again.stdout).toBe(stdout);
  expect(again.stderr).not.toContain('removing'); // the tables of the last time are no surprise
});

test('whoever interrupts it goes on with the rest', async () => {
  const slow = (seconds: number) => `SELECT pg_sleep(${seconds}), 10 AS even;`;
  await handIn('late', { ann: [right, named], bob: [slow(4), ''] });
  const first = sandbox.start('grade', 'late', '--trust', '--timeout', '60s');
  const known = path.join(sandbox.dir, 'state', 'grades.jsonl');
  const verdicts = async () => (await readFile(known, 'utf8').catch(() => '')).split('\n').length;
  const before = await verdicts();
  await expect.poll(verdicts, { timeout: 60_000 }).toBeGreaterThan(before);
  first.child.kill('SIGINT');
  expect((await first.ended).exitCode).toBe(130);
  const { exitCode, stdout } = await grade('late', '--json', '--timeout', '60s');
  expect(exitCode).toBe(0);
  expect(await verdicts()).toBe(before + 3); // none twice
  expect(gradesIn(stdout).ann).toMatchObject([{ status: 'passed' }, { status: 'passed' }]);
});

test('hidden checks count, and equal answers are listed', async () => {
  await mkdir(path.join(sandbox.dir, 'hidden'));
  const checks = ['# Hidden\n\n## Name them\n', fence('check', 'rows: {t: 20}')].join('\n');
  await writeFile(path.join(sandbox.dir, 'hidden', '01-count.md'), checks);
  const wiped = `${named} DELETE FROM t;`;
  await handIn('pair', {
    ann: [right, wiped],
    bob: ['select COUNT(*) even from T where n%2=0 -- mine', named],
  });
  const { stdout } = await grade('pair', '--json', '--compare', '--checks', 'hidden');
  const { ann, bob } = gradesIn(stdout);
  expect(ann).toMatchObject([
    { status: 'passed' },
    { status: 'failed', reason: expect.stringContaining('t') },
  ]);
  expect(bob).toMatchObject([{ status: 'passed' }, { status: 'passed' }]);
  expect(JSON.parse(stdout).similar).toMatchObject([{ lesson: '01-count', exercise: 'count-them' }]);
});

test('hidden checks that are those of no lesson are refused', async () => {
  await mkdir(path.join(sandbox.dir, 'misnamed'));
  await writeFile(path.join(sandbox.dir, 'misnamed', '01-cuont.md'), '# Hidden\n');
  const { exitCode, stderr } = await grade('class', '--checks', 'misnamed');
  expect(stderr).toContain(
    '"misnamed/01-cuont.md" is not named after a lesson: unknown lesson "01-cuont"; did you mean "01-count"?',
  );
  expect(exitCode).toBe(2);
});

test('the progress ends where all answers that count are graded', async () => {
  await handIn('counted', { ann: [right, named] });
  await writeFile(path.join(sandbox.dir, 'counted', 'ann', '01-count', 'count-tehm.sql'), right);
  const { stderr } = await grade('counted');
  expect(stderr).toContain('unknown exercise "count-tehm"');
  expect(stderr).toMatch(/\n2 of 2 answers graded\n$/);
});

test('who cannot grade an exercise in the sandbox reads how to give it no points', async () => {
  const shell = [
    '# Shell\n\n## Say it\n',
    fence('bash {exercise}', '# here'),
    fence('bash {solution}', 'echo it'),
  ];
  await writeFile(
    path.join(sandbox.dir, 'lessons', '02-shell.md'),
    [...shell, fence('output', 'it')].join('\n'),
  );
  const answers = path.join(sandbox.dir, 'shell', 'ann', '02-shell');
  await mkdir(answers, { recursive: true });
  await writeFile(path.join(answers, 'say-it.sh'), 'echo it');
  const { exitCode, stderr } = await grade('shell');
  expect(stderr).toContain('the exercise 02-shell/say-it cannot be graded in the sandbox');
  expect(stderr).toContain('or give it no points: "say-it: 0" below "points:" in the front matter');
  expect(exitCode).toBe(2);
});
