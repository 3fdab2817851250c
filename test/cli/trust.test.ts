// Lessons that did not come with the package run only when somebody agreed. No server is started: it stops before that, or
// the lesson has a mistake that only a run finds.
import { execFile, spawn } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { shippedLessonsDir } from '../../runner/paths.ts';
import { bin, openSandbox, type Sandbox, sandboxEnvironment } from '../support/binary.ts';

let sandbox: Sandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.remove());

const lesson = (sql: string) => `# A\n\n## S\n\n\`\`\`sql\n${sql}\n\`\`\`\n\n\`\`\`bash\necho\n\`\`\`\n`;

beforeEach(async () => {
  folder = await sandbox.writeLessons({ '01-a': lesson('SELECT 1'), '02-b': lesson('SELECT 2') });
});

/** What comes after consent fails at once. */
const nowhere = ['--cluster', 'postgres://me@127.0.0.1:1/db'];

/** Without the option that the sandbox gives. */
function run(...args: readonly string[]) {
  return new Promise<{ exitCode: unknown; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [bin, ...args, ...nowhere],
      { env: sandboxEnvironment(sandbox.dir), cwd: sandbox.dir },
      (error, _, stderr) => resolve({ exitCode: error?.code ?? 0, stderr }),
    );
  });
}

/** At a terminal, where this key is pressed when it asks; returns what the terminal showed. */
function answer(key: string, ...args: readonly string[]): Promise<string> {
  const command = [process.execPath, bin, ...args, ...nowhere].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
    env: { ...sandboxEnvironment(sandbox.dir), SHELL: '/bin/sh', TERM: 'dumb' },
    cwd: sandbox.dir,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let shown = '';
  child.stdout.on('data', (text) => {
    shown += text;
    if (`${text}`.includes('[y/N]')) child.stdin.write(key);
  });
  return new Promise((resolve) => child.on('close', (exitCode) => resolve(`${shown}exit ${exitCode}`)));
}

test.each(['run', 'check', 'open'])('%s refuses them where nobody can be asked', async (command) => {
  const { exitCode, stderr } = await run(command, '01-a');
  expect(stderr).toBe(
    `lesson: the lessons in "${folder}" did not come with this program: they run 2 SQL blocks as superuser of the cluster and 2 shell blocks as you\n` +
      'If you trust them, run them with --trust.\n',
  );
  expect(exitCode).toBe(2);
});

test('a file with which several lessons start counts once', async () => {
  const withSetup = (sql: string) => `---\ninit: shop.sql\n---\n${lesson(sql)}`;
  folder = await sandbox.writeLessons({ '01-a': withSetup('SELECT 1'), '02-b': withSetup('SELECT 2') });
  await writeFile(path.join(folder, 'shop.sql'), 'SELECT 1;');
  expect((await run('run', '01-a')).stderr).toContain('they run 2 SQL blocks and 1 SQL file as superuser');
});

test('--trust runs them, and remembers nothing', async () => {
  expect((await run('run', '01-a', '--trust')).exitCode).toBe(3);
  expect((await run('run', '01-a')).exitCode).toBe(2);
});

test('those that ship run, also by another name', async () => {
  await symlink(shippedLessonsDir, path.join(sandbox.dir, 'shipped'));
  expect((await run('run', '01-cluster', '--lessons', 'shipped')).exitCode).toBe(3);
  expect((await run('run', path.join(shippedLessonsDir, '01-cluster.md'))).exitCode).toBe(3);
});

test('a file of a stranger beside a course that ships is asked for alone', async () => {
  const file = path.join(folder, '02-b.md');
  const { stderr } = await run('run', file, '--lessons', shippedLessonsDir);
  expect(stderr).toContain(
    `the lessons in "${folder}" did not come with this program: they run 1 SQL block as`,
  );
});

test('whoever agrees once is asked again only when a block changes', async () => {
  expect(await answer('n', 'run', '01-a')).toMatch(
    /2\s+shell\s+blocks\s+as\s+you\.\s+Do you trust them\? \[y\/N\] \s+exit 0$/,
  );
  expect((await run('run', '01-a')).exitCode).toBe(2);
  expect(await answer('y', 'check', '01-a')).toMatch(/trust them\?.*exit 3$/s);
  expect((await run('run', '02-b')).exitCode).toBe(3);
  await writeFile(path.join(folder, '01-a.md'), `${lesson('SELECT 1')}\nMore prose.\n`);
  expect((await run('run', '01-a')).exitCode).toBe(3);
  await writeFile(path.join(folder, '01-a.md'), lesson('SELECT 3'));
  expect((await run('run', '01-a')).exitCode).toBe(2);
  expect((await run('run', '02-b')).exitCode).toBe(3);
});
