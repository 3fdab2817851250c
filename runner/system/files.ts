// Files that are there whole or not at all, and their texts.
import { access, lchown, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Owner } from './owner.ts';

/** Whose a file is to be, where that is not this user. */
export type FileOwner = Owner | undefined;

/** For the user of the servers alone. */
export const writePrivate = (file: string, text: string, owner: FileOwner): Promise<void> =>
  writeWhole(file, text, { mode: 0o600, owner });

/** Writes a file by way of another one and a rename. */
export async function writeWhole(
  file: string,
  text: string,
  { mode = 0o666, owner }: { readonly mode?: number; readonly owner?: FileOwner } = {},
): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    await writeFile(draft, text, { mode });
    if (owner) await lchown(draft, owner.uid, owner.gid);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
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

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** How much of a log is read from its end, in bytes. */
const window = 1 << 20;

/** The end of a text file; nothing where there is none. */
export async function lastLines(file: string, count: number): Promise<readonly string[]> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return [];
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, window);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count);
  } finally {
    await handle.close();
  }
}
