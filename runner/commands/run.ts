// `lesson run`: one lesson after another, step by step; the first failure stops.
import { type RunOptions, runLessons } from '../app/run-lessons.ts';
import { UserError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import type { Lesson } from '../lesson/types.ts';
import { coloured, plain, wantsColour } from '../report/style.ts';
import type { Session } from '../session/session.ts';
import { walk } from '../session/walk.ts';
import { answerFile } from '../store/answers.ts';
import { openCourse, readLessons, someLessons } from '../store/course.ts';
import { learnerFolder } from '../store/learner-folder.ts';
import { changeProgress } from '../store/progress.ts';

interface Options extends RunOptions {
  readonly id: readonly string[];
  readonly yes: boolean;
  readonly lessons?: string | undefined;
  /** A number, an id or a part of a title. */
  readonly step?: string | undefined;
  /** Only the exercises are shown. */
  readonly exercises?: boolean;
  readonly plain?: boolean;
}

export async function run(options: Options, invocation: Invocation): Promise<number> {
  const { cwd, env, stdin, stdout, stderr } = invocation;
  const course = await openCourse(options.lessons, cwd);
  const lessons = await readLessons(course, someLessons(course, options.id), cwd);
  const isAttended = !options.yes && stdin.isTTY === true && stdout.isTTY === true;
  const isPlain = options.plain ?? false;
  const folder = await learnerFolder(course);
  const mode = { holder: `lesson run ${options.id.join(' ')}`, detail: 'walk', stopAtFailure: true } as const;
  if (!isAttended) {
    if (options.step !== undefined || options.exercises) throw attendedOnly();
    if (!options.yes) stderr.write(`${withoutTerminal}\n`);
    const client = async (session: Session) => {
      const status = await walk(session);
      const { lesson } = session.state.plan;
      if (status === 'passed') await changeProgress(folder, lesson.id, ranUnattended(session));
      return status;
    };
    return runLessons(
      lessons,
      options,
      { ...mode, isAttended, isPlain, solve: true, confirm: undefined, client },
      invocation,
    );
  }
  const { confirm } = await import('../learner/keys.ts');
  const { learn } = await import('../learner/learn.ts');
  const { openNotes } = await import('../learner/notes.ts');
  const { lastResults } = await import('../learner/last-results.ts');
  const last = lastResults();
  const style = !isPlain && wantsColour(env, true) ? coloured : plain;
  return runLessons(
    lessons,
    options,
    {
      ...mode,
      isAttended,
      isPlain,
      solve: false,
      listen: last.listen,
      confirm: (question) => confirm(question, invocation),
      async client(session, cluster) {
        const { lesson, cluster: info } = session.state.plan;
        const from =
          options.step === undefined ? undefined : await blockOfStep(lesson, options.step, session);
        return learn(session, {
          invocation,
          style,
          isPlain,
          cluster,
          results: last.results,
          notes: await openNotes(folder, lesson.id, info.engine.kind),
          answerTo: (exercise) => answerFile(folder, lesson.id, exercise),
          only: options.exercises ? 'exercises' : 'all',
          ...(from !== undefined && { from }),
        });
      },
    },
    invocation,
  );
}

/** What nobody did is not passed; what somebody did stays. */
const ranUnattended =
  ({ state: { plan } }: Session): Parameters<typeof changeProgress>[2] =>
  (before) =>
    before.status === undefined && before.next === undefined
      ? { ...before, status: 'unattended', at: new Date().toISOString(), engine: plan.cluster.engine.kind }
      : before;

/** The id of the first block of a step. @throws UserError where no step, or no block of it, is meant. */
async function blockOfStep({ id, steps }: Lesson, text: string, { state }: Session): Promise<string> {
  const { findStep } = await import('../learner/steps.ts');
  const step = findStep(
    steps.map((each, at) => ({ number: at + 1, step: each })),
    text,
  );
  const { blocks } = state.plan;
  const block = blocks.find((each) => each.step.step === step?.step && each.skip === undefined);
  if (block) return block.id;
  const known = steps.map(({ title }, at) => `  ${at + 1}  ${title}`).join('\n');
  const why = step ? `none of the step "${step.step.title}" runs here` : `"${text}" is not one step of ${id}`;
  throw new UserError(why, { code: 'usage', hint: `Its steps:\n${known}` });
}

const withoutTerminal =
  'This is not a terminal, so nobody is asked: exercises run their solution, and nothing counts as solved.';

const attendedOnly = () =>
  new UserError('--step and --exercises need a terminal, and somebody to answer', {
    code: 'usage',
    hint: 'Without a terminal "lesson run" goes through the whole lesson.',
  });
