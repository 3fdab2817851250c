// `lesson new`: what it makes passes as it is, by the commands that its CI runs.
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox, sandboxEnvironment } from '../support/binary.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
});

afterAll(() => sandbox.remove());

const inSandbox = (...names: readonly string[]) => path.join(sandbox.dir, ...names);

/** The package as `npm install` leaves it, without a registry. */
async function install(course: string): Promise<void> {
  await mkdir(inSandbox(course, 'node_modules', '.bin'), { recursive: true });
  const root = fileURLToPath(new URL('../../', import.meta.url));
  await symlink(root, inSandbox(course, 'node_modules', 'pg-lessons'));
  await symlink('../pg-lessons/dist/bin.js', inSandbox(course, 'node_modules', '.bin', 'lesson'));
}

/** The commands of each CI but the installation. */
async function commandsOfCi(course: string): Promise<readonly string[]> {
  const read = async (...file: readonly string[]) => load(await readFile(inSandbox(course, ...file), 'utf8'));
  const github = (await read('.github', 'workflows', 'lessons.yml')) as {
    jobs: { check: { steps: readonly { run?: string }[] } };
  };
  const gitlab = (await read('.gitlab-ci.yml')) as { lessons: { script: readonly string[] } };
  const all = [...github.jobs.check.steps.flatMap(({ run }) => run ?? []), ...gitlab.lessons.script];
  return all.filter((command) => command !== 'npm install');
}

test('a course passes as it is, by the commands of its CI', async () => {
  const { exitCode, stdout } = await sandbox.run('new', '--course', 'my-course');
  expect(stdout).toContain('my-course is a course with a first lesson');
  expect(exitCode).toBe(0);
  await install('my-course');
  const commands = await commandsOfCi('my-course');
  expect(commands).toHaveLength(4);
  for (const command of commands) {
    const run = promisify(execFile)('bash', ['-c', command], {
      cwd: inSandbox('my-course'),
      env: { ...sandboxEnvironment(sandbox.dir), npm_config_update_notifier: 'false' },
    });
    const { stdout } = await run; // rejects where the command fails
    expect(stdout).toMatch(/No problems found in 1 lesson|✓ passed on the built-in engine {2}01-first-steps/);
  }
});

test('a second lesson has the next number, and is no copy of a file that is there', async () => {
  await sandbox.run('new', '--course', 'second');
  const add = (id: string) => sandbox.run('new', id, '--lessons', 'second/lessons');
  expect((await add('big-tables')).stdout).toContain('second/lessons/02-big-tables.md is a lesson');
  expect(await readFile(inSandbox('second', 'lessons', '02-big-tables.md'), 'utf8')).toContain(
    '\n# Big tables\n',
  );
  const again = await add('02-big-tables');
  expect(again.stderr).toContain('cannot make "second/lessons/02-big-tables.md": it exists already');
  expect(again.exitCode).toBe(2);
});

test.each([
  [['new'], 'name a lesson, or a course'],
  [['new', 'a', '--course', 'b'], 'name a lesson, or a course'],
  [['new', 'Über/Weg'], 'cannot be the name of a lesson'],
  [['new', '--course', '.'], '"." is not empty'],
])('%j is refused', async (args, words) => {
  const { exitCode, stderr } = await sandbox.run(...args);
  expect(stderr).toContain(words);
  expect(exitCode).toBe(2);
});
