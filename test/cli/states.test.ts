// `lesson check --record` writes the states that blocks leave, and what differs from them fails.
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

const lesson = (secondSolution: string, options = '') =>
  [
    '---\ninit: false\n---\n# A\n\n## S\n',
    '```sql {state name=made}\nCREATE TABLE t (a int);\n```',
    `\`\`\`sql {exercise${options}}\n-- One row.\n\`\`\``,
    '```sql {solution}\nINSERT INTO t VALUES (1);\n```',
    `\`\`\`sql {solution}\n${secondSolution}\n\`\`\``,
    '```sql {wrong}\n-- Another row.\nINSERT INTO t VALUES (2);\n```',
    '```check\nrows: {t: 1}\n```',
  ].join('\n');

async function check(text: string, ...args: readonly string[]) {
  file = path.join(await sandbox.writeLessons({ '01-a': text }), '01-a.states.json');
  return sandbox.run('check', ...args);
}

test('states are recorded, and what differs from them fails', async () => {
  const recorded = await check(lesson('INSERT INTO t SELECT 1;'), '--record');
  // Only the state tells the wrong answer from the right one.
  expect(recorded.stdout).toContain('✓ a wrong answer must fail');
  expect(recorded.exitCode).toBe(0);
  const states = await readFile(file, 'utf8');
  expect(Object.keys(JSON.parse(states))).toEqual(['s/made', 's/2']);

  expect((await sandbox.run('check')).exitCode).toBe(0);

  await writeFile(file, states.replace('"a": "integer"', '"a": "bigint"'));
  const { exitCode, stdout } = await sandbox.run('check');
  expect(stdout).toContain('✗ column a of t  lessons/01-a.md:8');
  expect(stdout).toContain('"lesson check --record" records it anew');
  expect(exitCode).toBe(1);

  await writeFile(file.replace('states.json', 'md'), lesson('INSERT INTO t SELECT 1;', ' except=rows'));
  expect((await sandbox.run('lint')).stdout).toContain(
    'lessons/01-a.md:11: the state of the block "s/2" was recorded without "except"; run "lesson check --record" (warning, state)',
  );
});

test('wrong answers that fail alike are named where they are recorded', async () => {
  const other = lesson('INSERT INTO t SELECT 1;').replace(
    '```check',
    '```sql {wrong}\n-- Two rows less one.\nINSERT INTO t SELECT 2;\n```\n```check',
  );
  const { exitCode, stderr } = await check(other, '--record');
  expect(stderr).toContain('lessons/01-a.md:20: the wrong answers in lines 20 and 24 fail the same checks');
  expect(exitCode).toBe(0);
});

test('a second solution that leaves another state is found, unless it may', async () => {
  const { exitCode, stdout } = await check(lesson('INSERT INTO t VALUES (3);'), '--record');
  expect(stdout).toContain('values of a in t: expected those after the solution, got others');
  expect(exitCode).toBe(1);
  await expect(readFile(file, 'utf8')).rejects.toThrow('ENOENT');
});
