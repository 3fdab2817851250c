// A file for a lesson that does not exist yet, in a folder of lessons.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { slugOf } from '../lesson/slug.ts';
import { lessonId } from './course.ts';

/** Returns the file as the user would name it. @param textOf From the title that its name gives it. */
export async function writeNewLesson(
  word: string,
  dir: string,
  cwd: string,
  textOf: (title: string) => string | Promise<string>,
): Promise<string> {
  const folder = path.resolve(cwd, dir);
  await mkdir(folder, { recursive: true }).catch(refuse(dir));
  const names = await readdir(folder).catch(refuse(dir));
  const id = newId(
    word,
    names.flatMap((name) => lessonId(name) ?? []),
  );
  const file = path.join(dir, `${id}.md`);
  await writeNew(path.resolve(cwd, file), await textOf(titleOf(id)), file);
  return file;
}

/** With the next free number where the word has none. */
function newId(word: string, ids: readonly string[]): string {
  const slug = slugOf(word);
  if (slug === '' || slug !== word) {
    throw new UserError(`"${word}" cannot be the name of a lesson`, {
      code: 'usage',
      hint: 'Use lowercase letters, digits and "-", such as first-steps.',
    });
  }
  const numberOf = (id: string) => Number.parseInt(id, 10);
  const next = String(Math.max(0, ...ids.map(numberOf)) + 1).padStart(2, '0');
  if (lessonId(`${word}.md`) === undefined) return `${next}-${word}`;
  const same = ids.find((id) => id !== word && numberOf(id) === numberOf(word));
  if (same === undefined) return word;
  throw new UserError(`"${same}" has the same number as "${word}"`, {
    code: 'usage',
    hint: `The next number is ${next}: "lesson new ${word.replace(/^\d+/, next)}".`,
  });
}

/** `my-course`: `My course`. */
export function titleOf(name: string): string {
  const words = name.replace(/^\d+-/, '').replace(/[-_]+/g, ' ').trim() || 'Lessons';
  return words[0]!.toUpperCase() + words.slice(1);
}

export async function writeNew(file: string, text: string, shown: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' }).catch(refuse(shown));
}

export const refuse =
  (shown: string) =>
  (cause: NodeJS.ErrnoException): never => {
    const why = cause.code === 'EEXIST' ? 'it exists already' : cause.message;
    throw new UserError(`cannot make "${shown}": ${why}`, { code: 'usage', cause });
  };
