// The text of a lesson, which its author may be editing.
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import type { Lesson } from '../lesson/types.ts';
import { writeWhole } from '../system/files.ts';

/** @param cwd From there the lesson's file is named. */
export const readText = ({ place }: Lesson, cwd: string): Promise<string> =>
  readFile(path.resolve(cwd, place.file), 'utf8');

/** @throws UserError where the file does not hold the text before, or cannot be written. */
export async function replaceText(
  lesson: Lesson,
  cwd: string,
  { before, after }: { readonly before: string; readonly after: string },
): Promise<void> {
  const { file } = lesson.place;
  if ((await readText(lesson, cwd)) !== before) {
    throw new UserError(`"${file}" was changed while it ran, and is not updated`, {
      code: 'usage',
      hint: 'Run the command again.',
    });
  }
  try {
    const target = await realpath(path.resolve(cwd, file));
    await writeWhole(target, after, { mode: (await stat(target)).mode });
  } catch (cause) {
    throw new UserError(`cannot write "${file}": ${(cause as Error).message}`, { code: 'usage', cause });
  }
}
