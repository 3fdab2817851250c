// The files of a zip from a stranger, in memory: nothing is written to where its paths say, and a bomb is not unpacked.
import { type UnzipFileInfo, unzipSync } from 'fflate';
import { UserError } from '../errors.ts';
import { mostBytes } from './submission.ts';

/** Of all files together. */
const mostBytesInAll = 50_000_000;
const mostFiles = 20_000;

/** By path. @throws UserError for a zip that is none, too large, or has paths that leave it. */
export function readZip(shown: string, bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new UserError(`cannot read the zip "${shown}": ${reason}`, { code: 'usage', cause });
  };
  let files = 0;
  let total = 0;
  const isWanted = ({ name, originalSize }: UnzipFileInfo): boolean => {
    files += 1;
    if (files > mostFiles) refuse(`it has more than ${mostFiles} files`);
    if (leaves(name)) refuse(`the path "${name}" leads out of it`);
    if (!/\.(sql|sh)$/.test(name)) return false;
    if (originalSize > mostBytes) refuse(`"${name}" has more than ${mostBytes / 1000} kB`);
    total += originalSize;
    if (total > mostBytesInAll) refuse(`its files have more than ${mostBytesInAll / 1e6} MB`);
    return true;
  };
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter: isWanted })));
  } catch (error) {
    if (error instanceof UserError) throw error;
    return refuse((error as Error).message, error);
  }
}

const leaves = (name: string): boolean =>
  name.startsWith('/') || /^[a-z]:/i.test(name) || name.includes('\\') || name.split('/').includes('..');
