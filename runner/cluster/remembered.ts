// Which kind of cluster a name means: `local`, `docker`, or a URL without its password.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonFile } from '../system/json-file.ts';
import { makeFolder, stateDir } from '../system/state-folder.ts';

type Kinds = Readonly<Record<string, string>>;

const kindsFile = (report?: (message: string) => void) =>
  jsonFile<Kinds>(join(stateDir(), 'kinds.json'), { isValid: isKinds, ...(report && { report }) });

function isKinds(value: unknown): value is Kinds {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((kind) => typeof kind === 'string')
  );
}

/** @param report Is told where the file was damaged, and set aside. */
export async function rememberedClusters(report?: (message: string) => void): Promise<Kinds> {
  return (await kindsFile(report).read()) ?? {};
}

/** What a name means. A cluster that has a folder is found again without the file. */
export async function rememberedCluster(
  name: string,
  report?: (message: string) => void,
): Promise<string | undefined> {
  const known = (await rememberedClusters(report))[name];
  if (known !== undefined) return known;
  const hasFolder = (folder: string) =>
    stat(join(stateDir(), folder, name)).then(
      () => true,
      () => false,
    );
  return !(await hasFolder('clusters')) && (await hasFolder('docker')) ? 'docker' : undefined;
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

async function write(known: Kinds): Promise<void> {
  await makeFolder(stateDir(), undefined);
  await kindsFile().write(known);
}
