import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, inject, test } from 'vitest';
import { shippedLessonsDir } from '../../runner/paths.ts';
import { bin } from '../support/binary.ts';
import { describeDocker, remove, stateFolder } from './containers.ts';

const lessons = readdirSync(shippedLessonsDir)
  .filter((file) => file.endsWith('.md'))
  .map((file) => file.slice(0, -3));

/** The answers to exercises are tried without Docker, on the built-in engine; real Citus may answer otherwise. */
const verb = (id: string) => (inject('engine') === 'citus' ? ['check', id] : ['run', id, '--yes']);

describeDocker('every lesson in Docker', () => {
  let stateDir: string;
  beforeAll(async () => {
    stateDir = await stateFolder();
  });
  afterAll(() => remove(stateDir, 'lessons'));

  // Once more, for a machine that was too busy with other things: containers share it with the tests.
  test.for(lessons)('%s', { timeout: 900_000, retry: 1 }, async (id, { expect, signal }) => {
    const args = [
      bin,
      ...verb(id),
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
