// Passwords in a file, as libpq's manual says in "The Password File".
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface PassFile {
  /** The password for a server; undefined where no line is for it. */
  readonly find: (server: Server) => string | undefined;
  /** Why the file is not used though it is there. */
  readonly ignored?: string;
}

interface Server {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export async function readPassFile(named: string | undefined, env: Environment): Promise<PassFile> {
  const file = named ?? env.PGPASSFILE ?? usualFile(env);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return { find: () => undefined };
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    return {
      find: () => undefined,
      ignored: `"${file}" is ignored: it has group or world access. Run "chmod 600 ${file}".`,
    };
  }
  const text = await readFile(file, 'utf8').catch(() => '');
  return { find: (server) => findPassword(text, server) };
}

function usualFile({ HOME, APPDATA = '' }: Environment): string {
  return process.platform === 'win32'
    ? join(APPDATA, 'postgresql', 'pgpass.conf')
    : join(HOME || homedir(), '.pgpass');
}

/** The first line that fits. Fields end at a colon; a backslash takes the meaning from what follows; * fits everything. */
export function findPassword(text: string, { host, port, database, user }: Server): string | undefined {
  // A socket is a server on this machine.
  const wanted = [host.startsWith('/') ? 'localhost' : host, String(port), database, user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = line.match(/(?:\\.|[^:\\])+|(?<=:)(?=:|$)/g) ?? [];
    if (fields.length < 5) continue;
    const fits = wanted.every((value, i) => fields[i] === '*' || plain(fields[i]!) === value);
    if (fits) return plain(fields[4]!);
  }
  return undefined;
}

const plain = (field: string): string => field.replace(/\\(.)/g, '$1');
