// `lesson export`: a run of a lesson as a file to keep, to print or to send.
import { access, constants, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { terminalConfirm } from '../app/confirm.ts';
import { type RunOptions, runLessons } from '../app/run-lessons.ts';
import { confirmTrust } from '../app/trust.ts';
import { UserError } from '../errors.ts';
import { htmlOf } from '../export/html.ts';
import { notebookOf } from '../export/notebook.ts';
import { recordRun } from '../export/recorded-run.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { lessonFiles, openCourse, readLessons } from '../store/course.ts';

interface Options extends RunOptions {
  readonly id: string;
  readonly html?: string | undefined;
  readonly ipynb?: string | undefined;
  readonly trust: boolean;
  readonly lessons?: string | undefined;
}

export async function exportRun(options: Options, invocation: Invocation): Promise<number> {
  const { cwd, stderr, signal } = invocation;
  const { html, ipynb } = options;
  if (html === undefined && ipynb === undefined) {
    throw new UserError('no file is named', {
      code: 'usage',
      hint: 'Give one with --html or --ipynb, or both.',
    });
  }
  for (const file of [html, ipynb]) if (file !== undefined) await checkFolder(path.resolve(cwd, file));
  const course = await openCourse(options.lessons, cwd);
  const lessons = await readLessons(lessonFiles(course, [options.id]), cwd);
  const confirm = await terminalConfirm(invocation);
  if (!options.trust && !(await confirmTrust(lessons, { course, cwd, confirm }))) return exitCodes.usage;
  const [lesson] = lessons;
  const recorder = recordRun(lesson!, signal);
  const exitCode = await runLessons(
    lessons,
    { ...options, reporter: [] },
    {
      holder: `lesson export ${lesson!.id}`,
      detail: 'summary',
      isAttended: false,
      solve: true,
      stopAtFailure: true,
      confirm,
      listen: recorder.listen,
      client: recorder.client,
    },
    invocation,
  );
  const recorded = recorder.recorded();
  if (recorded === undefined || signal.aborted) return exitCode;
  const at = new Date().toISOString().slice(0, 10);
  for (const [file, textOf] of [
    [html, htmlOf],
    [ipynb, notebookOf],
  ] as const) {
    if (file === undefined) continue;
    await write(path.resolve(cwd, file), textOf(recorded, at));
    stderr.write(`${file}: ${lesson!.id}, ${recorded.view.status}\n`);
  }
  return exitCode;
}

const write = (file: string, text: string) => writeFile(file, text).catch(refuse(file));

/** Before a lesson runs for it. */
const checkFolder = (file: string) => access(path.dirname(file), constants.W_OK).catch(refuse(file));

const refuse = (file: string) => (cause: NodeJS.ErrnoException) => {
  throw new UserError(`cannot write "${file}": ${cause.message}`, {
    code: 'usage',
    hint: 'Name a file in a folder that is there and can be written.',
    cause,
  });
};
