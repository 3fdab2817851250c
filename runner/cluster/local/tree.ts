// Copies and gives away whole folders. A cluster's data is a thousand small files, where `fs.cp` spends its time on checks.
import { constants } from 'node:fs';
import { chmod, copyFile, lchown, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner } from './owner.ts';

/** Copies a folder that is not there yet; shares blocks where the file system can. Links stay as they are. */
export async function copyTree(from: string, to: string, owner: Owner | undefined): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) return copyTree(source, target, owner);
      if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
      else await copyFile(source, target, constants.COPYFILE_FICLONE);
      if (owner) await lchown(target, owner.uid, owner.gid);
    }),
  );
  if (owner) await lchown(to, owner.uid, owner.gid);
}

/** Closes a folder, and all in it, to everybody but the owner. */
export async function giveTree(dir: string, owner: Owner | undefined): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true });
  for (const entry of entries) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await giveTree(path, owner);
    else await give(path, 0o600, owner);
  }
  await give(dir, 0o700, owner);
}

async function give(path: string, mode: number, owner: Owner | undefined): Promise<void> {
  await chmod(path, mode);
  if (owner) await lchown(path, owner.uid, owner.gid);
}
