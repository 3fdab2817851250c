import { access, constants } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bin, openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
});

afterAll(() => sandbox.remove());

const lesson = '# First\n\n## Count\n\n```sql\nSELECT 1 AS n;\n```\n';

test('--help names every command', async () => {
  const { stdout, exitCode } = await sandbox.run('--help');
  expect(exitCode).toBe(0);
  for (const command of [
    'run',
    'check',
    'lint',
    'list',
    'up',
    'down',
    'status',
    'url',
    'psql',
    'logs',
    'node',
  ]) {
    expect(stdout).toContain(`lesson ${command}`);
  }
  expect((await sandbox.run('help')).stdout).toBe(stdout);
});

test.each([
  [['run', '--help'], ['help', 'run'], 'lesson run 03-distribution'],
  [['node', 'kill', '--help'], ['help', 'node', 'kill'], 'lesson node kill worker-1'],
  [['node', '--help'], ['help', 'node'], 'lesson node promote <node>'],
])('%j is %j, with an example', async (args, other, words) => {
  const { stdout, exitCode } = await sandbox.run(...args);
  expect(stdout).toContain(words);
  expect((await sandbox.run(...other)).stdout).toBe(stdout);
  expect(exitCode).toBe(0);
});

test('the help of a verb has its own options', async () => {
  expect((await sandbox.run('node', 'standby', '--help')).stdout).toContain('--sync');
  expect((await sandbox.run('node', 'kill', '--help')).stdout).not.toContain('--sync');
});

test('what the build leaves can be run by npx', async () => {
  await expect(access(bin, constants.X_OK)).resolves.toBeUndefined();
});

test('--version is that of the package', async () => {
  const { stdout } = await sandbox.run('--version');
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  ['an unknown command', ['rum'], 'unknown command "rum"; did you mean "run"?'],
  ['an unknown option', ['list', '--jsn'], 'unknown option "--jsn"; did you mean "--json"?'],
  ['part of an option', ['run', '--ye'], 'unknown option "--ye"; did you mean "--yes"?'],
  ['a verb of a node', ['promote', 'worker-1'], 'did you mean "lesson node promote worker-1"?'],
  ['an unknown verb', ['node', 'kil', 'worker-1'], 'unknown verb "kil"; did you mean "kill"?'],
  ['a node without a verb', ['node', 'worker-1', 'kill'], 'did you mean "lesson node kill worker-1"?'],
  ['no verb', ['node'], '"lesson node" needs a verb, such as "lesson node list"'],
  ['no node', ['node', 'kill'], 'an argument is missing: "lesson node kill <node>"'],
  ['help on nothing', ['help', 'rnu'], 'unknown command "rnu"; did you mean "run"?'],
  ['help on an unknown verb', ['help', 'node', 'kil'], 'unknown verb "kil"; did you mean "kill"?'],
  ['a lesson without a command', ['first'], 'did you mean "lesson run 01-first"?'],
  ['a word too much', ['up', 'now'], 'unexpected argument "now": "lesson up"'],
  ['an option without its value', ['up', '--name'], '--name needs a value'],
  ['an option twice', ['list', '--lessons', 'a', '--lessons', 'b'], '--lessons is given twice'],
  ['an unknown shell', ['completion', 'fihs'], 'unknown shell "fihs"; did you mean "fish"?'],
  [
    'a kind of cluster that is none',
    ['up', '--cluster', 'cloud'],
    '--cluster: "cloud" is not a kind of cluster; known: local, docker, postgres, postgres://…',
  ],
  [
    'a URL that is none',
    ['up', '--cluster', 'x:secret@db'],
    '--cluster: what is given is not a kind of cluster',
  ],
  [
    'a connection string',
    ['up', '--cluster', 'host=h password=secret'],
    '--cluster: what is given is not a kind of cluster',
  ],
  [
    'a password that runs into the settings',
    ['up', '--cluster', 'postgres://me@h/db?sslmode=secret'],
    'unknown sslmode; known: disable',
  ],
  ['arguments after -- for another than psql', ['list', '--', '-c'], 'only "lesson psql" takes arguments'],
  ['no worker at all', ['up', '--workers', '0'], '--workers "0" is not a whole number from 1 to 20'],
  ['workers that are no number', ['up', '--workers', 'many'], '--workers "many" is not a whole number'],
  ['a reporter that does not exist', ['run', '01-first', '--reporter', 'pdf'], 'unknown reporter "pdf"'],
  [
    'two reporters on one terminal',
    ['run', '01-first', '--reporter', 'json', '--reporter', 'junit'],
    'share',
  ],
  [
    'a folder that is not there',
    ['list', '--lessons', 'nowhere'],
    'cannot read the lessons folder "nowhere"',
  ],
])('%s is wrong usage: exit 2, no stack', async (_name, args, words) => {
  await sandbox.writeLessons({ '01-first': lesson });
  const { exitCode, stderr } = await sandbox.run(...args);
  expect(stderr).toContain(words);
  expect(stderr).not.toContain('    at ');
  expect(exitCode).toBe(2);
});

