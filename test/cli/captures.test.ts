// Captured values in a lesson that runs: in SQL, the shell, expectations, checks and answers, also after a restore.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';
import { openTestTerminal, tmuxVersion } from '../support/terminal.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.remove());

const fence = (info: string, ...lines: readonly string[]) => [`\`\`\`${info}`, ...lines, '```'];
const lesson = (...lines: readonly string[]) =>
  ['---', 'init: false', '---', '# Captures', '', '## Keep a number', '', ...lines, ''].join('\n');

/** The number is another one each time: only what is captured anew fits. It takes long enough for a checkpoint. */
const draw = [
  ...fence('sql', 'CREATE TABLE lots (lot bigint);', 'SELECT pg_sleep(0.3);'),
  ...fence('sql', 'INSERT INTO lots SELECT floor(extract(epoch FROM clock_timestamp()) * 1000);'),
  ...fence('sql {capture=lot}', 'SELECT lot FROM lots;'),
  ...fence('check', "true: {is: 'SELECT lot = :lot FROM lots', claim: the lot is known}"),
  ...fence('sql {capture="double,word"}', "SELECT 2 * :lot, 'it''s ' || :'lot';"),
];

test('a lesson uses what it captured, and so do answers to its exercise, after every restore', async () => {
  await sandbox.writeLessons({
    '01-a': lesson(
      ...draw,
      ...fence('sql', "SELECT :'word' AS word;"),
      ...fence('result', 'word', '---', "it's :lot"),
      ...fence('sql', "SELECT ('lot ' || :'lot')::int;"),
      ...fence('error', '22P02: "lot :lot"'),
      '',
      '## Use it',
      '',
      ...fence('sql {exercise capture=answer}', 'SELECT …'),
      ...fence('hint', 'Which lot?'),
      ...fence('sql {solution}', 'UPDATE lots SET lot = :lot + 1;', 'SELECT lot FROM lots;'),
      ...fence('sql {solution}', 'UPDATE lots SET lot = lot + 1 WHERE lot = :lot RETURNING lot;'),
      ...fence('sql {wrong}', '-- That is the lot itself.', 'SELECT :lot;'),
      ...fence('sql {wrong}', '-- That is a plain row.', 'SELECT lot FROM lots UNION ALL SELECT :lot;'),
      ...fence('check', 'true: {is: SELECT lot - 1 = :lot FROM lots, claim: one more}'),
      ...fence('sql', 'SELECT :answer - :lot AS more;'),
      ...fence('result', 'more', '---', '1'),
      ...fence('bash', 'echo "$lot twice is $double"'),
      ...fence('output', ':lot twice is :double'),
    ),
  });
  expect(await sandbox.run('lint')).toMatchObject({ exitCode: 0 });
  const { exitCode, stdout } = await sandbox.run('check');
  expect(stdout.match(/✓ a wrong answer must fail/g)).toHaveLength(2);
  expect(stdout.match(/✓ a solution must pass/g)).toHaveLength(5);
  expect(exitCode).toBe(0);
  const run = await sandbox.run('run', '1', '--yes');
  expect(run.stdout).toMatch(/✓ :lot is \d{13}\n/);
  expect(run.stdout).toContain("SELECT :'word' AS word;");
  expect(run.exitCode).toBe(0);
});

test('a block that returns several rows captures nothing, and fails', async () => {
  await sandbox.writeLessons({
    '01-a': lesson(...fence('sql {capture=n}', 'SELECT generate_series(1, 3);')),
  });
  const { exitCode, stdout } = await sandbox.run('run', '1', '--yes');
  expect(stdout).toContain('expected exactly one row of 1 column');
  expect(stdout).toContain('3 rows: captured nothing');
  expect(exitCode).toBe(1);
});

test('lesson update keeps the names of captured values where they fit', async () => {
  const before = lesson(
    ...fence('sql {capture=n}', 'SELECT 7;'),
    ...fence('sql', 'SELECT :n AS n, 5 AS five;'),
    ...fence('result', ' n  | five', '----+------', ' :n | 4'),
  );
  const folder = await sandbox.writeLessons({ '01-a': before });
  expect(await sandbox.run('update')).toMatchObject({ exitCode: 0 });
  const after = await readFile(`${folder}/01-a.md`, 'utf8');
  expect(after).toMatch(/ :n \| +5\n/);
});

test.skipIf(tmuxVersion === undefined)('the prompt to try things has the values', async () => {
  await sandbox.writeLessons({
    '01-a': lesson(...fence('sql {capture=n}', 'SELECT 6;'), ...fence('sql', 'SELECT :n;')),
  });
  const terminal = await openTestTerminal(sandbox, ['run', '1', '--trust']);
  try {
    await terminal.shows('Enter run');
    await terminal.press('Enter');
    await terminal.shows(':n is 6');
    await terminal.press('t');
    await terminal.shows('try coordinator=>');
    await terminal.type('SELECT 7 * :n AS answer;');
    await terminal.press('Enter');
    await terminal.shows('42');
  } finally {
    await terminal.close();
  }
});
