// `lesson update`: what lessons say that their blocks answer, and the states that these leave, are written from a run.
import path from 'node:path';
import { terminalConfirm } from '../app/confirm.ts';
import type { Recording } from '../app/recorded-states.ts';
import { type RunMode, type RunOptions, runLessons } from '../app/run-lessons.ts';
import { confirmTrust } from '../app/trust.ts';
import { withCommand } from '../command-name.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { parseLesson } from '../lesson/parse.ts';
import { plural } from '../lesson/plural.ts';
import type { Lesson } from '../lesson/types.ts';
import { coloured, plain, wantsColour } from '../report/style.ts';
import { unifiedDiff } from '../report/unified-diff.ts';
import { walk } from '../session/walk.ts';
import { lessonFiles, openCourse, readLessons } from '../store/course.ts';
import { readText, replaceText } from '../store/lesson-text.ts';
import { type States, statesFile, textOf, writeStates } from '../store/recorded-states.ts';
import { readIfThere } from '../system/files.ts';
import { gatherAnswers, isFilled } from '../update/answers.ts';
import { describeFilled, describeLeft, describeStates, describeUnsteady } from '../update/describe.ts';
import { type FilledLesson, fillLesson } from '../update/fill-lesson.ts';

interface Options extends Omit<RunOptions, 'reporter' | 'plain'> {
  readonly id: readonly string[];
  /** Nothing is written. */
  readonly frozen: boolean;
  readonly trust: boolean;
  readonly lessons?: string | undefined;
}

interface Draft extends FilledLesson {
  /** As it was before, and as it is now. */
  readonly original: Lesson;
  readonly lesson: Lesson;
  readonly before: string;
  /** It has failed in a way that new expectations do not mend. */
  readonly isStuck: boolean;
}

export async function update(options: Options, invocation: Invocation): Promise<number> {
  const { cwd, env, stdout, signal } = invocation;
  if (env.CI && env.CI !== 'false' && !options.frozen) throw inCi();
  const course = await openCourse(options.lessons, cwd);
  const files = [...new Set(lessonFiles(course, options.id))];
  const lessons = await readLessons(files, cwd, { unfilled: true });
  const texts = await Promise.all(lessons.map((lesson) => readText(lesson, cwd)));
  const confirm = await terminalConfirm(invocation);
  if (!options.trust && !(await confirmTrust(lessons, { course, cwd, confirm }))) return exitCodes.usage;

  const mode = {
    holder: ['lesson update', ...options.id].join(' '),
    detail: 'summary',
    isAttended: false,
    solve: true,
    stopAtFailure: false,
    confirm: undefined,
  } satisfies Partial<RunMode>;
  const say = (text: string) => stdout.write(withCommand(text, invocation.command));
  const style = wantsColour(env, stdout.isTTY === true) ? coloured : plain;
  const states = new Map<string, States>();
  const record: Recording = { keeps: true, write: async (file, all) => void states.set(file, all) };

  const drafts = await draftAll();
  if (signal.aborted) return exitCodes.ok;
  const changed = drafts.filter(({ before, text }) => text !== before);
  for (const draft of changed) {
    const { file } = draft.lesson.place;
    const { before, text: after } = draft;
    stdout.write(`${unifiedDiff(file, before, after, style)}\n`);
    if (!options.frozen) await replaceText(draft.lesson, cwd, { before, after });
  }
  for (const { lesson, filled } of drafts) say(describeFilled(lesson.place.file, filled, options.frozen));
  const again = options.frozen ? [] : changed;
  let verdict = await verify(
    drafts.filter((draft) => draft.isStuck || again.includes(draft)),
    { record },
  );
  if (signal.aborted) return verdict;
  const recorded = await settleStates(drafts);
  if (changed.length + recorded.length === 0) {
    say(`Nothing to update in ${plural(lessons.length, 'lesson')}.\n`);
  }
  for (const { lesson, original, left } of drafts) {
    say(describeLeft(options.frozen ? original : lesson, left));
  }
  if (!options.frozen) verdict ||= await verify(recorded, {});
  else if (changed.length + recorded.length > 0) verdict ||= exitCodes.failed;
  return verdict;

  /** All expectations are looked at, and of those that can be filled none ends a lesson. */
  async function draftAll(): Promise<readonly Draft[]> {
    const answers = gatherAnswers();
    const exitCode = await runLessons(
      lessons,
      { ...options, reporter: [] },
      {
        ...mode,
        record,
        shownRows: mostShown,
        listen: answers.listen,
        client: (session) =>
          walk(session, undefined, ({ block }) => isFilled(answers.of(block.place.file, block.id))),
      },
      invocation,
    );
    if (exitCode === exitCodes.cluster) throw lost();
    return Promise.all(
      lessons.map(async (lesson, i): Promise<Draft> => {
        const before = texts[i]!;
        const { file } = lesson.place;
        const filled = await fillLesson(lesson, before, ({ id }) => answers.of(file, id));
        const isStuck =
          answers.hasFailed(file) && (before === filled.text || !answers.all(file).every(isFilled));
        const after = { ...parseLesson(file, filled.text, { unfilled: true }), init: lesson.init };
        return { ...filled, original: lesson, lesson: after, before, isStuck };
      }),
    );
  }

  /** Once more, as `lesson check` does: what was written must hold again. */
  async function verify(some: readonly Draft[], recording: Pick<RunMode, 'record'>): Promise<number> {
    if (some.length === 0) return exitCodes.ok;
    const answers = gatherAnswers();
    const exitCode = await runLessons(
      some.map(({ lesson }) => lesson),
      options,
      { ...mode, ...recording, listen: answers.listen, client: (session) => walk(session) },
      invocation,
    );
    for (const { lesson } of changed) say(describeUnsteady(answers.all(lesson.place.file)));
    return exitCode;
  }

  /** Returns those whose states are others now. */
  async function settleStates(all: readonly Draft[]): Promise<readonly Draft[]> {
    const recorded: Draft[] = [];
    for (const draft of all) {
      const { file } = draft.lesson.place;
      const left = states.get(path.resolve(cwd, file));
      const shown = statesFile(file);
      const before = await readIfThere(path.resolve(cwd, shown));
      if (left === undefined || textOf(left) === before) continue;
      recorded.push(draft);
      if (before !== undefined) stdout.write(`${unifiedDiff(shown, before, textOf(left), style)}\n`);
      say(describeStates(shown, { isNew: before === undefined, isFrozen: options.frozen }));
      if (!options.frozen) await writeStates(path.resolve(cwd, file), left);
    }
    return recorded;
  }
}

/** More rows than a person writes into a lesson. */
const mostShown = 1_000;

const inCi = () =>
  new UserError('"lesson update" writes lessons, which is not for CI', {
    code: 'usage',
    hint: 'Use --frozen, which compares and writes nothing.',
  });

const lost = () =>
  new UserError('the connection to the cluster was lost; nothing is updated', {
    code: 'cluster',
    hint: 'Run "lesson up", and then this command again.',
  });
