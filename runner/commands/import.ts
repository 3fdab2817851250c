// `lesson import`: the first draft of a lesson, from a session in psql that somebody copied or psql wrote, or from a Jupyter notebook.
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { withCommand } from '../command-name.ts';
import { UserError } from '../errors.ts';
import { draftOf, type Import } from '../import/draft.ts';
import { importNotebook } from '../import/import-notebook.ts';
import { importTranscript } from '../import/import-transcript.ts';
import { runnableItems } from '../import/runnable-items.ts';
import { writeDraft } from '../import/write-draft.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { plural } from '../lesson/plural.ts';
import { shippedSetup } from '../lesson/setup.ts';
import { slugOf } from '../lesson/slug.ts';
import { loadSqlParser } from '../lesson/sql.ts';
import { writeNewLesson } from '../store/new-lesson.ts';

interface Options {
  readonly file: string;
  readonly id?: string | undefined;
  readonly lessons?: string | undefined;
}

/** In bytes. */
const mostBytes = 10e6;

/** A step of a transcript has no more, where no comment begins another one. */
const blocksOfStep = 5;

export async function importLesson(options: Options, { cwd, command, stdout }: Invocation): Promise<number> {
  const { file, lessons = 'lessons', id = nameFrom(file) } = options;
  const isNotebook = /\.ipynb$/i.test(file);
  const text = await readSource(path.resolve(cwd, file), file);
  const found = isNotebook ? importNotebook(text, file) : importTranscript(text);
  const missing = found.init.filter(
    (name) => name !== shippedSetup && !existsSync(path.resolve(cwd, lessons, name)),
  );
  const { items, left } = runnableItems(found, await loadSqlParser());
  const blocks = items.filter(({ kind }) => kind === 'block').length;
  if (blocks === 0) throw nothingFound(file, isNotebook);
  const isCommented = items.some(({ kind }) => kind === 'heading');
  const draft = draftOf(items, isNotebook || isCommented ? undefined : blocksOfStep);
  const written = await writeNewLesson(id, lessons, cwd, (title) =>
    writeDraft(found.title ?? title, missing.length > 0 ? { ...found, init: [] } : found, draft),
  );
  const steps = plural(draft.steps.length, 'step');
  stdout.write(`${written} is a draft with ${steps} and ${plural(blocks, 'block')}.\n`);
  for (const name of missing)
    stdout.write(
      `${file}: the lesson starts with ${name}, which is not here; copy it to ${path.join(lessons, name)}, and name it in "init".\n`,
    );
  stdout.write(describeLeft(file, left));
  stdout.write(
    withCommand(
      `Read it, and run it with "lesson check ${written}". "lesson update ${written}" fills in what its blocks answer here.\n`,
      command,
    ),
  );
  return exitCodes.ok;
}

/** `My session.txt`: `my-session`. */
function nameFrom(file: string): string {
  const { name } = path.parse(file);
  return slugOf(name.replace(/[\s_.]+/g, '-')).replace(/^-+|-+$/g, '') || 'imported';
}

/** As text; what is not is refused. */
async function readSource(file: string, shown: string): Promise<string> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new UserError(`cannot import "${shown}": ${why}`, { code: 'usage', cause });
  };
  const refuseError = (error: NodeJS.ErrnoException) =>
    refuse(error.code === 'ENOENT' ? 'it does not exist' : error.message, error);
  const stats = await stat(file).catch(refuseError);
  if (!stats.isFile()) refuse('it is not a regular file');
  if (stats.size > mostBytes) {
    refuse(`it has ${(stats.size / 1e6).toFixed(1)} MB, and at most ${mostBytes / 1e6} MB are read`);
  }
  const bytes = await readFile(file).catch(refuseError);
  if (bytes.includes(0)) refuse('it is a binary file');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.trim() === '' ? refuse('it is empty') : text;
  } catch (error) {
    if (error instanceof UserError) throw error;
    return refuse('it is not UTF-8', error);
  }
}

function nothingFound(file: string, isNotebook: boolean): UserError {
  const [why, hint] = isNotebook
    ? [
        'no cell has SQL or shell commands',
        'SQL is what stands below %%sql, or all code where the language of the notebook is SQL.',
      ]
    : [
        'there is no statement in it',
        'Copy a session from a terminal, with its prompts, such as "postgres=# SELECT 1;", or write one with "psql -a -f FILE".',
      ];
  return new UserError(`cannot import "${file}": ${why}`, { code: 'usage', hint });
}

function describeLeft(file: string, left: Import['left']): string {
  return left.map(({ where, why }) => `${file}, ${where}: ${why}.\n`).join('');
}
