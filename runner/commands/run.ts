// `lesson run`: one lesson after another, step by step; the first failure stops.
import { type RunOptions, runLessons } from '../app/run-lessons.ts';
import { confirmTrust } from '../app/trust.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { unattended, walk } from '../session/walk.ts';
import { lessonFiles, openCourse, readLessons } from '../store/course.ts';

interface Options extends RunOptions {
  readonly id: readonly string[];
  readonly yes: boolean;
  readonly trust: boolean;
  readonly lessons?: string | undefined;
}

export async function run(options: Options, invocation: Invocation): Promise<number> {
  const { cwd, stdin, stdout } = invocation;
  if (options.id.length === 0) return askForLesson(options.lessons, invocation);
  const course = await openCourse(options.lessons, cwd);
  const lessons = await readLessons(lessonFiles(course, options.id), cwd);
  const attended = !options.yes && stdin.isTTY === true && stdout.isTTY === true;
  const prompt = attended ? await import('./prompt.ts') : undefined;
  const confirm = prompt && ((question: string) => prompt.confirm(question, invocation));
  if (!options.trust && !(await confirmTrust(lessons, { course, cwd, confirm }))) return exitCodes.ok;
  const control = prompt?.promptControl(options.plain ? withoutColor(invocation) : invocation) ?? unattended;
  return runLessons(
    lessons,
    options,
    {
      holder: `lesson run ${lessons.map(({ id }) => id).join(' ')}`,
      detail: 'walk',
      solve: !attended,
      stopAtFailure: true,
      confirm,
      client: (session) => walk(session, control),
    },
    invocation,
  );
}

const withoutColor = (invocation: Invocation): Invocation => ({
  ...invocation,
  env: { ...invocation.env, NO_COLOR: '1' },
});

/** Shows which there are. */
async function askForLesson(lessons: string | undefined, invocation: Invocation): Promise<never> {
  const { list } = await import('./list.ts');
  const { nextLesson } = await import('./overview.ts');
  await list({ lessons, json: false }, invocation);
  invocation.stdout.write('\n');
  const course = await openCourse(lessons, invocation.cwd);
  const next = (await nextLesson(course)) ?? course.ids[0];
  throw new UserError('no lesson is named', {
    code: 'usage',
    hint: `Name one, such as "lesson run ${next}".`,
  });
}
