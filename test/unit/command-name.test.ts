import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandName, withCommand } from '../../runner/command-name.ts';

let dir: string;
const at = (...parts: string[]) => path.join(dir, ...parts);

beforeEach(async () => {
  dir = await realpath(await mkdtemp(path.join(tmpdir(), 'lesson-name-')));
  await mkdir(at('dist'));
  await writeFile(at('dist', 'bin.js'), '');
});

afterEach(() => rm(dir, { recursive: true }));

/** A folder for the PATH in which `lesson` is the program. */
async function link(...folder: string[]): Promise<string> {
  await mkdir(at(...folder), { recursive: true });
  await symlink(at('dist', 'bin.js'), at(...folder, 'lesson'));
  return at(...folder);
}

describe.skipIf(process.platform === 'win32')('a person calls the program', () => {
  const name = (env: Readonly<Record<string, string>>, script = at('dist', 'bin.js'), cwd = dir) =>
    commandName({ script, cwd, env });

  test('lesson, where that is on the PATH', async () => {
    const bin = await link('bin');
    expect(name({ PATH: `/nowhere:${bin}` })).toBe('lesson');
    expect(name({ PATH: bin }, path.join(bin, 'lesson'))).toBe('lesson');
  });

  test('npx lesson, where npm put it on the PATH', async () => {
    const bin = await link('node_modules', '.bin');
    expect(name({ PATH: bin, npm_command: 'exec' })).toBe('npx lesson');
    // In a clone, npx links to the clone from its own folder.
    expect(name({ PATH: await link('_npx', 'abc', 'node_modules', '.bin'), npm_command: 'exec' })).toBe(
      'npx lesson',
    );
    expect(name({ PATH: bin })).toBe('lesson');
  });

  test('by the name of the package, where npx fetched it', async () => {
    const modules = at('_npx', 'abc', 'node_modules');
    await mkdir(path.join(modules, 'pg-lessons'), { recursive: true });
    await mkdir(path.join(modules, '.bin'));
    const program = path.join(modules, 'pg-lessons', 'bin.js');
    await writeFile(program, '');
    await symlink(program, path.join(modules, '.bin', 'lesson'));
    const env = { PATH: path.join(modules, '.bin'), npm_command: 'exec' };
    expect(name(env, path.join(modules, '.bin', 'lesson'))).toBe('npx pg-lessons');
  });

  test('by its file, where lesson is not on the PATH or another program', async () => {
    expect(name({ PATH: '/nowhere' })).toBe('node dist/bin.js');
    expect(name({}, at('dist', 'bin.js'), '/')).toBe(`node ${path.relative('/', at('dist', 'bin.js'))}`);
    expect(name({}, at('dist', 'bin.js'), at('dist'))).toBe('node bin.js');
    expect(name({}, at('dist', 'bin.js'), '/usr')).toBe(`node ${at('dist', 'bin.js')}`);
    expect(name({}, '/a b/bin.js')).toBe("node '/a b/bin.js'");
    await mkdir(at('other'));
    await writeFile(at('other', 'lesson'), '');
    expect(name({ PATH: at('other') })).toBe('node dist/bin.js');
  });
});

test('commands in double quotes are written as they work; other words stay', () => {
  expect(withCommand('Run "lesson up" or "lesson". A "lessons" folder, a lesson.', 'npx lesson')).toBe(
    'Run "npx lesson up" or "npx lesson". A "lessons" folder, a lesson.',
  );
});
