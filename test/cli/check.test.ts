// `lesson check`: exercises whose expectations do not tell right from wrong are found.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.run('up');
});

afterAll(() => sandbox.remove());

interface Answers {
  readonly start?: string;
  readonly solutions?: readonly string[];
  readonly wrongAnswers?: readonly string[];
}

const make = (column: string) =>
  `CREATE TABLE t (a int, b int); SELECT create_distributed_table('t', '${column}');`;

/** Asks for a table `t` that is distributed by `a`. */
async function check({
  start = '-- your turn',
  solutions = [make('a')],
  wrongAnswers = [make('b')],
}: Answers) {
  const lines = [
    '# A',
    '',
    '## Distribute',
    '',
    '```sql\nCREATE TABLE before_it (n int);\n```',
    `\`\`\`sql {exercise}\n${start}\n\`\`\``,
    '```hint\nWhich column?\n```',
    ...solutions.map((text) => `\`\`\`sql {solution}\n${text}\n\`\`\``),
    ...wrongAnswers.map((text) => `\`\`\`sql {wrong}\n${text}\n\`\`\``),
    "```check\ntrue: SELECT distribution_column = 'a' FROM citus_tables WHERE table_name = 't'::regclass\n```",
    '',
  ];
  await sandbox.writeLessons({ '01-a': lines.join('\n') });
  return sandbox.run('check');
}

test('a sound exercise passes: start and wrong answers fail, every solution passes', async () => {
  const { exitCode, stdout } = await check({
    solutions: [make('a'), `SET citus.shard_count = 2; ${make('a')}`],
    wrongAnswers: [make('b'), 'SELECT nosuch;'],
  });
  expect(stdout).toContain('✓ the untouched start must fail');
  expect(stdout).toContain('✓ a solution must pass');
  expect(stdout.match(/✓ a wrong answer must fail/g)).toHaveLength(2);
  expect(exitCode).toBe(0);
});

test('a start that passes untouched is found', async () => {
  const { exitCode, stdout } = await check({ start: make('a') });
  expect(stdout).toContain(
    '✗ the untouched start must fail  lessons/01-a.md:8\n        the exercise passes without any answer',
  );
  expect(exitCode).toBe(1);
});

test('a wrong answer that passes is found', async () => {
  const { exitCode, stdout } = await check({ wrongAnswers: [make('a')] });
  expect(stdout).toContain('✗ a wrong answer must fail');
  expect(exitCode).toBe(1);
});

test('a second solution that fails is found, with what was seen', async () => {
  const { exitCode, stdout } = await check({ solutions: [make('a'), make('b')] });
  expect(stdout).toContain('✗ a solution must pass');
  expect(stdout).toContain('condition: expected true, got false');
  expect(exitCode).toBe(1);
});

test('a first solution that fails fails the lesson', async () => {
  const { exitCode, stdout } = await check({ solutions: [make('b')] });
  expect(stdout).toContain('✗ FAILED  01-a');
  expect(exitCode).toBe(1);
});

test('one lesson that fails does not keep the others from being checked', async () => {
  await sandbox.writeLessons({
    '01-a': '# A\n\n## S\n\n```sql\nSELECT nosuch;\n```\n',
    '02-b': '# B\n\n## S\n\n```sql\nSELECT 1;\n```\n',
  });
  const { exitCode, stdout } = await sandbox.run('check');
  expect(stdout).toContain('✗ FAILED  01-a');
  expect(stdout).toContain('✓ passed on the built-in engine  02-b');
  expect(stdout).toContain('2 lessons: 1 passed, 1 failed');
  expect(exitCode).toBe(1);
});

test('a folder without lessons is an error', async () => {
  await sandbox.writeLessons({});
  const { exitCode, stderr } = await sandbox.run('check', '--lessons', 'lessons');
  expect(stderr).toContain('there are no lessons in');
  expect(exitCode).toBe(2);
});
