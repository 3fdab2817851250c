// `lesson check`: for CI. Every lesson from a clean state; exercises must tell right answers from wrong ones.
import path from 'node:path';
import { terminalConfirm } from '../app/confirm.ts';
import { type RunOptions, runLessons } from '../app/run-lessons.ts';
import { confirmTrust } from '../app/trust.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import type { Lesson } from '../lesson/types.ts';
import { isEnough } from '../mutation/score.ts';
import type { RunEvent } from '../session/events.ts';
import { mutate } from '../session/mutate.ts';
import { verify } from '../session/verify.ts';
import { walk } from '../session/walk.ts';
import { lessonFiles, openCourse, readLessons } from '../store/course.ts';
import { hashOf, type RecordedMistake, writeMistakes } from '../store/recorded-mistakes.ts';

interface Options extends RunOptions {
  readonly id: readonly string[];
  readonly trust: boolean;
  /** The states of exercises, and how wrong answers fail, are written beside each lesson. */
  readonly record: boolean;
  /** Instead of trying answers: for so many milliseconds a lesson its database is changed, and something must notice. */
  readonly mutate?: number | undefined;
  readonly seed: string;
  readonly lessons?: string | undefined;
}

export async function check(options: Options, invocation: Invocation): Promise<number> {
  const { cwd } = invocation;
  const course = await openCourse(options.lessons, cwd);
  const lessons = await readLessons(lessonFiles(course, options.id), cwd);
  const confirm = await terminalConfirm(invocation);
  if (!options.trust && !(await confirmTrust(lessons, { course, cwd, confirm }))) return exitCodes.usage;
  const recorder = recordMistakes(lessons);
  const { mutate: forMs, seed } = options;
  let isWeak = false;
  const exitCode = await runLessons(
    lessons,
    options,
    {
      holder: ['lesson check', ...options.id].join(' '),
      detail: 'summary',
      isAttended: false,
      solve: true,
      stopAtFailure: false,
      confirm: undefined,
      client: (session) => (forMs === undefined ? verify(session, options) : walk(session)),
      ...(forMs !== undefined && {
        afterPass: (planned, context) => mutate(planned, context, { seed, forMs }),
      }),
      ...(options.record && { record: true }),
      listen(event) {
        recorder.listen(event);
        isWeak ||= event.type === 'mutations-tried' && !isEnough(event);
      },
    },
    invocation,
  );
  if (options.record) await recorder.write(cwd);
  return exitCode || (isWeak ? exitCodes.failed : exitCodes.ok);
}

/** Of the lessons that were checked, what each wrong answer fails with. */
function recordMistakes(lessons: readonly Lesson[]) {
  const found = new Map<string, RecordedMistake[]>(lessons.map(({ id }) => [id, []]));
  const passed = new Set<string>(); // of one that was cut off, half is known
  const textAt = (lesson: Lesson, line: number) =>
    lesson.steps
      .flatMap(({ parts }) => parts)
      .flatMap((part) => (part.kind === 'prose' ? [] : (part.exercise?.wrongAnswers ?? [])))
      .find(({ place }) => place.line === line)?.text;
  return {
    listen(event: RunEvent) {
      if (event.type === 'lesson-finished' && event.status === 'passed') passed.add(event.lesson);
      if (event.type !== 'answer-tried' || event.answer !== 'wrong' || !event.passed) return;
      const lesson = lessons.find(({ id }) => id === event.lesson);
      const text = lesson && textAt(lesson, event.place.line);
      if (text !== undefined) found.get(lesson!.id)?.push({ hash: hashOf(text), failed: event.failed });
    },
    async write(cwd: string) {
      for (const { id, place } of lessons) {
        const mistakes = found.get(id) ?? [];
        if (mistakes.length === 0 || !passed.has(id)) continue;
        await writeMistakes(path.resolve(cwd, place.file), mistakes);
      }
    },
  };
}
