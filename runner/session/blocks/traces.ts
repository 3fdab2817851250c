// Whether a block may have left something behind: then the cluster is no longer as it was when the block started.
import type { Cluster } from '../../cluster/port.ts';
import { query } from '../../connect/query.ts';
import { splitSql } from '../../lesson/sql.ts';
import type { Block } from '../../lesson/types.ts';
import type { Connections } from './connections.ts';

export interface Traces {
  /** Called after the block. True also where nobody can tell. */
  readonly left: () => Promise<boolean>;
}

const unknown: Traces = { left: async () => true };

/** Statements that write only by what they call; all others are taken to write, or to change their session. */
const reads = /^\s*(?:SELECT|VALUES|TABLE|WITH|SHOW|EXPLAIN)\b/i;

/** What leaves something behind without a transaction of its own. */
const leaves =
  /\b(?:nextval|setval|set_config|currval|lastval|pg_(?:try_)?advisory\w*|pg_\w*slot\w*|pg_reload_conf|pg_terminate_backend|pg_promote|pg_switch_wal|lo_\w+|dblink\w*)\b|\bINTO\b/i;

/** Looks at the cluster before a block. */
export async function watchTraces(
  block: Block,
  text: string,
  { cluster, probes, connections, signal }: TraceContext,
): Promise<Traces> {
  if (block.kind !== 'sql' || block.everyMs !== undefined) return unknown;
  const statements = await splitSql(text, { file: block.place.file, line: block.place.line + 1 });
  if (!statements.every((statement) => reads.test(statement.text) && !leaves.test(statement.text)))
    return unknown;
  const before = await nextTransactions(cluster, probes, signal);
  return {
    async left() {
      if (before === undefined || (await nextTransactions(cluster, probes, signal)) !== before) return true;
      const { connection } = await connections.open(block.node, block.session);
      const isInTransaction = 'SELECT now() <> statement_timestamp()';
      return query(connection, isInTransaction, signal).then(
        ([row]) => row?.[0] === 't',
        () => true, // the transaction failed
      );
    },
  };
}

export interface TraceContext {
  readonly cluster: Cluster;
  readonly connections: Connections;
  readonly probes: Connections;
  readonly signal: AbortSignal;
}

/** Whoever writes takes a number. Undefined where a server cannot be asked. */
async function nextTransactions(cluster: Cluster, probes: Connections, signal: AbortSignal) {
  const nodes = (await cluster.nodes()).filter(
    ({ state, follows }) => state === 'up' && follows === undefined,
  );
  const ask = async (node: string) => {
    const { connection } = await probes.open(node);
    return query(connection, 'SELECT pg_snapshot_xmax(pg_current_snapshot())', signal);
  };
  return Promise.all(nodes.map(({ name }) => ask(name))).then(
    (rows) => rows.join(),
    () => undefined,
  );
}
