// The data folder of a node, reached by a shell: in its container where that runs, else in one of its own.
import { docker, tryDocker } from '../../../programs/docker.ts';
import { getImage } from '../../../programs/docker-image.ts';
import { shellQuoted } from '../../../system/shell-quote.ts';
import { listVolumes } from './containers.ts';
import { containerOf, type DockerSite, volumeOf } from './project.ts';

export interface ShellOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
  readonly input?: string;
  /** The user in the container; root unless given. */
  readonly user?: string;
}

/** Runs a script of `sh` in which `$PGDATA` is the data folder. @throws UserError where it fails. */
export async function runBeside(
  site: DockerSite,
  node: string,
  script: string,
  options: ShellOptions,
): Promise<string> {
  return runWithVolumes(site, [`${volumeOf(site.name, node)}:/var/lib/postgresql`], script, options);
}

/** @param mounts As `docker run` wants them. @throws UserError where the script fails. */
export async function runWithVolumes(
  { blueprint, report }: DockerSite,
  mounts: readonly string[],
  script: string,
  { user = '0', input = '', ...options }: ShellOptions,
): Promise<string> {
  await getImage(blueprint.image, report, options.signal);
  return docker(
    [
      ...['run', '--rm', '-i', '--network', 'none', '--user', user, '--pull', 'never'],
      ...mounts.flatMap((mount) => ['-v', mount]),
      ...['--entrypoint', 'sh', blueprint.image, '-c', script],
    ],
    { ...options, input },
  );
}

/** As `runBeside`, without another container where there is one that runs. */
export async function runInside(
  site: DockerSite,
  node: string,
  script: string,
  options: ShellOptions,
): Promise<string> {
  const { user = '0', input = '', ...limits } = options;
  const container = containerOf(site.name, node);
  const inside = await tryDocker(['exec', '-i', '-u', user, container, 'sh', '-c', script], {
    ...limits,
    input,
  });
  if (inside.exitCode === 0) return inside.stdout;
  return runBeside(site, node, script, options);
}

/** Whether a file is in the data folder. A container is not asked itself: one that is paused would not answer. */
export async function hasFile(
  site: DockerSite,
  node: string,
  file: string,
  signal: AbortSignal,
): Promise<boolean> {
  const folder = await dataFolderIn(site.blueprint.image, signal);
  if (folder !== undefined) {
    const source = `${containerOf(site.name, node)}:${folder}/${file}`;
    const { exitCode, stderr } = await tryDocker(['cp', source, '-'], { signal });
    if (exitCode === 0) return true;
    if (/Could not find the file|No such container:path/.test(stderr)) return false;
  }
  if (!(await listVolumes(site.name, signal)).includes(node)) return false; // to look would make one
  const script = `[ -f "$PGDATA"/${shellQuoted(file)} ] && echo yes || echo no`;
  return (await runBeside(site, node, script, { signal })).trim() === 'yes';
}

const dataFolders = new Map<string, string>();

/** Of all containers of an image, which does not change. Undefined where Docker does not say. */
async function dataFolderIn(image: string, signal: AbortSignal): Promise<string | undefined> {
  const known = dataFolders.get(image);
  if (known !== undefined) return known;
  const format = '{{range .Config.Env}}{{println .}}{{end}}';
  const { stdout } = await tryDocker(['image', 'inspect', '-f', format, image], { signal });
  const found = /^PGDATA=(.*)$/m.exec(stdout)?.[1];
  if (found !== undefined) dataFolders.set(image, found);
  return found;
}
