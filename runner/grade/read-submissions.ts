// Reads the answers of a class from a folder, a zip, or one file, and looks at nothing else.
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { bySubmission, mostBytes, readPath, type Submission } from './submission.ts';

export interface Submissions {
  readonly all: readonly Submission[];
  /** Every student, also one without an answer. In order. */
  readonly students: readonly string[];
}

/** @param from As from `cwd`. */
export async function readSubmissions(from: string, cwd: string): Promise<Submissions> {
  const file = path.resolve(cwd, from);
  const stats = await lstat(file).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(
      `cannot read "${from}": ${cause.code === 'ENOENT' ? 'it does not exist' : cause.message}`,
      {
        code: 'usage',
        hint: 'Name a folder with STUDENT/LESSON/EXERCISE.sql, a zip of one, or one answer LESSON/EXERCISE.sql.',
        cause,
      },
    );
  });
  if (stats.isDirectory()) return fromFolder(file);
  if (/\.zip$/i.test(from)) return fromZip(from, file);
  return fromFile(from, file);
}

async function fromFolder(dir: string): Promise<Submissions> {
  const entries = await readdir(dir, { withFileTypes: true });
  const students = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
  const all: Submission[] = [];
  for (const student of students) {
    const files = await readdir(path.join(dir, student), { withFileTypes: true, recursive: true });
    for (const entry of files) {
      if (!entry.isFile()) continue; // a symbolic link leads who knows where
      const full = path.join(entry.parentPath, entry.name);
      const relative = path.relative(dir, full).split(path.sep).join('/');
      const place = readPath(relative, student);
      if (place !== undefined) all.push({ ...place, text: decode(relative, await readFile(full)) });
    }
  }
  return { all: all.sort(bySubmission), students: students.sort() };
}

async function fromZip(shown: string, file: string): Promise<Submissions> {
  const { readZip } = await import('./read-zip.ts');
  const files = readZip(shown, await readFile(file));
  const all = [...files].flatMap(([name, bytes]): readonly Submission[] => {
    const place = readPath(name);
    return place === undefined ? [] : [{ ...place, text: decode(name, bytes) }];
  });
  return { all: all.sort(bySubmission), students: [...new Set(all.map(({ student }) => student))].sort() };
}

/** `LESSON/EXERCISE.sql`, of nobody in particular. */
async function fromFile(shown: string, file: string): Promise<Submissions> {
  const student = 'answer';
  const place = readPath(file.split(path.sep).join('/'), student);
  if (place === undefined) {
    throw new UserError(`"${shown}" is no answer: it is not named LESSON/EXERCISE.sql`, { code: 'usage' });
  }
  return { all: [{ ...place, text: decode(shown, await readFile(file)) }], students: [student] };
}

/** What is no text, or too long, is an answer that fails. */
function decode(shown: string, bytes: Uint8Array): string {
  if (bytes.length > mostBytes) return `\\ "${shown}" has more than ${mostBytes / 1000} kB`;
  return Buffer.from(bytes).toString('utf8').replaceAll('\0', '\uFFFD');
}
