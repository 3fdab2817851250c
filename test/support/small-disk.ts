// A state folder on a disk of its own, which can be filled. Needs root, who may mount one.
import { execFile } from 'node:child_process';
import { chmod, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Sandbox } from './binary.ts';

const run = promisify(execFile);

const stateOf = ({ dir }: Sandbox): string => join(dir, 'state');

/** Returns whether it could be had. */
export async function mountSmallDisk(sandbox: Sandbox, size: string): Promise<boolean> {
  const state = stateOf(sandbox);
  await mkdir(state, { recursive: true });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', state]);
  } catch {
    return false;
  }
  await chmod(state, 0o711);
  return true;
}

export const unmountSmallDisk = (sandbox: Sandbox): Promise<unknown> =>
  run('umount', [stateOf(sandbox)]).catch(() => {});

/** @param freeBytes What is left. Returns what makes room again. */
export async function fillDisk(sandbox: Sandbox, freeBytes = 0): Promise<() => Promise<void>> {
  const file = join(stateOf(sandbox), 'much');
  const handle = await open(file, 'w');
  let written = 0;
  try {
    for (const part of [Buffer.alloc(1_000_000), Buffer.alloc(4096)]) written += await writeAll(handle, part);
    await handle.truncate(Math.max(0, written - freeBytes));
  } finally {
    await handle.close();
  }
  return () => rm(file, { force: true });
}

async function writeAll(handle: Awaited<ReturnType<typeof open>>, part: Buffer): Promise<number> {
  let written = 0;
  try {
    for (;;) written += (await handle.write(part)).bytesWritten;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    return written;
  }
}
