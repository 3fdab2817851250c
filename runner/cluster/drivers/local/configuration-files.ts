// The configuration files of a server: small, quick, closed to others, and allowed to lose everything.
import { type ServerSettings, settingLines, settingValue } from '../driver.ts';

export interface ConfigurationOptions {
  /** Names the processes of this server, and of no other, in a list of processes. */
  readonly title: string;
  /** `coordinator=127.0.0.1:20001 worker-1=127.0.0.1:20002`, for the engine; absent where there is none. */
  readonly addresses: string | undefined;
  /** What orchestration has decided. */
  readonly own: ServerSettings;
  /** The engine's own lines. */
  readonly engine: string;
  /** The folder with the engine's `extension/`; absent where PostgreSQL has the engine itself. */
  readonly engineDir: string | undefined;
  /** PostgreSQL's, which knows not every setting in every version. */
  readonly major: number;
}

/** The text of `postgresql.conf`. The port is on the command line, where no ALTER SYSTEM can change it. */
export function postgresqlConf(options: ConfigurationOptions): string {
  const { title, addresses, own, engine, engineDir, major } = options;
  return `# Written by lesson at each start: changes to this file are lost. ALTER SYSTEM lasts until the next lesson.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
${major >= 16 ? 'scram_iterations = 1 # the password is random and long' : ''}
max_connections = 100
cluster_name = ${settingValue(title)}

# Lessons can be repeated: after a power failure the data is not used again.
fsync = off
full_page_writes = off
shared_buffers = 32MB
${major >= 18 ? 'io_method = sync # three fewer processes at each start' : ''}
dynamic_shared_memory_type = mmap # in the data folder; /dev/shm is small in containers
min_wal_size = 4MB
max_wal_size = 64MB
max_slot_wal_keep_size = 256MB

wal_level = logical
max_wal_senders = 10
hot_standby = on
wal_sender_timeout = 15s # a server is stopped within 30 s, though a standby of it is paused
wal_retrieve_retry_interval = 500ms # a standby follows again soon after its primary has come back
wal_log_hints = on
wal_keep_size = 64MB # for a standby that was away for a while
${settingLines(own)}
# Clients show failed statements; a million of them must not fill the disk.
log_min_messages = log
log_checkpoints = off
log_line_prefix = '%m [%p] '
log_timezone = 'UTC'
timezone = 'UTC'
datestyle = 'ISO, MDY'
lc_messages = 'C'
lc_monetary = 'C'
lc_numeric = 'C'
lc_time = 'C'
default_text_search_config = 'pg_catalog.english'

${engineDir === undefined ? '' : `extension_control_path = ${settingValue(extensionPath(engineDir))}`}
${addresses === undefined ? '' : `lesson.addresses = ${settingValue(addresses)}`}

${engine}`;
}

/** The text of `pg_hba.conf`: a password on loopback, nothing else. */
export const pgHbaConf = `# TYPE  DATABASE     USER  ADDRESS       METHOD
host    all          all   127.0.0.1/32  scram-sha-256
host    replication  all   127.0.0.1/32  scram-sha-256
`;

/** Where a server looks for extensions: in a folder of ours, then where PostgreSQL has its own. */
export const extensionPath = (engineDir: string): string =>
  `${engineDir}${process.platform === 'win32' ? ';' : ':'}$system`;
