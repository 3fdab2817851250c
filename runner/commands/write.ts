// `lesson write`: the loop of an author. Each time the file of the lesson is saved, what has changed runs.
import path from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { terminalConfirm } from '../app/confirm.ts';
import { type RunOptions, runLessons } from '../app/run-lessons.ts';
import { confirmTrust } from '../app/trust.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { describeNewStart } from '../lesson/new-start.ts';
import { plural } from '../lesson/plural.ts';
import type { Lesson } from '../lesson/types.ts';
import { milliseconds } from '../report/style.ts';
import { type Verdict, write as writeLesson } from '../session/write.ts';
import { lessonFiles, openCourse, readLessons } from '../store/course.ts';
import { readIfThere } from '../system/files.ts';

interface Options extends RunOptions {
  readonly id: string;
  readonly trust: boolean;
  readonly lessons?: string | undefined;
}

export async function write(options: Options, invocation: Invocation): Promise<number> {
  const { cwd, signal, stdout } = invocation;
  const course = await openCourse(options.lessons, cwd);
  const [file] = lessonFiles(course, [options.id]) as [string];
  const read = async () => (await readLessons([file], cwd))[0]!;
  const filesOf = ({ place, init }: Lesson) =>
    [place.file, ...init.flatMap(({ source }) => source?.file ?? [])].map((each) => path.resolve(cwd, each));
  const saves = watchAll(filesOf(await read()), signal);
  const lesson = await read();
  const confirm = await terminalConfirm(invocation);
  if (!options.trust && !(await confirmTrust([lesson], { course, cwd, confirm }))) return exitCodes.usage;
  const say = (text: string) => stdout.write(`${text}\n`);

  /** The next text that can be run. */
  const nextText = async (): Promise<Lesson | undefined> => {
    while (await saves.next()) {
      const next = await read().catch((error) => {
        if (!(error instanceof UserError)) throw error;
        say(error.message);
      });
      if (next === undefined) continue;
      const news = describeNewStart(lesson, next);
      if (news === undefined) return next;
      say(`${news} Press Ctrl-C, and run the command again.`);
    }
    return undefined;
  };
  const report = (verdict: Verdict) =>
    say(`${describe(verdict)}\nWaiting for changes to ${lesson.place.file}. Ctrl-C ends.\n`);
  try {
    return await runLessons(
      [lesson],
      options,
      {
        holder: `lesson write ${lesson.id}`,
        detail: 'walk',
        isAttended: false,
        solve: true,
        stopAtFailure: true,
        confirm,
        client: (session) => writeLesson(session, { nextText, report }),
      },
      invocation,
    );
  } finally {
    await saves.close();
  }
}

function describe({ blocks, ran, failed, ms }: Verdict): string {
  const time = `${plural(ran, 'block')} ran, ${milliseconds(ms)}`;
  if (failed === undefined) return `✓ All ${plural(blocks, 'block')} pass (${time}).`;
  return `✗ Line ${failed.block.place.line} does not pass (${time}).`;
}

/** A file that is half written has not been saved yet: in milliseconds. */
const whole = { stabilityThreshold: 40, pollInterval: 10 };

/** Each new text once, also where an editor puts another file in the place of one of these. */
function watchAll(files: readonly string[], signal: AbortSignal) {
  let seen: string | undefined;
  let isTouched = false;
  let wake = () => {};
  const touch = () => {
    isTouched = true;
    wake();
  };
  /** Undefined while one of them is not there. */
  const readAll = async (): Promise<string | undefined> => {
    const texts = await Promise.all(files.map(readIfThere));
    return texts.includes(undefined) ? undefined : JSON.stringify(texts);
  };
  const watching = readAll().then((text) => {
    seen = text;
    const options = { ignoreInitial: true, depth: 0, awaitWriteFinish: whole };
    return watchFiles([...new Set(files.map((file) => path.dirname(file)))], options).on('all', touch);
  });
  signal.addEventListener('abort', touch, { once: true });
  return {
    /** Resolves when there is one; to false when nobody waits any more. */
    async next(): Promise<boolean> {
      while (!signal.aborted) {
        if (!isTouched) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        isTouched = false;
        const text = await readAll();
        if (text === undefined || text === seen) continue;
        seen = text;
        return true;
      }
      return false;
    },
    async close(): Promise<void> {
      signal.removeEventListener('abort', touch);
      await (await watching).close();
    },
  };
}
