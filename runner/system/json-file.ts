// Our own JSON files: written whole or not at all, and read with suspicion.
import { rename } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { type FileOwner, readIfThere, writePrivate } from './files.ts';

export interface JsonFile<T> {
  /** What the file holds; undefined where there is none, or one that was damaged and is set aside now. */
  readonly read: () => Promise<T | undefined>;
  readonly write: (value: T) => Promise<void>;
}

export interface JsonFileOptions<T> {
  /** Whether what was read is what we write. */
  readonly isValid: (value: unknown) => value is T;
  /** Is told, in a sentence, where a damaged file was set aside; stderr is unless given. */
  readonly report?: (message: string) => void;
  readonly owner?: FileOwner;
  /** Another file with the same, from which a damaged one is restored. */
  readonly copy?: string;
}

export function jsonFile<T>(
  file: string,
  { isValid, report = sayIt, owner, copy }: JsonFileOptions<T>,
): JsonFile<T> {
  const readText = (path: string) =>
    readIfThere(path).catch((cause) => {
      throw unusable(path, 'read', cause);
    });
  const writeTo = (path: string, value: T) =>
    writePrivate(path, `${JSON.stringify(value, null, 2)}\n`, owner).catch((cause) => {
      throw unusable(path, 'written', cause);
    });
  const restore = async (): Promise<T | undefined> => {
    const value = copy !== undefined && parse((await readText(copy)) ?? '');
    if (!isValid(value)) return undefined;
    await writeTo(file, value);
    return value;
  };
  return {
    async read() {
      const text = await readText(file);
      if (text === undefined) return undefined;
      const value = parse(text);
      if (isValid(value)) return value;
      const aside = await freeName(`${file}.damaged`);
      await rename(file, aside);
      const restored = await restore();
      const andRestored = restored === undefined ? '' : ', and restored from a copy';
      report(`The file "${file}" was corrupted. It was renamed to "${aside}"${andRestored}.`);
      return restored;
    },
    async write(value) {
      if (copy !== undefined) await writeTo(copy, value);
      await writeTo(file, value);
    },
  };
}

function unusable(file: string, verb: 'read' | 'written', cause: NodeJS.ErrnoException): Error {
  if (cause.code === 'ENOSPC' || cause.code === 'EDQUOT') return cause; // told by who knows what takes the room
  return new UserError(`"${file}" could not be ${verb}: ${cause.message}`, {
    code: 'cluster',
    hint: 'Set LESSON_STATE_DIR to a writable folder.',
    cause,
  });
}

/** Nothing that was set aside before is overwritten: `FILE.damaged`, `FILE.damaged-2`, and so on. */
async function freeName(name: string): Promise<string> {
  for (let at = 1; ; at += 1) {
    const free = at === 1 ? name : `${name}-${at}`;
    if ((await readIfThere(free)) === undefined) return free;
  }
}

const sayIt = (message: string) => process.stderr.write(`lesson: ${message}\n`);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
