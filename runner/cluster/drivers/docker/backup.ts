// The data of a server that runs, copied from volume to volume as `pg_basebackup` does, by a container of the same image.
import type { Following } from '../../orchestration/node-record.ts';
import { makeSlot, standbySettings } from '../../orchestration/streaming.ts';
import { docker } from './docker.ts';
import { type Project, volumeOf } from './project.ts';
import { onNode } from './registration.ts';

const copyDeadlineMs = 600_000;

/** Both volumes hold what the image keeps below /var/lib/postgresql. What is left out is in PostgreSQL's manual. */
const copy = `
set -eu
from=/from\${PGDATA#/var/lib/postgresql}
to=/to\${PGDATA#/var/lib/postgresql}
owner=$(stat -c %u:%g "$from")
rm -rf "\${to:?}"
mkdir -p "$to"
cd "$from"
for entry in *; do
  case $entry in
    postmaster.pid | postmaster.opts | standby.signal) ;;
    pg_wal | pg_replslot | pg_dynshmem | pg_notify | pg_serial | pg_snapshots | pg_stat_tmp | pg_subtrans)
      mkdir "$to/$entry"
      chmod 700 "$to/$entry"
      chown "$owner" "$to/$entry" ;;
    *) cp -a "$entry" "$to/" 2>>/tmp/errors || true ;;
  esac
done
chown "$owner" "$to"
chmod 700 "$to"
# A table that was dropped meanwhile is not missed.
! grep -v 'No such file' /tmp/errors >&2`;

/** Its settings are the other's, but for those that say whom it follows. */
const finish = `
set -eu
cd /to\${PGDATA#/var/lib/postgresql}
cat >backup_label
sed -i -E '/^(primary_conninfo|primary_slot_name|recovery_min_apply_delay|synchronous_standby_names) /d' postgresql.auto.conf
printf '%s' "$SETTINGS" >>postgresql.auto.conf
: >standby.signal
chown "$(stat -c %u:%g PG_VERSION)" backup_label standby.signal postgresql.auto.conf`;

/** Fills the volume of a standby that was not started yet. */
export async function takeBackup(
  project: Project,
  standby: string,
  follows: Following,
  signal: AbortSignal,
): Promise<void> {
  const { name, record } = project;
  const helper = (script: string, input = '') =>
    docker(
      [
        ...['run', '--rm', '-i', '--network', 'none', '--user', '0', '--pull', 'never', '-e', 'SETTINGS'],
        ...['-v', `${volumeOf(name, follows.of)}:/from:ro`, '-v', `${volumeOf(name, standby)}:/to`],
        ...['--entrypoint', 'sh', record.image, '-c', script],
      ],
      { signal, input, timeoutMs: copyDeadlineMs, env: { SETTINGS: settingsFor(standby, follows) } },
    );
  const options = { signal, database: 'template1', timeoutMs: copyDeadlineMs };
  await onNode(project, follows.of, options, async (client) => {
    if (follows.slot) await makeSlot(client, standby);
    await client.query(`SELECT pg_backup_start('standby', fast => true)`);
    await helper(copy);
    const { rows } = await client.query('SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)');
    await helper(finish, rows[0].labelfile);
  });
}

/** The password is in the environment of the server. */
function settingsFor(standby: string, follows: Following): string {
  const at = `host=${follows.of} port=5432 user=postgres application_name=${standby}`;
  const lines = [
    `primary_conninfo = '${at}'`,
    ...standbySettings({ name: standby, role: 'standby', follows }),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
