// Where the local clusters live on this machine, and who owns what is there.
//   bin/ the binaries, where they had to be copied     templates/ data to copy     clusters/NAME/     locks/
import { lchown, mkdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { exists } from './files.ts';
import { barredFolder, findOwner, isRoot, type Owner } from './owner.ts';

export interface StateFolder {
  readonly dir: string;
  /** Set where the servers run as somebody else than this process. */
  readonly owner: Owner | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder for all state: `LESSON_STATE_DIR`, else what is usual for the user and the platform. */
export function stateDir(env: Environment = process.env, platform = process.platform, root = isRoot): string {
  if (env.LESSON_STATE_DIR) return resolve(env.LESSON_STATE_DIR);
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'lesson');
  if (root) return '/var/lib/lesson';
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'lesson');
}

/** Makes the folder for state and those in it. */
export async function openStateFolder(dir = stateDir()): Promise<StateFolder> {
  const owner = await findOwner();
  // pg_ctl puts paths between double quotes for a shell, extension_control_path between colons.
  if (process.platform !== 'win32' && /["$`\\:\n]/.test(dir)) {
    throw unusable(dir, 'PostgreSQL does not support a path with a quote, $, backslash, colon or line break');
  }
  try {
    for (const part of ['', 'clusters', 'locks', 'templates']) await makeFolder(join(dir, part), owner);
    dir = await realpath(dir);
  } catch (error) {
    throw unusable(dir, (error as Error).message, error);
  }
  const barred = owner && (await barredFolder(dir, owner));
  if (barred) throw unusable(dir, `the servers run as user "${owner.name}", which cannot access "${barred}"`);
  return { dir, owner };
}

/**
 * Makes a folder that only the owner of the servers can enter, and those above it that are missing. Not with `recursive`:
 * where a file system takes no folders (/proc), Node tries for ever.
 */
export async function makeFolder(dir: string, owner: Owner | undefined): Promise<void> {
  if (await exists(dir)) return;
  await makeFolder(dirname(dir), owner);
  await mkdir(dir, { mode: 0o700 }).catch(async (error) => {
    if (!(await exists(dir))) throw error; // somebody else made it just now
  });
  if (owner) await lchown(dir, owner.uid, owner.gid);
}

function unusable(dir: string, why: string, cause?: unknown): UserError {
  return new UserError(`could not store clusters in "${dir}": ${why}`, {
    code: 'cluster',
    hint: 'Set LESSON_STATE_DIR to a writable folder.',
    cause,
  });
}
