// The backslash commands that list what a database has, each with its query: the columns of psql.
import { matching } from './name-pattern.ts';

export interface Listing {
  readonly help: string;
  readonly title: string;
  /** What there is none of, where the list is empty. */
  readonly what: string;
  /** @param pattern The argument; empty for all. */
  readonly query: (pattern: string) => string;
}

export const listings: Readonly<Record<string, Listing>> = {
  dt: {
    help: 'tables',
    title: 'List of tables',
    what: 'tables',
    query: (pattern) => relations(pattern, ['r', 'p', 'f']),
  },
  di: {
    help: 'indexes',
    title: 'List of indexes',
    what: 'indexes',
    query: (pattern) => relations(pattern, ['i', 'I']),
  },
  dv: {
    help: 'views',
    title: 'List of views',
    what: 'views',
    query: (pattern) => relations(pattern, ['v', 'm']),
  },
  df: {
    help: 'functions and procedures',
    title: 'List of functions',
    what: 'functions',
    query: (pattern) => `
      SELECT n.nspname AS "Schema",
             p.proname AS "Name",
             pg_get_function_result(p.oid) AS "Result data type",
             pg_get_function_arguments(p.oid) AS "Argument data types",
             CASE p.prokind WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' WHEN 'p' THEN 'proc' ELSE 'func' END AS "Type"
        FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE ${matching(pattern, {
         schema: 'n.nspname',
         name: 'p.proname',
         visible: 'pg_function_is_visible(p.oid)',
         own: notOfSystem,
       })}
       ORDER BY 1, 2, 4`,
  },
  dn: {
    help: 'schemas',
    title: 'List of schemas',
    what: 'schemas',
    query: (pattern) => `
      SELECT n.nspname AS "Name",
             pg_get_userbyid(n.nspowner) AS "Owner"
        FROM pg_namespace n
       WHERE ${matching(pattern, {
         name: 'n.nspname',
         own: "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
       })}
       ORDER BY 1`,
  },
  du: {
    help: 'roles',
    title: 'List of roles',
    what: 'roles',
    query: (pattern) => `
      SELECT r.rolname AS "Role name",
             concat_ws(', ',
               CASE WHEN r.rolsuper THEN 'Superuser' END,
               CASE WHEN NOT r.rolinherit THEN 'No inheritance' END,
               CASE WHEN r.rolcreaterole THEN 'Create role' END,
               CASE WHEN r.rolcreatedb THEN 'Create DB' END,
               CASE WHEN NOT r.rolcanlogin THEN 'Cannot login' END,
               CASE WHEN r.rolreplication THEN 'Replication' END,
               CASE WHEN r.rolbypassrls THEN 'Bypass RLS' END) AS "Attributes"
        FROM pg_roles r
       WHERE ${matching(pattern, { name: 'r.rolname', own: "r.rolname !~ '^pg_'" })}
       ORDER BY 1`,
  },
  l: {
    help: 'databases',
    title: 'List of databases',
    what: 'databases',
    query: (pattern) => `
      SELECT d.datname AS "Name",
             pg_get_userbyid(d.datdba) AS "Owner",
             pg_encoding_to_char(d.encoding) AS "Encoding",
             d.datcollate AS "Collate",
             d.datctype AS "Ctype",
             array_to_string(d.datacl, E'\\n') AS "Access privileges"
        FROM pg_database d
       WHERE ${matching(pattern, { name: 'd.datname' })}
       ORDER BY 1`,
  },
};

const notOfSystem = "n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema'";

/** All that `\d` alone lists. */
export const allRelations = (pattern: string) => relations(pattern, ['r', 'p', 'f', 'v', 'm', 'S']);

/** @param kinds Values of `pg_class.relkind`. */
function relations(pattern: string, kinds: readonly string[]): string {
  const ofIndex = kinds.includes('i');
  return `
      SELECT n.nspname AS "Schema",
             c.relname AS "Name",
             ${relationKind} AS "Type",
             pg_get_userbyid(c.relowner) AS "Owner"${ofIndex ? ',\n             t.relname AS "Table"' : ''}
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        ${ofIndex ? 'JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_class t ON t.oid = i.indrelid' : ''}
       WHERE c.relkind IN (${kinds.map((kind) => `'${kind}'`).join(', ')})
         AND ${matching(pattern, relationNames)}
       ORDER BY 1, 2`;
}

/** What `pg_class c` and `pg_namespace n` say of a name. */
export const relationNames = {
  schema: 'n.nspname',
  name: 'c.relname',
  visible: 'pg_table_is_visible(c.oid)',
  own: `${notOfSystem} AND n.nspname !~ '^pg_toast'`,
};

/** In words, of `pg_class c`. */
export const relationKind = `CASE c.relkind
               WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table'
               WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
               WHEN 'i' THEN 'index' WHEN 'I' THEN 'partitioned index' WHEN 'c' THEN 'composite type'
             END`;
