// `lesson lint`: fixes, SARIF, translations.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
});

afterAll(() => sandbox.remove());

const lesson = (...parts: readonly string[]) => ['# A', '', '## S', '', ...parts, ''].join('\n');
const named = [
  '```sql',
  'SELECT node;',
  '```',
  '```result',
  ' node     | n',
  '----------+---',
  ' worker-1 | 1',
  '```',
];

test('what has one right answer is corrected, and only that', async () => {
  const prose = ['See [b](02-bb.md).', ''];
  const folder = await sandbox.writeLessons({
    '01-a': lesson(...prose, ...named, '```check', 'true: SELECT true', '```'),
    '02-b': lesson(...named.slice(0, 3), '```check', 'workers: 2', '```'),
  });
  const { exitCode, stdout } = await sandbox.run('lint', '--fix');
  expect(stdout).toMatch(/^lessons\/01-a\.md:16: the check "true" has no claim; .* \(warning, no-claim\)\n$/);
  expect(exitCode).toBe(0);
  const text = await readFile(path.join(folder, '01-a.md'), 'utf8');
  expect(text).toContain('\n *        | 1\n');
  expect(text).toContain('See [b](02-b.md).');
});

test('a correction leaves no blanks at the end of a line', async () => {
  const last = [' n | node', '---+----------', ' 1 | worker-1', '```'];
  const folder = await sandbox.writeLessons({ '01-a': lesson(...named.slice(0, 4), ...last) });
  await sandbox.run('lint', '--fix');
  expect(await readFile(path.join(folder, '01-a.md'), 'utf8')).toContain('\n 1 | *\n');
});

test('a comment turns a rule off', async () => {
  const off = ['<!-- lint off: node-name -->', ...named.slice(3)];
  await sandbox.writeLessons({ '01-a': lesson(...named.slice(0, 3), ...off) });
  expect((await sandbox.run('lint')).stdout).toBe('No problems found in 1 lesson.\n');
});

test('SARIF has all of it, also of a lesson that cannot be read', async () => {
  await sandbox.writeLessons({
    '01-a b': lesson(...named),
    '02-b': lesson('```check', 'rows: {t: 1}', '```'),
  });
  const { exitCode, stdout } = await sandbox.run('lint', '--format', 'sarif');
  expect(exitCode).toBe(2);
  const { version, runs } = JSON.parse(stdout);
  expect(version).toBe('2.1.0');
  const [{ tool, results }] = runs;
  expect(results).toMatchObject([
    { ruleId: 'format', level: 'error', locations: [{ physicalLocation: { region: { startLine: 5 } } }] },
    {
      ruleId: 'node-name',
      level: 'warning',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'lessons/01-a%20b.md' } } }],
    },
  ]);
  for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
});

test('a translation that lags behind its original is found', async () => {
  await sandbox.writeLessons({ '01-a': lesson(...named), '02-b': lesson(...named) });
  const de = path.join(sandbox.dir, 'de');
  await mkdir(de);
  await writeFile(path.join(de, '01-a.md'), lesson('Hallo.', ...named).replace('SELECT node', 'SELECT name'));
  await writeFile(path.join(de, '03-c.md'), lesson(...named));
  const { stdout } = await sandbox.run('lint', '--lessons', 'de', '--original', 'lessons');
  expect(stdout).toContain(
    'de/01-a.md:6: the statements are not as in the original, lessons/01-a.md:5 (warning, drift)\n',
  );
  expect(stdout).toContain('de/03-c.md:1: there is no original "03-c" in "lessons" (warning, drift)\n');
  expect(stdout).toContain('de/02-b.md:1: there is no translation of lessons/02-b.md (warning, drift)\n');
});

test('an unknown format is refused', async () => {
  const { exitCode, stderr } = await sandbox.run('lint', '--format', 'sarf');
  expect(stderr).toContain('unknown format "sarf"; did you mean "sarif"?');
  expect(exitCode).toBe(2);
});

test('a course.yml that nobody reads is named, with the place where it belongs', async () => {
  await sandbox.writeLessons({ '01-a': lesson(...named.slice(0, 3), '```check', 'workers: 2', '```') });
  await writeFile(path.join(sandbox.dir, 'course.yml'), 'cluster: postgres\n');
  const { exitCode, stdout } = await sandbox.run('lint');
  await rm(path.join(sandbox.dir, 'course.yml'));
  expect(stdout).toBe(
    'course.yml:1: nobody reads this file here; it belongs in the folder of the lessons: lessons/course.yml (warning, stray-file)\n',
  );
  expect(exitCode).toBe(0);
});

test('a course without lessons is not taken for the one that ships', async () => {
  const folder = await sandbox.writeLessons({});
  await writeFile(path.join(folder, 'course.yml'), 'cluster: postgres\n');
  const { exitCode, stderr } = await sandbox.run('lint');
  expect(stderr).toMatch(/there are no lessons in ".*\/lessons"\n.*a lesson is NN-slug\.md, such as/);
  expect(exitCode).toBe(2);
});
