// `lesson new`: what it makes passes as it is, by the commands that its CI runs.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
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

test('an editor finds the places of mistakes', async () => {
  const { problemMatcher } = JSON.parse(
    await readFile(inSandbox('my-course', '.vscode', 'tasks.json'), 'utf8'),
  ).tasks[0];
  const regexp = new RegExp(problemMatcher.pattern.regexp);
  for (const line of ['lesson: lessons/01-a.md:7: unknown check', 'lessons/01-a.md:7: unknown check'])
    expect(regexp.exec(line)?.slice(1)).toEqual(['lessons/01-a.md', '7', 'unknown check']);
});

test('the steps of the composite action check a course', async () => {
  await sandbox.run('new', 'first-steps');
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const action = load(await readFile(path.join(root, 'action.yml'), 'utf8')) as {
    runs: { steps: readonly { run?: string }[] };
  };
  const commands = action.runs.steps.flatMap(({ run }) => run ?? []).filter((run) => run !== 'npm ci');
  expect(commands).toHaveLength(2);
  const inputs = { LESSONS: 'lessons', ARGUMENTS: '--shard 1/1', GITHUB_ACTION_PATH: root };
  for (const command of commands) {
    const env = { ...sandboxEnvironment(sandbox.dir), ...inputs };
    const { stdout } = await promisify(execFile)('bash', ['-c', command], { cwd: sandbox.dir, env });
    expect(stdout).toMatch(/No problems found in 1 lesson|✓ passed on the built-in engine {2}01-first-steps/);
  }
});

test.each([
  ['', 'http://127.0.0.1:'],
  [
    'CODESPACE_NAME=x GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN=app.github.dev',
    'https://x-8080.app.github.dev/',
  ],
])('the command of the container for development opens the page %s', async (variables, start) => {
  const file = new URL('../../.devcontainer/devcontainer.json', import.meta.url);
  const { postAttachCommand } = JSON.parse(await readFile(file, 'utf8'));
  const command = postAttachCommand.replace('npx lesson', 'exec lesson').replace('--port 8080', '--port 0');
  const page = spawn('bash', ['-c', `export ${variables || 'CODESPACE_NAME='}; ${command}`], {
    cwd: inSandbox('bin'), // no lessons here, so those that ship
    env: sandboxEnvironment(sandbox.dir),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [printed] = await once(page.stdout, 'data');
  page.kill('SIGTERM');
  await once(page, 'exit');
  expect(`${printed}`.startsWith(start)).toBe(true);
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
