// Whether a block may have left something behind: then the cluster is no longer as it was when the block started.
import type { Cluster } from '../../cluster/port.ts';
import { query } from '../../connect/query.ts';
import { splitSql } from '../../lesson/sql.ts';
import type { Block } from '../../lesson/types.ts';
import type { Connections } from './connections.ts';

export interface Traces {
  /** Called after the block; what it says at first it says again. True also where nobody can tell. */
  readonly left: () => Promise<boolean>;
}

const unknown: Traces = { left: async () => true };

/** Statements that write only by what they call; all others are taken to write, or to change their session. */
const reads = /^\s*(?:SELECT|VALUES|TABLE|WITH|SHOW|EXPLAIN)\b/i;

/** Words of statements that write, also within WITH, and of EXPLAIN that runs what it explains. */
const writes = /\b(?:INTO|INSERT|UPDATE|DELETE|MERGE|ANALYZE|TRUNCATE)\b/i;

/** A word before a parenthesis that calls nothing which writes, waits or changes a session; any other may. */
const harmless = new Set(
  `select from where and or not in any all some exists as on using over filter values with union except intersect by case
   when then else limit offset between like array row interval numeric varchar char lateral distinct explain within group
   count sum avg min max round floor ceil ceiling abs mod power sqrt coalesce nullif greatest least
   bool_and bool_or every string_agg array_agg json_agg jsonb_agg jsonb_build_object json_build_object row_number rank
   dense_rank lag lead first_value last_value percentile_cont percentile_disc stddev variance
   length lower upper left right substr substring replace split_part concat concat_ws format trim ltrim rtrim lpad rpad
   position regexp_replace regexp_matches to_char to_date to_timestamp to_number date_trunc date_part extract age now
   md5 abs sign random generate_series unnest array_length cardinality array_to_string string_to_array pg_typeof
   current_setting to_regclass to_regtype pg_size_pretty pg_relation_size pg_total_relation_size pg_get_expr
   get_shard_id_for_distribution_column worker_hash hashint4 hashtext citus_table_size citus_relation_size
   citus_total_relation_size citus_version version current_database current_user pg_is_in_recovery`.split(
    /\s+/,
  ),
);

/** Whether one statement surely changes nothing: no table, no session. */
export const onlyReads = (sql: string): boolean =>
  reads.test(sql) && !writes.test(sql) && callsOnlyHarmless(sql);

const callsOnlyHarmless = (sql: string): boolean =>
  [...sql.matchAll(/(\w+)\s*\(/g)].every(([, word]) => harmless.has(word!.toLowerCase()));

/** Looks at the cluster before a block. */
export async function watchTraces(
  block: Block,
  text: string,
  { cluster, probes, connections, signal }: TraceContext,
): Promise<Traces> {
  if (block.kind !== 'sql' || block.everyMs !== undefined || block.stop !== undefined) return unknown;
  const statements = await splitSql(text, block.place).catch(() => undefined); // running it will say why
  if (!statements?.every(({ text: sql }) => onlyReads(sql))) return unknown;
  const before = await nextTransactions(cluster, probes, signal);
  const look = async () => {
    if (before === undefined || (await nextTransactions(cluster, probes, signal)) !== before) return true;
    const { connection } = await connections.open(block.node, block.session);
    return connection.inTransaction;
  };
  let found: Promise<boolean> | undefined;
  return {
    left() {
      found ??= look();
      return found;
    },
  };
}

export interface TraceContext {
  readonly cluster: Cluster;
  readonly connections: Pick<Connections, 'open'>;
  readonly probes: Pick<Connections, 'open'>;
  readonly signal: AbortSignal;
}

/** Whoever writes takes a number. Undefined where a server cannot be asked. */
async function nextTransactions(cluster: Cluster, probes: Pick<Connections, 'open'>, signal: AbortSignal) {
  try {
    return (await askAll(cluster, probes, signal)).join();
  } catch {
    return undefined;
  }
}

async function askAll(cluster: Cluster, probes: Pick<Connections, 'open'>, signal: AbortSignal) {
  const nodes = (await cluster.nodes()).filter(
    ({ state, follows }) => state === 'up' && follows === undefined,
  );
  const ask = async (node: string) => {
    const { connection } = await probes.open(node);
    return query(connection, 'SELECT pg_snapshot_xmax(pg_current_snapshot())', signal);
  };
  return Promise.all(nodes.map(({ name }) => ask(name)));
}
