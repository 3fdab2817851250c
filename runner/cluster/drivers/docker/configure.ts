// The settings that orchestration decides, in `postgresql.auto.conf`: the image has its own `postgresql.conf`.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, writePrivate } from '../../../system/files.ts';
import { shellQuoted } from '../../../system/shell-quote.ts';
import { managedSettings, type ServerSettings, settingLines } from '../driver.ts';
import { runInside } from './data-folder.ts';
import type { DockerSite } from './project.ts';

/** Only where they are not what they were: each takes a process in a container. */
export async function configure(
  site: DockerSite,
  settings: ReadonlyMap<string, ServerSettings>,
  signal: AbortSignal,
): Promise<void> {
  const { dir, state } = site;
  await Promise.all(
    [...settings].map(async ([node, own]) => {
      const text = settingLines(own);
      const file = noteFile(dir, node);
      if (text === ((await readIfThere(file)) ?? '')) return;
      await runInside(site, node, writeScript(text), { signal });
      await writePrivate(file, text, state.owner);
    }),
  );
}

/** Where data comes from elsewhere, or goes: nothing is known of its settings. */
export async function forgetSettings({ dir }: DockerSite, node: string): Promise<void> {
  await rm(noteFile(dir, node), { force: true });
}

/** What was written last. */
const noteFile = (dir: string, node: string): string => join(dir, `${node}.conf`);

const writeScript = (text: string): string => `
set -eu
cd "$PGDATA"
grep -v -E '^(${managedSettings.join('|')}) ' postgresql.auto.conf >auto.draft || true
printf '%s' ${shellQuoted(text)} >>auto.draft
chown "$(stat -c %u:%g PG_VERSION)" auto.draft
chmod 600 auto.draft
mv auto.draft postgresql.auto.conf`;
