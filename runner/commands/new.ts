// `lesson new`: a lesson to begin with, or a whole course: a repository with a first lesson, CI and settings for editors.
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { withCommand } from '../command-name.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { slugOf } from '../lesson/slug.ts';
import { programVersion, templateDir } from '../paths.ts';
import { refuse, titleOf, writeNew, writeNewLesson } from '../store/new-lesson.ts';

interface Options {
  readonly id?: string | undefined;
  readonly course?: string | undefined;
  readonly lessons?: string | undefined;
}

export async function newLesson(options: Options, { cwd, command, stdout }: Invocation): Promise<number> {
  const { id, course, lessons = 'lessons' } = options;
  if ((id === undefined) === (course === undefined)) {
    throw new UserError('name a lesson, or a course with --course', {
      code: 'usage',
      hint: 'Such as "lesson new first-steps", or "lesson new --course my-course".',
    });
  }
  const made =
    course === undefined
      ? `${await makeLesson(id!, lessons, cwd)} is a lesson that passes. Change it, and check it with "lesson check" and its name.`
      : await makeCourse(course, cwd);
  stdout.write(withCommand(`${made}\n`, command));
  return exitCodes.ok;
}

const makeLesson = (word: string, dir: string, cwd: string): Promise<string> =>
  writeNewLesson(word, dir, cwd, (title) => filled('lesson.md', title));

/** Returns what was made, in a sentence. */
async function makeCourse(dir: string, cwd: string): Promise<string> {
  const target = path.resolve(cwd, dir);
  await mkdir(target, { recursive: true }).catch(refuse(dir));
  const there = await readdir(target).catch(refuse(dir));
  if (there.some((name) => name !== '.git')) {
    throw new UserError(`"${dir}" is not empty`, {
      code: 'usage',
      hint: 'Name a folder that does not exist.',
    });
  }
  const title = titleOf(path.basename(target));
  const course = path.join(templateDir, 'course');
  for (const entry of await readdir(course, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.relative(course, path.join(entry.parentPath, entry.name));
    // npm leaves a file with that name out of packages.
    const name = file === 'gitignore' ? '.gitignore' : file;
    await mkdir(path.join(target, path.dirname(name)), { recursive: true });
    await writeNew(
      path.join(target, name),
      await filled(path.join('course', file), title),
      path.join(dir, name),
    );
  }
  await makeLesson('first-steps', path.join(dir, 'lessons'), cwd);
  return `${dir} is a course with a first lesson that passes. Its README.md says how to go on.`;
}

async function filled(file: string, title: string): Promise<string> {
  const text = await readFile(path.join(templateDir, file), 'utf8');
  const values: Readonly<Record<string, string>> = { title, name: slugOf(title), version: programVersion() };
  return text.replace(/\{\{(\w+)\}\}/g, (_, key) => values[key]!);
}
