// Checks that the public lesson does not show: `DIR/LESSON.md`, with `check` and `sql {other-data}` under the heading of an exercise.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { decodeLesson } from '../lesson/decode.ts';
import { unknownCaptures } from '../lesson/known-captures.ts';
import { unknownWord } from '../lesson/nearest.ts';
import { parseLesson } from '../lesson/parse.ts';
import { LessonError, type Problem } from '../lesson/problem.ts';
import type { Block, Expectation, Lesson, Part, Place, Step } from '../lesson/types.ts';
import { readIfThere } from '../system/files.ts';

export interface WithHidden {
  readonly lesson: Lesson;
  /** The text of the hidden checks; empty where there are none. */
  readonly hidden: string;
}

/**
 * Nobody should believe that hidden checks count which are those of no lesson.
 * @param dir Its absolute path; `shown`, as the user named it. @param ids Of all lessons of the course.
 */
export async function refuseUnknownFiles(dir: string, shown: string, ids: readonly string[]): Promise<void> {
  const names = await readdir(dir).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'it does not exist' : cause.message;
    throw new UserError(`cannot read the folder of hidden checks "${shown}": ${reason}`, {
      code: 'usage',
      cause,
    });
  });
  for (const name of names.sort()) {
    const { name: id, ext } = path.parse(name);
    if (!/^\.(md|markdown)$/i.test(ext) || /^readme$/i.test(id)) continue;
    if (ext === '.md' && ids.includes(id)) continue;
    throw new UserError(
      `"${path.join(shown, name)}" is not named after a lesson: ${unknownWord('lesson', id, ids)}`,
      { code: 'usage', hint: 'The hidden checks of a lesson are in DIR/LESSON.md.' },
    );
  }
}

/** @param dir Its absolute path; `shown`, as the user named it. */
export async function addHiddenChecks(lesson: Lesson, dir: string, shown: string): Promise<WithHidden> {
  const name = `${lesson.id}.md`;
  if ((await readIfThere(path.join(dir, name))) === undefined) return { lesson, hidden: '' };
  const file = path.join(shown, name);
  const hidden = decodeLesson(file, await readFile(path.join(dir, name)));
  return { lesson: mergeHidden(lesson, parseHidden(file, hidden)), hidden };
}

/** A lesson in which each step has an exercise with a result already, so that what follows is expected of that. */
export function parseHidden(file: string, text: string): Lesson {
  const lines = text.split('\n');
  const given: number[] = []; // for each line of the lesson that is made here, the line of the file
  const made: string[] = [];
  for (const [at, line] of lines.entries()) {
    const added = /^## /.test(line) ? placeholder : [];
    for (const each of [line, ...added]) {
      made.push(each);
      given.push(at + 1);
    }
  }
  try {
    return withLines(parseLesson(file, made.join('\n'), { uncaptured: true }), given);
  } catch (error) {
    if (!(error instanceof LessonError)) throw error;
    throw new LessonError(
      error.problems.map(({ place, message }) => ({
        place: { file, line: given[place.line - 1]! },
        message,
      })),
    );
  }
}

/** Places in the file as it is. */
function withLines<T>(value: T, given: readonly number[]): T {
  if (Array.isArray(value)) return value.map((each) => withLines(each, given)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const { file, line } = value as Partial<Place>;
  if (file !== undefined && line !== undefined) return { file, line: given[line - 1] } as T;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withLines(part, given)])) as T;
}

const placeholder = [
  ...['```sql {exercise}', 'SELECT', '```', '```sql {solution}', 'SELECT 1;', '```'],
  ...['```result', 'placeholder', '```'],
];

/** Front matter there counts more than that of the lesson. */
export function mergeHidden(lesson: Lesson, hidden: Lesson): Lesson {
  const exercises = lesson.steps.filter((step) => exerciseOf(step) !== undefined).map(({ id }) => id);
  const problems = hidden.steps.flatMap(({ id, place }): readonly Problem[] =>
    exercises.includes(id) ? [] : [{ place, message: unknownWord('exercise', id, exercises) }],
  );
  if (problems.length > 0) throw new LessonError(problems);
  const steps = lesson.steps.map((step) => {
    const more = hidden.steps
      .filter(({ id }) => id === step.id)
      .flatMap((each) => exerciseOf(each)?.expectations.slice(1) ?? []);
    return { ...step, parts: step.parts.map((part) => withMore(part, more)) };
  });
  const uncaptured = unknownCaptures(steps);
  if (uncaptured.length > 0) throw new LessonError(uncaptured);
  const points = { ...lesson.points, ...hidden.points };
  return { ...lesson, steps, ...(Object.keys(points).length > 0 && { points }) };
}

const exerciseOf = ({ parts }: Step): Block | undefined =>
  parts.find((part): part is Block => part.kind !== 'prose' && part.exercise !== undefined);

function withMore(part: Part, more: readonly Expectation[]): Part {
  if (part.kind === 'prose' || part.exercise === undefined || more.length === 0) return part;
  return { ...part, expectations: [...part.expectations, ...more] };
}
