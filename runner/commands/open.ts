// `lesson open`: the notebook as a page on loopback, for as long as it runs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { terminalConfirm } from '../app/confirm.ts';
import type { RunOptions } from '../app/run-lessons.ts';
import { confirmTrust } from '../app/trust.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import type { Lesson } from '../lesson/types.ts';
import { openNotebook } from '../page/notebook.ts';
import { servePage } from '../page/serve-page.ts';
import type { CourseLesson } from '../page/shown-run.ts';
import { viewRoutes } from '../page/view-routes.ts';
import { workRoutes } from '../page/work-routes.ts';
import { shippedLessonsDir } from '../paths.ts';
import { type Course, lessonFiles, openCourse, readLessons } from '../store/course.ts';
import { learnerFolder } from '../store/learner-folder.ts';
import { nextLesson } from '../store/next-lesson.ts';
import { readProgress } from '../store/progress.ts';

interface Options extends RunOptions {
  readonly id?: string | undefined;
  readonly trust: boolean;
  readonly browser: boolean;
  readonly port?: number | undefined;
  /** Under which a proxy shows the page, as a browser writes it. */
  readonly origin?: string | undefined;
  readonly lessons?: string | undefined;
}

export async function open(options: Options, invocation: Invocation): Promise<number> {
  const { cwd, stdout, stderr, signal } = invocation;
  const course = await openCourse(options.lessons, cwd);
  let all: Promise<readonly Lesson[]> | undefined;
  const lessons = () => {
    all ??= readLessons(lessonFiles(course), cwd);
    return all;
  };
  // Those that ship are read while the browser starts.
  if (course.dir !== shippedLessonsDir) {
    const confirm = await terminalConfirm(invocation);
    const found = await lessons();
    if (!options.trust && !(await confirmTrust(found, { course, cwd, confirm }))) return exitCodes.ok;
  }
  const first = options.id === undefined ? await nextLesson(course) : idOf(course, options.id);

  const notebook = openNotebook(options, invocation);
  const lesson = async (id: string): Promise<Lesson> => {
    if (!course.ids.includes(id)) throw new UserError(`unknown lesson "${id}"`, { code: 'usage' });
    return (await readLessons(lessonFiles(course, [id]), cwd))[0]!; // its author may have changed it
  };
  const routes = [
    viewRoutes({ run: notebook, course: async () => courseOf(course, await lessons()) }),
    workRoutes({ notebook, lesson }),
  ];
  const server = await servePage(routes, { ...options, path: first });
  const { url } = server;
  stdout.write(`${url}\n`);
  stderr.write(
    'The page is open until Ctrl-C. The URL is for you alone: whoever has it can run SQL and commands as you.\n',
  );
  // The browser takes a moment; the page tells what goes wrong when it asks for the same.
  if (first !== undefined)
    void lesson(first)
      .then(notebook.open)
      .catch(() => {});
  void lessons().catch(() => {});
  if (options.browser) openBrowser(url, (message) => stderr.write(`${message}\n`));
  if (!signal.aborted) await once(signal, 'abort');
  notebook.events.end();
  await server.close();
  await notebook.close();
  stderr.write(`The cluster "${options.name}" keeps running: "${invocation.command} down" stops it.\n`);
  return exitCodes.ok;
}

const idOf = (course: Course, word: string): string => path.basename(lessonFiles(course, [word])[0]!, '.md');

async function courseOf(course: Course, lessons: readonly Lesson[]): Promise<readonly CourseLesson[]> {
  const progress = await readProgress(await learnerFolder(course));
  return lessons.map(({ id, title, minutes }) => {
    const { status, next } = progress[id] ?? {};
    const standing = status ?? (next === undefined ? undefined : 'begun');
    return { id, title, ...(minutes !== undefined && { minutes }), ...(standing && { status: standing }) };
  });
}

/** Where there is none, the URL has been printed. */
function openBrowser(url: string, report: (message: string) => void): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['explorer.exe'] : ['xdg-open'];
  const child = spawn(command!, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => report(`No browser could be started: open the URL yourself.`));
  child.unref();
}
