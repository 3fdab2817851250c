// Copies whole folders, and changes whose they are. The data of a server is a thousand small files, with which `fs.cp`, and any other
// way through the thread pool, spends most of its time on something else than copying.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Owner } from './owner.ts';

export interface CopyOptions {
  readonly owner: Owner | undefined;
  /** A folder whose files nobody writes any more: the copies are further names for them. */
  readonly constant?: string;
  /** What is not copied. */
  readonly leaveOut?: (dir: string, name: string) => boolean;
  /** Whether a server is at work on the files: one that goes away is not missed. */
  readonly mayVanish?: boolean;
}

/**
 * Copies a folder to places that are not there yet: reads once, writes as often as needed, shares the blocks where the
 * file system can. Links stay as they are.
 */
export async function copyFolder(
  from: string,
  targets: readonly string[],
  options: CopyOptions,
): Promise<void> {
  await setImmediate(); // an interrupt gets its turn
  for (const to of targets) fs.mkdirSync(to, { mode: 0o700 });
  let share: Share | undefined = from === options.constant ? fs.linkSync : cloneFile;
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    if (options.leaveOut?.(from, entry.name)) continue;
    const source = join(from, entry.name);
    const copies = targets.map((to) => join(to, entry.name));
    try {
      if (entry.isDirectory()) {
        await copyFolder(source, copies, options);
      } else if (entry.isSymbolicLink()) {
        for (const copy of copies) fs.symlinkSync(fs.readlinkSync(source), copy);
      } else if (!share || !shareFile(share, source, copies)) {
        share = undefined;
        writeFile(source, copies);
      }
      for (const copy of copies) changeOwner(copy, options.owner);
    } catch (error) {
      if (!options.mayVanish || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  for (const to of targets) changeOwner(to, options.owner);
}

type Share = (source: string, copy: string) => void;

const cloneFile: Share = (source, copy) => fs.copyFileSync(source, copy, fs.constants.COPYFILE_FICLONE_FORCE);

/** Returns whether the file system can. */
function shareFile(share: Share, source: string, copies: readonly string[]): boolean {
  try {
    for (const copy of copies) share(source, copy);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    for (const copy of copies) fs.rmSync(copy, { force: true }); // it may be another name for the source
    return false;
  }
}

/** From this size on the system copies faster than we read and write. */
const largeBytes = 1_000_000;

export function writeFile(source: string, copies: readonly string[]): void {
  const { mode, size } = fs.statSync(source);
  if (size >= largeBytes) {
    for (const copy of copies) fs.copyFileSync(source, copy);
    return;
  }
  const bytes = fs.readFileSync(source);
  for (const copy of copies) {
    const file = fs.openSync(copy, 'wx', mode);
    try {
      writeAll(file, bytes);
    } finally {
      fs.closeSync(file);
    }
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(file, bytes, at);
}

/** Closes a folder, and all in it, to everybody but the owner. */
export function makePrivate(dir: string, owner: Owner | undefined): void {
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) makePrivate(path, owner);
    else {
      fs.chmodSync(path, 0o600);
      changeOwner(path, owner);
    }
  }
  fs.chmodSync(dir, 0o700);
  changeOwner(dir, owner);
}

function changeOwner(path: string, owner: Owner | undefined): void {
  if (owner) fs.lchownSync(path, owner.uid, owner.gid);
}
