// Files that only the servers' user can read, there whole or not at all.
import { lchown, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Owner } from './owner.ts';

/** Writes a file by way of another one and a rename. */
export async function writePrivate(file: string, text: string, owner: Owner | undefined): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}`);
  await writeFile(draft, text, { mode: 0o600 });
  if (owner) await lchown(draft, owner.uid, owner.gid);
  await rename(draft, file);
}

/** The text of a file; undefined where there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
