// Which lessons a learner has passed, on which engine, and when. A file in the state folder.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ClusterInfo } from '../cluster/info.ts';
import type { Engine } from '../cluster/port.ts';
import type { Lesson } from '../lesson/types.ts';
import { jsonFile } from '../system/json-file.ts';
import { stateDir } from '../system/state-folder.ts';

export type Progress = Readonly<Record<string, Passed>>;

export interface Passed {
  readonly engine: Engine['kind'];
  /** ISO 8601. */
  readonly at: string;
}

const file = () => jsonFile<Progress>(path.join(stateDir(), 'progress.json'), { isValid: isProgress });

const isProgress = (value: unknown): value is Progress =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((passed) => typeof passed?.engine === 'string' && typeof passed.at === 'string');

/** By lesson id; empty where nothing was passed yet. */
export async function readProgress(): Promise<Progress> {
  return (await file().read()) ?? {};
}

export async function recordProgress({ id }: Lesson, { engine }: ClusterInfo): Promise<void> {
  const passed: Passed = { engine: engine.kind, at: new Date().toISOString() };
  const progress = await readProgress();
  await mkdir(stateDir(), { recursive: true });
  await file().write({ ...progress, [id]: passed });
}
