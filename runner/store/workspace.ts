// A place for the shell blocks of one run: an empty folder, `lesson` on the PATH, PG* for the coordinator.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { libpqEnvironment } from '../cluster/connect/libpq.ts';
import type { Address } from '../cluster/port.ts';
import type { ProviderOptions } from '../cluster/provider.ts';
import type { ShellEnvironment } from '../run/shell-block.ts';

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
          ...env,
          PATH: [path.join(dir, 'bin'), env.PATH].join(path.delimiter),
          LESSON_NAME: name,
          LESSON_CLUSTER: cluster,
          ...libpqEnvironment(await coordinator()),
        },
      };
    },
    async remove() {
      if (dir !== undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

async function makeFolders(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'lesson-'));
  await mkdir(path.join(dir, 'work'));
  await mkdir(path.join(dir, 'bin'));
  const command = path.join(dir, 'bin', 'lesson');
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  await writeFile(
    command,
    `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(process.argv[1] ?? '')} "$@"\n`,
  );
  await chmod(command, 0o755);
  return dir;
}
