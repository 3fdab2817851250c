// The data of a server that runs, copied as `pg_basebackup` does; the npm package does not have that program.
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivate } from '../../../system/files.ts';
import { copyFolder, makePrivate } from '../../../system/folder-copy.ts';
import { findFreePorts } from '../../../system/free-ports.ts';
import { makeFolder } from '../../../system/state-folder.ts';
import { contentsLeftOut, filesLeftOut } from '../driver.ts';
import { recordedPort } from './addresses.ts';
import type { LocalSite } from './blueprint.ts';
import { endLeftoverProcesses } from './leftover-processes.ts';
import { dataDir, halfDir, nodeDir, portFile } from './paths.ts';
import { constantFolder } from './template.ts';

export async function copyData(
  { state, dir }: LocalSite,
  from: string,
  to: string,
  finish: () => Promise<Readonly<Record<string, string>>>,
  signal: AbortSignal,
): Promise<void> {
  const { owner } = state;
  const [source, half, data] = [dataDir(dir, from), halfDir(dir, to), dataDir(dir, to)];
  const isNew = (await recordedPort(dir, to)) === 0;
  try {
    await makeFolder(nodeDir(dir, to), owner);
    await rm(half, { recursive: true, force: true });
    const constant = constantFolder(source); // a standby writes nothing there, either
    await copyFolder(source, [half], { owner, leaveOut, mayVanish: true, constant });
    for (const [file, text] of Object.entries(await finish())) await writeFile(join(half, file), text);
    makePrivate(half, owner);
    if (isNew) await writePrivate(portFile(dir, to), String((await findFreePorts(1))[0]), owner);
  } catch (error) {
    await rm(isNew ? nodeDir(dir, to) : half, { recursive: true, force: true });
    throw error;
  }
  await endLeftoverProcesses(state, data, signal);
  await rm(data, { recursive: true, force: true, maxRetries: 5 });
  await rename(half, data);
}

function leaveOut(dir: string, name: string): boolean {
  return (
    filesLeftOut.includes(name) ||
    name.startsWith('pgsql_tmp') ||
    contentsLeftOut.some((part) => dir.endsWith(`/${part}`) || dir.endsWith(`\\${part}`))
  );
}
