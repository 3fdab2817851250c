// `lesson open`: the notebook as a page on loopback, for as long as it runs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { terminalConfirm } from '../app/confirm.ts';
import type { RunOptions } from '../app/run-lessons.ts';
import { confirmTrust } from '../app/trust.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import type { Lesson } from '../lesson/types.ts';
import { type CourseLesson, pageApp } from '../page/app.ts';
import { openGuard } from '../page/guard.ts';
import { openNotebook } from '../page/notebook.ts';
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
  const all = await readLessons(lessonFiles(course), cwd);
  const confirm = await terminalConfirm(invocation);
  if (!options.trust && !(await confirmTrust(all, { course, cwd, confirm }))) return exitCodes.ok;
  const first = options.id === undefined ? await nextLesson(course) : idOf(course, options.id);

  const hosts: string[] = [];
  const guard = openGuard(() => hosts, options.origin);
  const notebook = openNotebook(options, invocation);
  const app = pageApp({
    guard,
    notebook,
    course: () => courseOf(course, all),
    async lesson(id) {
      if (!course.ids.includes(id)) throw new UserError(`unknown lesson "${id}"`, { code: 'usage' });
      return (await readLessons(lessonFiles(course, [id]), cwd))[0]!; // its author may have changed it
    },
  });
  const server = createServer({ maxHeaderSize: 16_384 }, getRequestListener(app.fetch));
  server.maxConnections = 64;
  const port = await listen(server, options.port);
  hosts.push(`127.0.0.1:${port}`, `localhost:${port}`);
  const url = `${options.origin ?? `http://127.0.0.1:${port}`}/${first ?? ''}#${guard.token}`;
  stdout.write(`${url}\n`);
  stderr.write(
    'The page is open until Ctrl-C. The URL is for you alone: whoever has it can run SQL and commands as you.\n',
  );
  if (options.browser) openBrowser(url, (message) => stderr.write(`${message}\n`));
  if (!signal.aborted) await once(signal, 'abort');
  server.closeAllConnections();
  server.close();
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

async function listen(server: ReturnType<typeof createServer>, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    const message =
      cause.code === 'EADDRINUSE'
        ? `port ${port} is in use`
        : `cannot listen on port ${port}: ${cause.message}`;
    throw new UserError(message, { code: 'usage', hint: 'Give another one with --port, or none.', cause });
  });
  return (server.address() as AddressInfo).port;
}

/** Where there is none, the URL has been printed. */
function openBrowser(url: string, report: (message: string) => void): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['explorer.exe'] : ['xdg-open'];
  const child = spawn(command!, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => report(`No browser could be started: open the URL yourself.`));
  child.unref();
}
