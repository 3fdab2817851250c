// `lesson export`: files of a real run.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';
import { learnerLesson } from '../support/learner-lesson.ts';
import { notebookErrors } from '../support/notebook-schema.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.writeLessons({
    '01-learn': learnerLesson,
    '02-wrong': '# Wrong\n\n## One\n\n```sql\nSELECT 1 AS n;\n```\n```result\n n\n---\n 2\n```\n',
  });
});
afterAll(() => sandbox?.remove());

const exported = (...args: readonly string[]) =>
  sandbox.run('export', ...args, '--lessons', 'lessons', '--trust');
const read = (file: string) => readFile(path.join(sandbox.dir, file), 'utf8');

test('a lesson is one HTML file and one notebook, exercises with their solution', async () => {
  const run = await exported('1', '--html', 'run.html', '--ipynb', 'run.ipynb');
  expect(run).toMatchObject({
    exitCode: 0,
    stdout: '',
    stderr: expect.stringContaining('run.html: 01-learn, passed'),
  });
  const html = await read('run.html');
  expect(html).toContain('create_distributed_table');
  expect(html.match(/<figure/g)).toHaveLength(4); // at the start, and after each of three steps
  expect(html.split('After “Look”')[1]).toMatch(/class="tile hue-0[^>]*>/);
  expect(notebookErrors(JSON.parse(await read('run.ipynb')))).toEqual([]);
});

test('a run that fails is a file, too', async () => {
  expect(await exported('2', '--html', 'wrong.html')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('wrong.html: 02-wrong, failed'),
  });
  expect(await read('wrong.html')).toContain('✗');
});

test('without a file, or where it cannot be written, it says so', async () => {
  expect(await exported('1')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--html or --ipynb'),
  });
  expect(await exported('1', '--html', 'nowhere/run.html')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/cannot write ".*nowhere\/run.html"/),
  });
});
