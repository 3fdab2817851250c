// Who runs the servers. PostgreSQL refuses to run as root, so root hands them, and their files, to somebody else.
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../errors.ts';

export interface Owner {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export const isRoot = process.getuid?.() === 0;

/**
 * The user to run servers as; undefined where this process is not root's: then they run as its own user. `initdb` wants an entry in the
 * list of users, so a bare number will not do.
 */
export async function findOwner(passwdFile = '/etc/passwd'): Promise<Owner | undefined> {
  if (!isRoot) return undefined;
  const users = (await readFile(passwdFile, 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find(([user]) => user === name) ?? [];
    if (Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new UserError(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as',
    {
      code: 'cluster',
      hint: 'Create one ("useradd --system postgres"), or run this as an ordinary user.',
    },
  );
}

/** The folder on the way to `path`, itself included, that the owner may not enter; undefined where the way is free. */
export async function barredFolder(path: string, owner: Owner): Promise<string | undefined> {
  for (let dir = path; ; dir = dirname(dir)) {
    const { mode, uid, gid } = await stat(dir);
    const enter = uid === owner.uid ? 0o100 : gid === owner.gid ? 0o010 : 0o001;
    if ((mode & enter) === 0) return dir;
    if (dir === dirname(dir)) return undefined;
  }
}
