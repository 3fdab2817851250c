// Which kind of cluster a name means: `local`, `docker`, `postgres`, or a URL without its password.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../system/files.ts';
import { jsonFile } from '../system/json-file.ts';
import { stateDir } from '../system/state-folder.ts';

type Kinds = Readonly<Record<string, string>>;

const kindsFile = () => jsonFile<Kinds>(join(stateDir(), 'kinds.json'), { isValid: isKinds });

function isKinds(value: unknown): value is Kinds {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((kind) => typeof kind === 'string')
  );
}

export async function readKinds(): Promise<Kinds> {
  return (await kindsFile().read()) ?? {};
}

/** What a name means. A cluster that has a folder is found again without the file. */
export async function findKind(name: string): Promise<string | undefined> {
  const known = (await readKinds())[name];
  if (known !== undefined) return known;
  const hasFolder = (folder: string) => exists(join(stateDir(), folder, name));
  if (await hasFolder('clusters')) return undefined;
  for (const kind of ['docker', 'postgres']) if (await hasFolder(kind)) return kind;
  return undefined;
}

/** From now on the name means this, unless `--cluster` says otherwise. */
export async function recordKind(name: string, cluster: string): Promise<void> {
  const known = await readKinds();
  if ((known[name] ?? 'local') === cluster) return;
  await write({ ...known, [name]: cluster });
}

export async function forgetKind(name: string): Promise<void> {
  const { [name]: _, ...others } = await readKinds();
  await write(others);
}

async function write(known: Kinds): Promise<void> {
  await mkdir(stateDir(), { recursive: true });
  await kindsFile().write(known);
}
