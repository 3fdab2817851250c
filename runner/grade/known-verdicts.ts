// Verdicts that are known already: a class that was interrupted goes on where it was, and the same answer is tried once.
// A line of JSON for each, written when it is known; a last line that is torn counts as none.
import { createHash } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { readIfThere } from '../system/files.ts';
import type { Verdict } from './verdict.ts';

export interface KnownVerdicts {
  get(key: string): Verdict | undefined;
  add(key: string, verdict: Verdict): Promise<void>;
}

/** @param isAgain Nothing that was known before counts. */
export async function openKnownVerdicts(file: string, isAgain: boolean): Promise<KnownVerdicts> {
  const text = isAgain ? '' : ((await readIfThere(file)) ?? '');
  const known = new Map(text.split('\n').flatMap(readLine));
  return {
    get: (key) => known.get(key),
    async add(key, verdict) {
      known.set(key, verdict);
      await mkdir(path.dirname(file), { recursive: true });
      await appendFile(file, `${JSON.stringify({ key, ...verdict })}\n`, { mode: 0o600 });
    },
  };
}

/** Of all that an answer's verdict depends on. */
export const keyOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

function readLine(line: string): readonly [string, Verdict][] {
  try {
    const { key, passed, held, reason } = JSON.parse(line);
    const isWhole = typeof key === 'string' && typeof passed === 'boolean' && typeof reason === 'string';
    return isWhole && Array.isArray(held) ? [[key, { passed, held, reason }]] : [];
  } catch {
    return [];
  }
}
