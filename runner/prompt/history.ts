// The statements of `lesson psql` from one time to the next: a file in the state folder.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { jsonFile } from '../system/json-file.ts';
import { stateDir } from '../system/state-folder.ts';

/** How many are kept, and of how many characters at most: one may be a dump that was pasted. */
const mostEntries = 500;
const longestEntry = 10_000;

const file = () =>
  jsonFile<readonly string[]>(path.join(stateDir(), 'psql-history.json'), { isValid: isHistory });

const isHistory = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

/** The newest first. */
export async function readHistory(): Promise<readonly string[]> {
  return (await file().read()) ?? [];
}

/** @param entries Those of this time, the newest first. */
export async function addToHistory(entries: readonly string[]): Promise<void> {
  const kept = entries.filter(({ length }) => length <= longestEntry);
  if (kept.length === 0) return;
  const before = await readHistory(); // another prompt may have written it meanwhile
  await mkdir(stateDir(), { recursive: true });
  await file().write([...kept, ...before].slice(0, mostEntries));
}
