// A lesson that says side by side what each engine answers, on the built-in one.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await openSandbox();
  folder = await sandbox.writeLessons({ '01-a': lesson });
});
afterAll(() => sandbox.remove());

const fence = (info: string, ...lines: readonly string[]) => [`\`\`\`${info}`, ...lines, '```'];

const lesson = [
  ...['---', 'init: false', '---', '# Engines', '', '## Ask', ''],
  ...fence('sql', 'CREATE TABLE a (k int, v int);', "SELECT create_distributed_table('a', 'k');"),
  ...fence('sql', 'UPDATE a SET k = k RETURNING v;'),
  ...fence('result {engine=citus}', 'v', '---'),
  ...fence('error {engine=built-in}', '0A000'),
  ...fence('sql', 'SELECT 1 AS n;'),
  ...fence('result {engine=citus}', 'n', '---', '7'),
  ...fence('result {engine=built-in}', 'n', '---', '8'),
  ...fence('sql {engine=citus}', 'SELECT nonsense;'),
  '',
].join('\n');

test('lesson update writes the answer of this engine, and then the lesson passes', async () => {
  expect(await sandbox.run('update')).toMatchObject({ exitCode: 0 });
  const after = await readFile(path.join(folder, '01-a.md'), 'utf8');
  expect(after).toBe(lesson.replace('---\n8\n', '---\n 1\n'));
  const { exitCode, stdout } = await sandbox.run('run', '1', '--yes');
  expect(stdout).toContain('1 block needs real Citus and was skipped.');
  expect(stdout).toContain('✓ failed, as expected: 0A000');
  expect(exitCode).toBe(0);
});
