// What a user can make in a database, and the statement that drops it. What belongs to an extension is not among it.

/** The schema that says: all else here was made by lessons. */
export const markerSchema = 'lesson_in_progress';

const notOfAnExtension = (catalog: string, row: string) =>
  `NOT EXISTS (SELECT
                 FROM pg_depend d
                WHERE d.classid = '${catalog}'::regclass
                  AND d.objid = ${row}
                  AND d.deptype = 'e')`;

const ours = (schema: string) =>
  `${schema} NOT IN ('information_schema', '${markerSchema}') AND ${schema} !~ '^(pg_|citus|columnar)'`;

/** Rows of (drop_order, object, drop); in the order of `drop_order` little is left for CASCADE to find. */
export const objects = `
SELECT 1 AS drop_order,
       format('table %s', c.oid::regclass) AS object,
       format('DROP %s IF EXISTS %I.%I CASCADE', CASE relkind WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, nspname, relname) AS drop
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = relnamespace
 WHERE relkind IN ('r', 'p', 'f')
   AND NOT relispartition
   AND ${ours('nspname')}
   AND ${notOfAnExtension('pg_class', 'c.oid')}
 UNION ALL
SELECT 2, format('%s %s', lower(kind), c.oid::regclass), format('DROP %s IF EXISTS %I.%I CASCADE', kind, nspname, relname)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = relnamespace
  JOIN (VALUES ('v', 'VIEW'), ('m', 'MATERIALIZED VIEW'), ('S', 'SEQUENCE')) AS k (relkind, kind) ON k.relkind = c.relkind::text
 WHERE ${ours('nspname')}
   AND ${notOfAnExtension('pg_class', 'c.oid')}
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
 UNION ALL
SELECT 3, format('function %s', p.oid::regprocedure), format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure)
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = pronamespace
 WHERE ${ours('nspname')}
   AND ${notOfAnExtension('pg_proc', 'p.oid')}
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'i')
 UNION ALL
SELECT 4, format('type %s', t.oid::regtype), format('DROP TYPE IF EXISTS %s CASCADE', t.oid::regtype)
  FROM pg_type t
  JOIN pg_namespace n ON n.oid = typnamespace
  LEFT JOIN pg_class c ON c.oid = typrelid
 WHERE (typtype IN ('e', 'd', 'r') OR relkind = 'c')
   AND ${ours('nspname')}
   AND ${notOfAnExtension('pg_type', 't.oid')}
 UNION ALL
SELECT 5, format('schema %I', nspname), format('DROP SCHEMA IF EXISTS %I CASCADE', nspname)
  FROM pg_namespace n
 WHERE nspname <> 'public'
   AND ${ours('nspname')}
   AND ${notOfAnExtension('pg_namespace', 'n.oid')}
 UNION ALL
SELECT 6, format('publication %I', pubname), format('DROP PUBLICATION IF EXISTS %I', pubname)
  FROM pg_publication
 UNION ALL
SELECT 7, format('server %I', srvname), format('DROP SERVER IF EXISTS %I CASCADE', srvname)
  FROM pg_foreign_server s
 WHERE srvname !~ ':[0-9]+$' -- the built-in engine's own
   AND ${notOfAnExtension('pg_foreign_server', 's.oid')}`;
