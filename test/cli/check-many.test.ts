// `lesson check` on several clusters, in parts, again and again.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'junit2json';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.run('up');
});

afterAll(() => sandbox.remove());

const shell = (script: string) =>
  `---\ninit: false\n---\n# A\n\n## S\n\n\`\`\`bash {timeout=2m}\n${script}\n\`\`\`\n`;
const passing = shell('true');
const failing = shell('false');

/** The lessons in the order in which they were told, each with how it ended. */
const ends = (stdout: string) =>
  [...stdout.matchAll(/^(✓|✗) (?:passed|FAILED) .*?(\d\d-\w)/gm)].map(([, mark, id]) => `${mark} ${id}`);

test('two jobs have clusters of their own, and run at the same time', async () => {
  const meet = (mine: string, other: string) =>
    shell(`echo "$LESSON_NAME" >"$HOME/${mine}"; until [ -s "$HOME/${other}" ]; do sleep 0.1; done`);
  await sandbox.writeLessons({ '01-a': meet('a', 'b'), '02-b': meet('b', 'a'), '03-c': passing });
  const { exitCode, stdout } = await sandbox.run(
    ...['check', '--jobs', '2', '--reporter', 'terminal', '--reporter', 'junit=jobs.xml'],
  );
  expect(ends(stdout).toSorted()).toEqual(['✓ 01-a', '✓ 02-b', '✓ 03-c']);
  expect(exitCode).toBe(0);
  const read = (file: string) => readFile(path.join(sandbox.dir, file), 'utf8');
  const names = await Promise.all(['a', 'b'].map(read));
  expect(names.toSorted()).toEqual(['default\n', 'default-2\n']);
  expect(await parse(await read('jobs.xml'))).toMatchObject({ tests: 3, failures: 0 });
});

test('a shard is a part of the lessons, and may have none', async () => {
  await sandbox.writeLessons({ '01-a': passing, '02-b': passing, '03-c': passing });
  expect(ends((await sandbox.run('check', '--shard', '1/2')).stdout)).toEqual(['✓ 01-a', '✓ 03-c']);
  const { exitCode, stdout } = await sandbox.run('check', '--shard', '4/4');
  expect({ exitCode, ended: ends(stdout) }).toEqual({ exitCode: 0, ended: [] });
});

test('bail begins no other lesson once one has failed; repeat runs each again', async () => {
  await sandbox.writeLessons({ '01-a': passing, '02-b': failing, '03-c': passing });
  expect(ends((await sandbox.run('check', '--bail')).stdout)).toEqual(['✓ 01-a', '✗ 02-b']);
  const again = await sandbox.run('check', '1', '3', '--repeat', '2');
  expect(ends(again.stdout)).toEqual(['✓ 01-a', '✓ 03-c', '✓ 01-a', '✓ 03-c']);
});

test('two clusters are compared, and a report tells them apart', async () => {
  await sandbox.writeLessons({
    '01-a': `${passing}\n## T\n\n\`\`\`bash\n[ "$LESSON_CLUSTER" = local ]\n\`\`\`\n`,
  });
  await sandbox.run('check', '--name', 'other'); // leaves no tables
  const url = (await sandbox.run('url', '--name', 'other')).stdout.trim();
  const { exitCode, stderr } = await sandbox.run(
    ...['check', '--cluster', 'local', '--cluster', url, '01-a', '--reporter', 'junit=compared.xml'],
  );
  expect(stderr).toContain('lessons/01-a.md:14: the block passed on local, failed on URL 2\n');
  expect(stderr).toContain('local and URL 2 differ in 1 of 2 blocks and answers.\n');
  expect(stderr).not.toContain(new URL(url).password);
  expect(exitCode).toBe(1);
  const { testsuite } = (await parse(await readFile(path.join(sandbox.dir, 'compared.xml'), 'utf8'))) as {
    testsuite: readonly { name: string; failures: number }[];
  };
  expect(testsuite.map(({ name, failures }) => `${name} ${failures}`)).toEqual([
    '01-a 0',
    '01-a (external) 1',
  ]);
});

test.each([
  ['--record', '--repeat', '2'],
  ['--jobs', '2', '--cluster', 'postgres://localhost/x'],
  ['--cluster', 'local', '--cluster', 'local'],
  ['--shard', '3/2'],
  ['--jobs', '0'],
])('%s %s %s is refused', async (...args) => {
  await sandbox.writeLessons({ '01-a': passing });
  const { exitCode, stderr } = await sandbox.run('check', ...args.filter(Boolean));
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^lesson: /);
});
