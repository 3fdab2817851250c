// Lessons run SQL as superuser and shell commands as whoever started them. Before those of a stranger do, somebody must
// agree: once for each folder, and again when what they would run has changed.
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { plural } from '../lesson/plural.ts';
import { type Runnable, runnableOf } from '../lesson/runnable.ts';
import type { Lesson } from '../lesson/types.ts';
import { shippedLessonsDir } from '../paths.ts';
import { printable } from '../report/style.ts';
import { type Course, lessonFiles, readLessons } from '../store/course.ts';
import { jsonFile } from '../system/json-file.ts';
import { stateDir } from '../system/state-folder.ts';
import type { Confirm } from './confirm.ts';

export interface TrustOptions {
  readonly course: Course;
  readonly cwd: string;
  /** Absent where nobody can be asked. */
  readonly confirm: Confirm | undefined;
}

/** By the real path of a folder: the hash of each lesson in it that may run, by the lesson's id. */
type Trusted = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Whether these lessons may run. @throws UserError where somebody has to agree and nobody can be asked. */
export async function confirmTrust(lessons: readonly Lesson[], options: TrustOptions): Promise<boolean> {
  const folders = new Map<string, Lesson[]>();
  for (const lesson of lessons) {
    const folder = await folderOf(lesson, options.cwd);
    folders.set(folder, [...(folders.get(folder) ?? []), lesson]);
  }
  folders.delete(await realpath(shippedLessonsDir));
  for (const [folder, wanted] of folders) {
    if (!(await confirmFolder(folder, wanted, options))) return false;
  }
  return true;
}

async function confirmFolder(
  folder: string,
  wanted: readonly Lesson[],
  { course, cwd, confirm }: TrustOptions,
): Promise<boolean> {
  const trusted = (await trustedFile().read()) ?? {};
  const known = trusted[folder] ?? {};
  if (wanted.every((lesson) => known[lesson.id] === runnableOf(lesson).hash)) return true;
  // Asked for the whole course, so that its next lesson does not ask again.
  const isCourse = (await realpath(course.dir)) === folder;
  const asked = isCourse ? [...wanted, ...(await othersOf(course, wanted, cwd))] : wanted;
  const found = new Map(asked.map((lesson) => [lesson.id, runnableOf(lesson)]));
  const what = `they run ${describe([...found.values()])}`;
  if (confirm === undefined) {
    throw new UserError(`the lessons in "${folder}" did not come with this program: ${what}`, {
      code: 'usage',
      hint: 'If you trust them, run them with --trust.',
    });
  }
  if (
    !(await confirm(
      `The lessons in "${printable(folder)}" did not come with this program: ${what}.\nDo you trust them?`,
    ))
  ) {
    return false;
  }
  const hashes = Object.fromEntries([...found].map(([id, { hash }]) => [id, hash]));
  await mkdir(stateDir(), { recursive: true });
  await trustedFile().write({ ...trusted, [folder]: { ...known, ...hashes } });
  return true;
}

/** `12 SQL blocks as superuser of the cluster and 3 shell blocks as you`. */
function describe(found: readonly Runnable[]): string {
  const sum = (key: 'sqlBlocks' | 'shellBlocks') => found.reduce((total, each) => total + each[key], 0);
  const files = new Set(found.flatMap(({ setupFiles }) => setupFiles)).size; // lessons may share one
  const setup = files === 0 ? '' : ` and ${plural(files, 'SQL file')}`;
  const sql = `${plural(sum('sqlBlocks'), 'SQL block')}${setup} as superuser of the cluster`;
  const shell = sum('shellBlocks');
  return shell === 0 ? sql : `${sql} and ${plural(shell, 'shell block')} as you`;
}

/** One with mistakes cannot run. */
async function othersOf(course: Course, wanted: readonly Lesson[], cwd: string): Promise<readonly Lesson[]> {
  const ids = course.ids.filter((id) => !wanted.some((lesson) => lesson.id === id));
  if (ids.length === 0) return [];
  const read = lessonFiles(course, ids).map((file) =>
    readLessons([file], cwd).catch((error) => {
      if (error instanceof UserError) return [];
      throw error;
    }),
  );
  return (await Promise.all(read)).flat();
}

const folderOf = (lesson: Lesson, cwd: string): Promise<string> =>
  realpath(path.dirname(path.resolve(cwd, lesson.place.file)));

const trustedFile = () => jsonFile<Trusted>(path.join(stateDir(), 'trusted.json'), { isValid: isTrusted });

function isTrusted(value: unknown): value is Trusted {
  return (
    isObject(value) &&
    Object.values(value).every(
      (lessons) => isObject(lessons) && Object.values(lessons).every((hash) => typeof hash === 'string'),
    )
  );
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
