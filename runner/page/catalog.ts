// What the editor of the page completes: tables with their columns, and functions.
import { onCoordinator } from '../cluster/info.ts';
import type { Cluster } from '../cluster/port.ts';
import { query } from '../connect/query.ts';

export interface Catalog {
  /** Columns by table; the schema is named where it is not `public`. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  readonly functions: readonly string[];
}

const columns = `
  SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END, a.attname
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
     AND a.attnum > 0
     AND NOT a.attisdropped
     AND (n.nspname NOT IN ('pg_catalog', 'information_schema', 'citus_internal') AND n.nspname !~ '^pg_'
          OR c.relname ~ '^(citus_|pg_dist_|pg_stat_|pg_indexes|pg_tables)')
   ORDER BY c.relname, a.attnum`;

const functions = `
  SELECT DISTINCT proname
    FROM pg_catalog.pg_proc
   WHERE prokind IN ('f', 'a', 'p')
     AND proname !~ '^(_|pg_stat_get_|.*(_in|_out|_recv|_send)$)'
     AND (proname ~ '(citus|dist|shard|colocat|run_command|replica|wal_)' OR pronamespace <> 11
          OR prokind = 'a')
   ORDER BY 1`;

export const readCatalog = (cluster: Cluster, signal: AbortSignal): Promise<Catalog> =>
  onCoordinator(cluster, async (coordinator) => {
    const tables: Record<string, string[]> = {};
    for (const [table, column] of await query(coordinator, columns, signal)) {
      tables[table!] ??= [];
      tables[table!]!.push(column!);
    }
    const names = await query(coordinator, functions, signal);
    return { tables, functions: names.map(([name]) => name!) };
  });