test('an unknown lesson is answered with the nearest ones', async () => {
  await sandbox.writeLessons({ '01-first': lesson, '02-second': lesson });
  const { exitCode, stderr } = await sandbox.run('run', '01-frist');
  expect(stderr).toContain('unknown lesson "01-frist"; did you mean "01-first"?');
  expect(exitCode).toBe(2);
});

test('all mistakes of all lessons that are asked for are shown before anything runs', async () => {
  await sandbox.writeLessons({
    '01-first': '# A\n\n## S\n\n```sql\nSELECT 1;\n```\n```check\nrow: 1\n```\n',
    '02-second': '# B\n\n## S\n\n```result\n n\n---\n```\n',
  });
  const { exitCode, stderr, stdout } = await sandbox.run('run', '01-first', '02-second', '--yes');
  expect(stderr).toContain('lessons/01-first.md:9: unknown check "row"');
  expect(stderr).toContain('lessons/02-second.md:5: ');
  expect(stdout).toBe('');
  expect(exitCode).toBe(2);
});

test('run without a lesson shows which there are', async () => {
  await sandbox.writeLessons({ '01-first': lesson });
  const { exitCode, stdout, stderr } = await sandbox.run('run');
  expect(stdout).toBe('  01-first  First\n\n');
  expect(stderr).toBe('lesson: no lesson is named\nName one, such as "lesson run 01-first".\n');
  expect(exitCode).toBe(2);
});

test('options may stand before the command and the verb', async () => {
  expect((await sandbox.run('--name', 'nowhere', 'node', '--json', 'list')).stderr).toContain('"nowhere"');
});

test('list shows the lessons in order, as JSON too', async () => {
  await sandbox.writeLessons({ '10-ten': lesson, '02-two': lesson });
  expect((await sandbox.run('list')).stdout).toBe('  02-two  First\n  10-ten  First\n');
  const { stdout } = await sandbox.run('list', '--json');
  expect(JSON.parse(stdout)).toEqual([
    { id: '02-two', title: 'First', steps: 1 },
    { id: '10-ten', title: 'First', steps: 1 },
  ]);
});

test('without a command it says what is next', async () => {
  await sandbox.writeLessons({ '01-first': lesson });
  expect((await sandbox.run()).stdout).toContain('Next: lesson run 01-first');
});

test('lint finds a mistake in SQL without a server', async () => {
  await sandbox.writeLessons({
    '01-first': '# A\n\n## S\n\n```sql\nSELEC 1;\n```\n```check\nreturns: 1\n```\n',
  });
  const { exitCode, stdout } = await sandbox.run('lint');
  expect(stdout).toContain('lessons/01-first.md:6: ');
  expect(exitCode).toBe(2);
});

test('list and lint tell of files whose names are not those of lessons', async () => {
  await sandbox.writeLessons({ '01-first': lesson, good: lesson });
  const { stdout, stderr } = await sandbox.run('list');
  expect(stdout).toBe('  01-first  First\n');
  expect(stderr).toContain('"lessons/good.md" is not a lesson: a lesson is NN-slug.md');
  expect((await sandbox.run('lint')).stdout).toContain(
    'lessons/good.md:1: the file is not a lesson; a lesson is NN-slug.md, such as 01-first-steps.md (warning, stray-file)\n',
  );
});

test('lint of lessons without a mistake counts them', async () => {
  const checked = `${lesson}\`\`\`result\n n\n---\n 1\n\`\`\`\n`;
  await sandbox.writeLessons({ '01-first': checked });
  expect((await sandbox.run('lint')).stdout).toBe('No problems found in 1 lesson.\n');
  await sandbox.writeLessons({ '01-first': checked, '02-second': checked });
  expect((await sandbox.run('lint')).stdout).toBe('No problems found in 2 lessons.\n');
});

test.each([['url'], ['psql'], ['logs'], ['down']])(
  '%s says that there is no cluster: exit 3',
  async (command) => {
    const { exitCode, stderr } = await sandbox.run(command);
    expect(stderr).toContain('there is no cluster "default"');
    expect(exitCode).toBe(3);
  },
);

test('status without a cluster says how to start one', async () => {
  const { stdout, exitCode } = await sandbox.run('status');
  expect(stdout).toBe('There is no cluster. "lesson up" starts one.\n');
  expect(exitCode).toBe(0);
});
