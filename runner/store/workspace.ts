// A place for the shell blocks of one run: an empty folder, `lesson` on the PATH, PG* for the coordinator.
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProviderOptions } from '../cluster/find-provider.ts';
import type { Address } from '../connect/address.ts';
import { libpqEnvironment, withoutLibpqVariables } from '../connect/libpq.ts';
import { UserError } from '../errors.ts';
import type { ShellEnvironment } from '../session/blocks/shell-block.ts';
import { isAlive, startMark } from '../system/processes.ts';
import { shellQuoted } from '../system/shell-quote.ts';

export interface Workspace {
  /** Made at the first call. */
  readonly shell: () => Promise<ShellEnvironment>;
  readonly remove: () => Promise<void>;
}

export function workspace(
  coordinator: () => Promise<Address>,
  { name, cluster }: ProviderOptions,
  env: Readonly<Record<string, string | undefined>>,
): Workspace {
  let dir: string | undefined;
  return {
    async shell() {
      dir ??= await makeFolders();
      return {
        cwd: path.join(dir, 'work'),
        env: {
          ...withoutLibpqVariables(env),
          PATH: [path.join(dir, 'bin'), env.PATH].join(path.delimiter),
          LESSON_NAME: name,
          LESSON_CLUSTER: cluster,
          ...libpqEnvironment(await coordinator()),
        },
      };
    },
    async remove() {
      if (dir !== undefined) await removeFolder(dir);
      await removeAbandoned();
    },
  };
}

/** The name tells whose it is. */
const ownedFolder = /^lesson-(\d+)-(\d*)-\w+$/;

async function makeFolders(): Promise<string> {
  const prefix = path.join(tmpdir(), `lesson-${process.pid}-${await startMark(process.pid)}-`);
  try {
    const dir = await mkdtemp(prefix);
    await mkdir(path.join(dir, 'work'));
    await mkdir(path.join(dir, 'bin'));
    const [node, script] = [process.execPath, process.argv[1] ?? ''].map(shellQuoted);
    const run = `LESSON_COMMAND=lesson exec ${node} ${script} "$@"`;
    const command = async (name: string, ...lines: readonly string[]) => {
      const file = path.join(dir, 'bin', name);
      await writeFile(file, `#!/bin/sh\n${lines.join('\n')}\n`);
      await chmod(file, 0o755);
    };
    await command('lesson', run);
    // In a clone the command is `npx lesson`; here npx would fetch the package of that name, which is another one.
    await command('npx', `if [ "$1" = lesson ]; then shift; ${run}; fi`, withoutOwnBin, 'exec npx "$@"');
    return dir;
  } catch (cause) {
    throw new UserError(
      `cannot make a folder for shell blocks in "${tmpdir()}": ${(cause as Error).message}`,
      {
        code: 'usage',
        hint: 'Set TMPDIR to a folder that can be written.',
        cause,
      },
    );
  }
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: for the shell
const withoutOwnBin = 'PATH=${PATH#*:}; export PATH';

/** Those of runs that were killed. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const [, pid, mark] = ownedFolder.exec(name) ?? [];
    if (pid === undefined) continue;
    if ((await isAlive(Number(pid))) && (await startMark(Number(pid))) === mark) continue;
    await removeFolder(path.join(tmpdir(), name));
  }
}

/** A block that is still at work there, or another user, may keep it. */
async function removeFolder(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true }).catch(() => {});
}
