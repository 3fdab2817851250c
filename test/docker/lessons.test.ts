import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, inject, test } from 'vitest';
import { shippedLessonsDir } from '../../runner/paths.ts';
import { bin } from '../support/binary.ts';
import { describeDocker, remove, stateFolder } from './containers.ts';

const lessons = readdirSync(shippedLessonsDir)
  .filter((file) => file.endsWith('.md'))
  .map((file) => file.slice(0, -3));

/** Exercises in SQL are checked on the built-in engine without Docker; those on nodes depend on what nodes are. */
const check = (id: string) =>
  inject('engine') === 'citus' ||
  readFileSync(join(shippedLessonsDir, `${id}.md`), 'utf8').includes('```bash {exercise');

describeDocker('every lesson in Docker, its exercises where they could differ there', () => {
  let stateDir: string;
  beforeAll(async () => {
    stateDir = await stateFolder();
  });
  afterAll(() => remove(stateDir, 'lessons'));

  // Once more, for a machine that was too busy with other things: containers share it with the tests.
  test.for(lessons)('%s', { timeout: 900_000, retry: 1 }, async (id, { expect, signal }) => {
    const args = [
      bin,
      ...(check(id) ? ['check', id] : ['run', id, '--yes']),
      '--cluster',
      'docker',
      '--name',
      'lessons',
      '--lessons',
      shippedLessonsDir,
    ];
    const env = { ...process.env, LESSON_STATE_DIR: stateDir };
    const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
      execFile(process.execPath, args, { env, signal }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, output: `${stdout}${stderr}` }),
      );
    });
    expect(code, output).toBe(0);
  });
});
