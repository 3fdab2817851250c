// `lesson grade` with the course: whoever hands in a solution of the author has all points.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';
import { courseAnswers, gradedExercises } from '../support/graded-exercises.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.remove());

test('the solutions of the course have all points', { timeout: 600_000 }, async () => {
  const solutions = (await courseAnswers()).filter(({ isWrong }) => !isWrong);
  expect(new Set(solutions.map(({ exercise }) => exercise))).toEqual(
    new Set(Object.values(gradedExercises).flat()),
  );
  for (const [number, { lesson, exercise, text }] of solutions.entries()) {
    const dir = path.join(sandbox.dir, 'class', `student-${number}`, lesson);
    await mkdir(dir, { recursive: true });
    await writeFile(path.join(dir, `${exercise}.sql`), text);
  }
  const { exitCode, stdout, stderr } = await sandbox.run('grade', 'class', '--json');
  expect(exitCode, stderr).toBe(0);
  const students: readonly { readonly points: number; readonly student: string }[] =
    JSON.parse(stdout).students;
  expect(students.map(({ points }) => points)).toEqual(solutions.map(() => 1));
});
