// What real Citus needs in `postgresql.conf`, where it comes with the PostgreSQL of `--pg-bin`.
import type { Installation } from '../../../programs/installation.ts';

export function citusSettings({ hasPluginList }: Installation): string {
  return `shared_preload_libraries = 'citus'
max_prepared_transactions = 200 # for two-phase commit
max_worker_processes = 16
${hasPluginList ? `output_plugin_libraries = 'pgoutput, test_decoding, wal2json, citus' # moves of shards\n` : ''}
# The servers connect on loopback. By default, Citus creates certificates and changes settings with its extension.
citus.node_conninfo = 'sslmode=disable'
citus.local_hostname = '127.0.0.1'

# Compiling takes longer than any query of a lesson.
jit = off
`;
}
