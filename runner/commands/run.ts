// `lesson run`: one lesson after another, step by step; the first failure stops.
import path from 'node:path';
import { terminalConfirm } from '../app/confirm.ts';
import { type RunMode, type RunOptions, runLessons } from '../app/run-lessons.ts';
import { confirmTrust } from '../app/trust.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { findStep, stepsOf } from '../lesson/find-step.ts';
import type { Lesson } from '../lesson/types.ts';
import type { Session } from '../session/session.ts';
import { walk } from '../session/walk.ts';
import { lessonFiles, openCourse, readLessons } from '../store/course.ts';
import { type LearnerFolder, learnerFolder } from '../store/learner-folder.ts';
import { changeProgress, readProgress } from '../store/progress.ts';

interface Options extends RunOptions {
  readonly id: readonly string[];
  readonly yes: boolean;
  readonly trust: boolean;
  readonly lessons?: string | undefined;
  /** A number, an id or a part of a title. */
  readonly step?: string | undefined;
  /** Only the exercises are shown. */
  readonly exercises: boolean;
  /** Shows the run in browsers, too. */
  readonly page: boolean;
}

export async function run(options: Options, invocation: Invocation): Promise<number> {
  const { cwd, stdin, stdout, stderr } = invocation;
  if (options.id.length === 0) return askForLesson(options.lessons, invocation);
  const course = await openCourse(options.lessons, cwd);
  const named = await readLessons(lessonFiles(course, options.id), cwd);
  const isAttended = !options.yes && stdin.isTTY === true && stdout.isTTY === true;
  if (!isAttended && (options.step !== undefined || options.exercises)) throw attendedOnly();
  if (options.step !== undefined) checkStep(options.step, named);
  const confirm = isAttended ? await terminalConfirm(invocation) : undefined;
  if (!options.trust && !(await confirmTrust(named, { course, cwd, confirm }))) return exitCodes.ok;
  if (!isAttended && !options.yes) stderr.write(`${withoutTerminal}\n`);
  const folderOf = ({ place }: Lesson) => learnerFolder({ dir: path.dirname(path.resolve(cwd, place.file)) });
  const client = isAttended
    ? await (await import('../learner/open-learner.ts')).openLearner(folderOf, options, invocation)
    : unattended(folderOf);
  const lessons = isAttended ? await fromBegun(named, folderOf) : named;
  const mode: RunMode = {
    holder: `lesson run ${lessons.map(({ id }) => id).join(' ')}`,
    detail: 'walk',
    isAttended,
    solve: !isAttended,
    stopAtFailure: true,
    confirm,
    ...client,
  };
  if (!options.page) return runLessons(lessons, options, mode, invocation);
  const { withRunPage } = await import('../page/watched-run.ts');
  return withRunPage({ lessons, mode, name: options.name }, invocation, (watched) =>
    runLessons(lessons, options, watched, invocation),
  );
}

/** Of several lessons, those from the one on that was left in its middle, where the ones before it were gone through. */
async function fromBegun(
  lessons: readonly Lesson[],
  folderOf: (lesson: Lesson) => Promise<LearnerFolder>,
): Promise<readonly Lesson[]> {
  const all = await Promise.all(
    lessons.map(async (lesson) => (await readProgress(await folderOf(lesson)))[lesson.id]),
  );
  const begun = all.findIndex((progress) => progress?.next !== undefined);
  const isDone = all.slice(0, begun).every((progress) => progress?.status !== undefined);
  return begun > 0 && isDone ? lessons.slice(begun) : lessons;
}

/** What nobody did is not passed; what somebody did stays. */
function unattended(folderOf: (lesson: Lesson) => Promise<LearnerFolder>): Pick<RunMode, 'client'> {
  return {
    async client(session: Session) {
      const status = await walk(session);
      const { lesson, cluster } = session.state.plan;
      if (status !== 'passed') return status;
      const at = new Date().toISOString();
      await changeProgress(await folderOf(lesson), lesson.id, (before) =>
        before.status === undefined && before.next === undefined
          ? { ...before, status: 'unattended', at, engine: cluster.engine.kind }
          : before,
      );
      return status;
    },
  };
}

/** Shows which there are. */
async function askForLesson(lessons: string | undefined, invocation: Invocation): Promise<never> {
  const { list } = await import('./list.ts');
  const { nextLesson } = await import('../store/next-lesson.ts');
  await list({ lessons, json: false }, invocation);
  invocation.stdout.write('\n');
  const course = await openCourse(lessons, invocation.cwd);
  const next = (await nextLesson(course)) ?? course.ids[0];
  throw new UserError('no lesson is named', {
    code: 'usage',
    hint: `Name one, such as "lesson run ${next}".`,
  });
}

const withoutTerminal =
  'This is not a terminal, so nobody is asked: exercises run their solution, and nothing counts as solved.';

/** Before a cluster is made for it. */
function checkStep(text: string, lessons: readonly Lesson[]): void {
  const [lesson, other] = lessons;
  if (other) throw new UserError('--step goes with one lesson', { code: 'usage' });
  if (lesson === undefined || findStep(stepsOf(lesson), text)) return;
  const known = lesson.steps.map(({ title }, at) => `  ${at + 1}  ${title}`).join('\n');
  throw new UserError(`"${text}" is not one step of ${lesson.id}`, {
    code: 'usage',
    hint: `Its steps:\n${known}`,
  });
}

const attendedOnly = () =>
  new UserError('--step and --exercises need a terminal, and somebody to answer', {
    code: 'usage',
    hint: 'Without a terminal "lesson run" goes through the whole lesson.',
  });
