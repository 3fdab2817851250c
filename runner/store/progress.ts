// Which lessons a learner has passed, on which engine, and when. A file in the state folder.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Engine } from '../cluster/port.ts';
import type { Lesson } from '../lesson/types.ts';
import type { ClusterInfo } from '../run/events.ts';
import { stateDir } from '../system/state-folder.ts';

export type Progress = Readonly<Record<string, Passed>>;

export interface Passed {
  readonly engine: Engine['kind'];
  /** ISO 8601. */
  readonly at: string;
}

const file = () => path.join(stateDir(), 'progress.json');

/** By lesson id; empty where nothing was passed yet, or where the file is not ours. */
export async function readProgress(): Promise<Progress> {
  try {
    return JSON.parse(await readFile(file(), 'utf8')) as Progress;
  } catch {
    return {};
  }
}

/** Written beside and renamed, so that an interruption loses nothing. */
export async function recordProgress({ id }: Lesson, { engine }: ClusterInfo): Promise<void> {
  const passed: Passed = { engine: engine.kind, at: new Date().toISOString() };
  const progress: Progress = { ...(await readProgress()), [id]: passed };
  await mkdir(path.dirname(file()), { recursive: true });
  const beside = `${file()}.${process.pid}`;
  await writeFile(beside, `${JSON.stringify(progress, null, 2)}\n`);
  await rename(beside, file());
}
