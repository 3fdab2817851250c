// Servers that do not wait for the disk can lose, in a power cut, what they wrote before a clean end. A seal says how much
// there was: after the computer has started again, less is damage.
import { open, rm } from 'node:fs/promises';
import { readIfThere } from '../../../system/files.ts';
import { folderSize } from '../../../system/folder-size.ts';
import { dataDir, sealFile } from './paths.ts';
import { isBeforeBoot } from './postmaster.ts';

interface Seal {
  /** Milliseconds since 1970. */
  readonly stoppedAt: number;
  readonly bytes: number;
}

/** Of data whose server has ended in order. */
export async function sealData(cluster: string, node: string): Promise<void> {
  const seal: Seal = { stoppedAt: Date.now(), bytes: await folderSize(dataDir(cluster, node)) };
  const handle = await open(sealFile(cluster, node), 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(seal));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function breakSeal(cluster: string, node: string): Promise<void> {
  await rm(sealFile(cluster, node), { force: true });
}

/** Whether the computer went down since the server ended, and data went with it. */
export async function isDamaged(cluster: string, node: string): Promise<boolean> {
  const text = await readIfThere(sealFile(cluster, node));
  if (text === undefined) return false;
  const seal = parse(text);
  if (seal === undefined) return true; // it was cut, too
  return isBeforeBoot(seal.stoppedAt) && seal.bytes !== (await folderSize(dataDir(cluster, node)));
}

function parse(text: string): Seal | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
