// Makes a folder like another one, copying only what differs: of the data of a server most files never change.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { writeFile } from './folder-copy.ts';
import type { Owner } from './owner.ts';

/**
 * A file is taken to be the same where its size and the time of its last change are; copies get the time of what they were
 * made from. A file with several names is one that nobody writes any more: the copy is a further name for it.
 * @param leaveOut Names in the folder itself that are neither copied nor removed.
 * @throws Error for what is neither a file nor a folder.
 */
export async function mirrorFolder(
  from: string,
  to: string,
  owner: Owner | undefined,
  leaveOut: readonly string[] = [],
): Promise<void> {
  await setImmediate(); // an interrupt gets its turn
  const isNew = fs.lstatSync(to, { throwIfNoEntry: false })?.isDirectory() !== true;
  if (isNew) {
    fs.rmSync(to, { force: true });
    fs.mkdirSync(to, { mode: 0o700 });
    if (owner) fs.chownSync(to, owner.uid, owner.gid);
  }
  const wanted = fs.readdirSync(from, { withFileTypes: true }).filter(({ name }) => !leaveOut.includes(name));
  if (!isNew) {
    const kept = new Set([...leaveOut, ...wanted.map(({ name }) => name)]);
    for (const name of fs.readdirSync(to)) {
      if (!kept.has(name)) fs.rmSync(join(to, name), { recursive: true, force: true, maxRetries: 5 });
    }
  }
  for (const entry of wanted) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await mirrorFolder(source, copy, owner);
    else if (entry.isFile()) mirrorFile(source, copy, isNew, owner);
    else throw new Error(`"${source}" is neither a file nor a folder`);
  }
}

/** A time is set through a floating-point number of seconds, and comes back a little less exact. */
const toleranceMs = 0.01;

function mirrorFile(source: string, copy: string, isNew: boolean, owner: Owner | undefined): void {
  const file = fs.lstatSync(source);
  if (!isNew) {
    const there = fs.lstatSync(copy, { throwIfNoEntry: false });
    const isSame =
      there?.isFile() === true &&
      there.size === file.size &&
      Math.abs(there.mtimeMs - file.mtimeMs) < toleranceMs;
    if (isSame) return;
    if (there) fs.rmSync(copy, { recursive: true, force: true });
  }
  if (file.nlink > 1) {
    fs.linkSync(source, copy);
    return;
  }
  writeFile(source, [copy]);
  fs.utimesSync(copy, file.atimeMs / 1000, file.mtimeMs / 1000);
  if (owner) fs.chownSync(copy, owner.uid, owner.gid);
}
