// What PostgreSQL refuses in the place of the built-in engine, which cannot say a word then: the hint says whose limit it is.
import type { Address } from '../connect/address.ts';
import { withClient } from '../connect/client.ts';
import type { Connection, SqlFailure } from '../connect/connection.ts';

/** @param coordinator Where it is asked which tables are distributed. */
export function withEngineLimits(connection: Connection, coordinator: () => Promise<Address>): Connection {
  return {
    async run(sql, options) {
      const end = await connection.run(sql, options);
      if (end.status !== 'failed') return end;
      const hint = hintOf(end.failure);
      if (hint === undefined) return end;
      const isOfEngine = await namesDistributedTable(sql, await coordinator(), options.signal).catch(
        () => false,
      );
      return isOfEngine ? { ...end, failure: { ...end.failure, hint } } : end;
    },
    get lost() {
      return connection.lost;
    },
    get inTransaction() {
      return connection.inTransaction;
    },
    close: () => connection.close(),
  };
}

/** What to say of it if the statement is about a distributed table of the engine. */
function hintOf({ sqlstate, message, detail = '' }: SqlFailure): string | undefined {
  const isOfPartitions = /\bpartition/.test(message) || detail.includes('not supported for foreign tables');
  if (!/^(0A000|42809|42P16)$/.test(sqlstate) || !isOfPartitions) return undefined;
  const instead = message.startsWith('cannot copy from') ? ', or COPY (SELECT …) TO' : '';
  return `The built-in engine keeps the shards of a table as its partitions. Real Citus has this: use --cluster docker${instead}.`;
}

/** False on real Citus. */
const namesDistributedTable = (text: string, address: Address, signal: AbortSignal): Promise<boolean> =>
  withClient(address, { signal }, async (client) => {
    const { rowCount } = await client.query(
      String.raw`
        SELECT
          FROM pg_catalog.pg_dist_partition p
          JOIN pg_catalog.pg_class c ON c.oid = p.logicalrelid
         WHERE pg_catalog.to_regnamespace('citus_shards_internal') IS NOT NULL
           AND $1 ~* ('\m' || pg_catalog.regexp_replace(c.relname::pg_catalog.text, '(\W)', '\\\1', 'g') || '\M')`,
      [text],
    );
    return rowCount !== 0;
  });
