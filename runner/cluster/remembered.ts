// Which kind of cluster a name means: `local`, `docker`, or a URL without its password.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere } from '../system/files.ts';
import { stateDir } from '../system/state-folder.ts';

const file = () => join(stateDir(), 'kinds.json');

export async function rememberedClusters(): Promise<Readonly<Record<string, string>>> {
  const text = await readIfThere(file());
  return text === undefined ? {} : JSON.parse(text);
}

/** From now on the name means this, unless `--cluster` says otherwise. */
export async function rememberCluster(name: string, cluster: string): Promise<void> {
  const known = await rememberedClusters();
  if ((known[name] ?? 'local') === cluster) return;
  await write({ ...known, [name]: cluster });
}

export async function forgetCluster(name: string): Promise<void> {
  const { [name]: _, ...rest } = await rememberedClusters();
  await write(rest);
}

async function write(known: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(stateDir(), { recursive: true });
  await writeFile(file(), `${JSON.stringify(known)}\n`);
}
