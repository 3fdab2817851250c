// Exercises of the course that `lesson grade` runs in its sandbox, and what their authors say of answers to them.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseLesson } from '../../runner/lesson/parse.ts';
import { shippedLessonsDir } from '../../runner/paths.ts';

/** Those whose answers need no superuser: by lesson, the ids of their steps. */
export const gradedExercises: Readonly<Record<string, readonly string[]>> = {
  '03-distribution': ['try-it-sensors-to-come', 'your-turn-find-three-sensors'],
  '04-rows': ['try-it-move-a-reading'],
  '05-routing': ['try-it-three-sensors-two-shards', 'your-turn-touch-one-shard'],
  '06-joins': ['try-it-the-page-of-a-sensor'],
  '09-tenants': ['your-turn-every-row-knows-its-company', 'your-turn-would-the-status-do'],
};

export const isGraded = (lesson: string, exercise: string): boolean =>
  gradedExercises[lesson]?.includes(exercise) ?? false;

export interface Answer {
  readonly lesson: string;
  readonly exercise: string;
  readonly text: string;
  /** Whether it must not have points. */
  readonly isWrong: boolean;
}

/** The solutions and the wrong answers that the lessons know. */
export async function courseAnswers(): Promise<readonly Answer[]> {
  const lessons = await Promise.all(
    Object.keys(gradedExercises).map(async (id) =>
      parseLesson(`${id}.md`, await readFile(path.join(shippedLessonsDir, `${id}.md`), 'utf8')),
    ),
  );
  return lessons.flatMap(({ id, steps }) =>
    steps.flatMap((step) =>
      step.parts.flatMap((part) => {
        if (part.kind === 'prose' || part.exercise === undefined || !isGraded(id, step.id)) return [];
        const { solutions, wrongAnswers } = part.exercise;
        return [
          ...solutions.map(({ text }) => ({ lesson: id, exercise: step.id, text, isWrong: false })),
          ...wrongAnswers.map(({ text }) => ({ lesson: id, exercise: step.id, text, isWrong: true })),
        ];
      }),
    ),
  );
}
