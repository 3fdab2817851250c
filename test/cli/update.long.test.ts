// `lesson update` fills in what blocks answer, and changes nothing else.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;
let file: string;

beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.run('up');
});

afterAll(() => sandbox.remove());

const fence = (info: string, ...lines: readonly string[]) => ['```'.concat(info), ...lines, '```'];
const lesson = (...lines: readonly string[]) =>
  ['---', 'init: false', '---', '# A', '', '## S', '', ...lines, ''].join('\n');

async function update(text: string, ...args: readonly string[]) {
  file = path.join(await sandbox.writeLessons({ '01-a': text }), '01-a.md');
  return again(...args);
}

async function again(...args: readonly string[]) {
  const ended = await sandbox.run('update', ...args);
  return { ...ended, text: await readFile(file, 'utf8') };
}

/** With these lines in the fences, in their order. */
const course = (result: readonly string[], error: readonly string[], output: readonly string[]) =>
  lesson(
    ...fence(
      'sql {as=one}',
      "CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, 'a'), (20, '*');",
    ),
    ...fence('sql {as=one}', 'SELECT * FROM t ORDER BY id;'),
    'Prose.',
    ...fence('result', ...result),
    ...fence('check', 'returns: 2'),
    ...fence('sql {engine=citus}', 'SELECT 1 AS n;'),
    ...fence('result', ' n', '---', ' 2'),
    ...fence('sql', "INSERT INTO t VALUES (1, 'b');"),
    ...fence('error', ...error),
    ...fence('bash {exit=3}', 'echo one; exit 3'),
    ...fence('output', ...output),
    ...fence('sql {exercise}', '-- How many?'),
    ...fence('hint', 'count'),
    ...fence('sql {solution}', 'SELECT count(*) AS n FROM t;'),
    ...fence('sql {wrong}', '-- One too many.', 'SELECT count(*) + 1 AS n FROM t;'),
    ...fence('result', ...(result.length === 0 ? [] : [' n', '---', ' 2'])),
  );

const answers = [
  [' id | name', '----+------', '  1 | a', ' 20 | \\*'],
  ['23505: duplicate key value violates unique constraint "t_pkey"'],
  ['one'],
] as const;

test('what is empty is filled in, then nothing is left to do, and what is damaged is mended', async () => {
  const first = await update(course([], [], []));
  expect(first.text).toBe(course(...answers));
  expect(first.stdout).toContain('\n+  1 | a\n');
  expect(first.stdout).toContain('lessons/01-a.md was updated: 2 results, 1 error, 1 output.\n');
  expect(first.stdout).toContain('1 block is unchanged (line 24): only real Citus can show this');
  expect(first.stdout).toContain('✓ passed on the built-in engine  01-a');
  expect(first.stdout).toContain('lessons/01-a.states.json was written.\n');
  expect(first.exitCode).toBe(0);
  expect((await sandbox.run('check')).exitCode).toBe(0);

  const second = await again('--frozen');
  expect(second.stdout).toMatch(/^Nothing to update in 1 lesson\.\n/);
  expect(second.exitCode).toBe(0);

  const damaged = first.text.replace('  1 | a', '  1 | b');
  await writeFile(file, damaged);
  const frozen = await again('--frozen');
  expect(frozen.stdout).toContain('\n-  1 | b\n+  1 | a\n');
  expect(frozen.stdout).toContain('lessons/01-a.md is out of date: 1 result.\n');
  expect([frozen.text, frozen.exitCode]).toEqual([damaged, 1]);

  const mended = await again();
  expect([mended.text, mended.exitCode]).toEqual([first.text, 0]);
});

test('states are recorded where they are missing or are others, and must hold again', async () => {
  const text = (row: string) => lesson(...fence('sql {state}', `CREATE TABLE t AS SELECT ${row} AS a;`));
  const states = () => readFile(file.replace(/md$/, 'states.json'), 'utf8');
  expect((await update(text('1'), '--frozen')).stdout).toContain('lessons/01-a.states.json is missing.\n');
  await again();
  const recorded = await states();

  await writeFile(file, text("'b'"));
  const frozen = await again('--frozen');
  expect(frozen.stdout).toContain('lessons/01-a.states.json is out of date.\n');
  expect([await states(), frozen.exitCode]).toEqual([recorded, 1]);
  const updated = await again();
  expect(updated.stdout).toContain('lessons/01-a.states.json was updated.\n');
  expect(updated.stdout).toMatch(/^- .*"a": "integer"/m);
  expect(updated.stdout).toMatch(/^\+ .*"a": "text"/m);
  expect(updated.exitCode).toBe(0);

  await writeFile(file, text('gen_random_uuid()'));
  const unsteady = await again();
  expect(unsteady.stdout).toContain('✗ values of a in t');
  expect(unsteady.exitCode).toBe(1);
});

test('an error that the lesson does not expect is told as by check; what comes after it is left', async () => {
  const text = lesson(
    ...fence('sql', 'SELECT 1 AS n;'),
    ...fence('result'),
    ...fence('sql', 'SELECT nosuch;'),
    ...fence('result'),
    ...fence('bash', 'echo 1'),
    ...fence('output', '2'),
  );
  const { exitCode, stdout, text: after } = await update(text);
  expect(after).toBe(text.replace('```result\n```', '```result\n n\n---\n 1\n```'));
  expect(stdout).toContain('✗ SQL  lessons/01-a.md:17');
  expect(stdout).toContain('lessons/01-a.md: 1 block is unchanged (line 21): the run ended earlier.\n');
  expect(exitCode).toBe(1);
});

test('a block that is tried again holds where its last attempt does', async () => {
  const { stdout, exitCode } = await update(
    lesson(
      ...fence('sql', 'CREATE SEQUENCE s;'),
      ...fence('sql {retry=20s}', "SELECT nextval('s');"),
      ...fence('result', ' nextval', '---------', '       3'),
    ),
  );
  expect(stdout).toBe('Nothing to update in 1 lesson.\n');
  expect(exitCode).toBe(0);
});

test('what differs from run to run is found', async () => {
  const { stdout, exitCode } = await update(
    lesson(...fence('sql', 'SELECT gen_random_uuid() AS id;'), ...fence('result')),
  );
  expect(stdout).toContain(
    'lessons/01-a.md:11: the result differs from run to run; write * or ... where it differs.\n',
  );
  expect(exitCode).toBe(1);
});

test('an empty fence is refused by all other commands, which name this one', async () => {
  await sandbox.writeLessons({ '01-a': lesson(...fence('sql', 'SELECT 1 AS n;'), ...fence('result')) });
  for (const command of ['lint', 'check']) {
    const { stderr, exitCode } = await sandbox.run(command);
    expect(stderr).toContain('lessons/01-a.md:11: the result is empty');
    expect(stderr).toContain('"lesson update" fills it');
    expect(exitCode).toBe(2);
  }
});
