// The data of a server that runs, copied from volume to volume as `pg_basebackup` does, by a container of the same image.

import { shellQuoted } from '../../../system/shell-quote.ts';
import { contentsLeftOut, filesLeftOut, managedSettings } from '../driver.ts';
import { forgetSettings } from './configure.ts';
import { listVolumes } from './containers.ts';
import { runWithVolumes } from './data-folder.ts';
import { compose, type DockerSite, volumeOf } from './project.ts';

const copyMs = 600_000;

/** Both volumes hold what the image keeps below /var/lib/postgresql. */
const folders = `
set -eu
from=/from\${PGDATA#/var/lib/postgresql}
to=/to\${PGDATA#/var/lib/postgresql}
half=$to.half`;

/** Beside what data there is. */
const copyScript = `${folders}
owner=$(stat -c %u:%g "$from")
rm -rf "$half"
mkdir -p "$half"
cd "$from"
for entry in *; do
  case $entry in
    ${filesLeftOut.join(' | ')}) ;;
    ${contentsLeftOut.join(' | ')})
      mkdir "$half/$entry"
      chmod 700 "$half/$entry"
      chown "$owner" "$half/$entry" ;;
    *) cp -a "$entry" "$half/" 2>>/tmp/errors || true ;;
  esac
done
sed -i -E '/^(${managedSettings.join('|')}) /d' "$half/postgresql.auto.conf"
chown "$owner" "$half"
chmod 700 "$half"
# A table that was dropped meanwhile is not missed.
! grep -v 'No such file' /tmp/errors >&2`;

const finishScript = (files: Readonly<Record<string, string>>): string =>
  [
    folders,
    'cd "$half"',
    'owner=$(stat -c %u:%g PG_VERSION)',
    ...Object.entries(files).map(
      ([file, text]) =>
        `printf '%s' ${shellQuoted(text)} >${file}; chown "$owner" ${file}; chmod 600 ${file}`,
    ),
    'rm -rf "$to"',
    'mv "$half" "$to"',
  ].join('\n');

/** @param destroy Removes the container and the volume that `to` has. */
export async function copyData(
  site: DockerSite,
  { from, to }: { readonly from: string; readonly to: string },
  destroy: () => Promise<void>,
  finish: () => Promise<Readonly<Record<string, string>>>,
  signal: AbortSignal,
): Promise<void> {
  const { name } = site;
  const mounts = [`${volumeOf(name, from)}:/from:ro`, `${volumeOf(name, to)}:/to`];
  const run = (script: string) => runWithVolumes(site, mounts, script, { signal, timeoutMs: copyMs });
  const hadData = (await listVolumes(name, signal)).includes(to);
  try {
    await compose(site, ['up', '--no-start', '--pull', 'never'], [to], { signal });
    await run(copyScript);
    const script = finishScript(await finish());
    await forgetSettings(site, to);
    await run(script);
  } catch (error) {
    if (!signal.aborted) await (hadData ? run(`${folders}\nrm -rf "$half"`) : destroy()).catch(() => {});
    throw error;
  }
}
