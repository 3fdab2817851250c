// A cluster that exists already, by its URL: an empty database with Citus in it, its workers registered.
import { withClient } from '../../runner/cluster/client.ts';
import type { Address, Cluster } from '../../runner/cluster/types.ts';
import { UserError } from '../../runner/errors.ts';

/** @throws UserError where the database holds anything that is not an extension's: it would be dropped. */
export async function clusterByUrl(url: string, signal: AbortSignal): Promise<Cluster> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const coordinator: Address = {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username) || 'postgres',
    password: decodeURIComponent(password),
    database: pathname.slice(1) || 'postgres',
  };
  const ask = (sql: string): Promise<readonly string[]> =>
    withClient(coordinator, { signal }, async (client) =>
      (await client.query({ text: sql, rowMode: 'array' })).rows.map(([first]) => String(first)),
    );
  const found = await ask(`SELECT thing FROM (${things}) AS found ORDER BY 1`);
  if (found.length > 0) {
    throw new UserError(`the database "${coordinator.database}" is not empty: ${found.join(', ')}`, {
      code: 'cluster',
      hint: 'The cases drop all that they find between two files. Give them a database of their own.',
    });
  }
  return {
    kind: 'external',
    name: url.replace(/:[^:@/]*@/, ':***@'),
    nodes: async () => [],
    log: async () => [],
    async address(node) {
      if (node === 'coordinator') return coordinator;
      throw new UserError(`cases run on the coordinator, not on "${node}"`, { code: 'lesson' });
    },
    async reset() {
      for (const drop of await ask(`SELECT drop FROM (${things}) AS found ORDER BY place`)) {
        await ask(`${drop} CASCADE`);
      }
    },
    holdRun: async () => async () => {},
    close: async () => {},
  };
}

const notOfAnExtension = (catalog: string, row: string) =>
  `NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${row} AND d.deptype = 'e')`;
const ours = (schema: string) => `${schema} <> 'information_schema' AND ${schema} !~ '^(pg_|citus|columnar)'`;

/** What a user can make and a case might, with the statement that drops it. */
const things = `
  SELECT 1 AS place, format('table %s', c.oid::regclass) AS thing, format('DROP TABLE IF EXISTS %I.%I', n.nspname, relname) AS drop
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p') AND NOT relispartition AND ${ours('nspname')} AND ${notOfAnExtension('pg_class', 'c.oid')}
  UNION ALL
  SELECT 2, format('%s %s', kind, c.oid::regclass), format('DROP %s IF EXISTS %I.%I', kind, n.nspname, relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  JOIN (VALUES ('v', 'VIEW'), ('m', 'MATERIALIZED VIEW'), ('S', 'SEQUENCE')) AS k(relkind, kind) ON k.relkind = c.relkind::text
  WHERE ${ours('nspname')} AND ${notOfAnExtension('pg_class', 'c.oid')}
  UNION ALL
  SELECT 3, format('function %s', p.oid::regprocedure), format('DROP ROUTINE IF EXISTS %s', p.oid::regprocedure)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
  WHERE ${ours('nspname')} AND ${notOfAnExtension('pg_proc', 'p.oid')}
  UNION ALL
  SELECT 4, format('type %s', t.oid::regtype), format('DROP TYPE IF EXISTS %s', t.oid::regtype)
  FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
  LEFT JOIN pg_class c ON c.oid = typrelid
  WHERE (typtype IN ('e', 'd') OR relkind = 'c') AND ${ours('nspname')} AND ${notOfAnExtension('pg_type', 't.oid')}
  UNION ALL
  SELECT 5, format('schema %I', nspname), format('DROP SCHEMA IF EXISTS %I', nspname)
  FROM pg_namespace n
  WHERE nspname <> 'public' AND ${ours('nspname')} AND ${notOfAnExtension('pg_namespace', 'n.oid')}`;
