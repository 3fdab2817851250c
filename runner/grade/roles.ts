// The roles of a sandbox, as SQL for the superuser of a node: from then on nothing that an answer can reach runs as superuser.
//   lesson_student   runs the answer: owns the plain tables that the exercise gives it, may write to the distributed ones
//   lesson_reader    asks the checks: reads everything and writes nothing, for a view of the answer runs with its rights
//   lesson_link      nobody's login: owns the functions that reach workers, which connect there as lesson_student

export const studentRole = 'lesson_student';
export const readerRole = 'lesson_reader';
const linkRole = 'lesson_link';

export interface Passwords {
  readonly student: string;
  readonly reader: string;
}

export interface RoleLimits {
  /** What the files of its sorts and hashes may take, in MB. */
  readonly diskMb: number;
}

/**
 * One text, one transaction. The databases are as a reset and the lesson left them, without these roles.
 * @param hasEngine Whether the servers have the built-in engine; else they are plain PostgreSQL.
 */
export function rolesSql(
  { student, reader }: Passwords,
  { diskMb, hasEngine }: RoleLimits & { readonly hasEngine: boolean },
): string {
  return `
BEGIN;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL lock_timeout = '5s'; -- a transaction of the lesson may hold locks where an exercise starts
CREATE ROLE ${studentRole} LOGIN CONNECTION LIMIT 20 PASSWORD '${student}';
CREATE ROLE ${readerRole} LOGIN CONNECTION LIMIT 20 BYPASSRLS PASSWORD '${reader}' IN ROLE pg_read_all_data, pg_monitor;
CREATE ROLE ${linkRole};
GRANT SET ON PARAMETER lc_messages TO ${studentRole}, ${readerRole}; -- every session of ours sets it
ALTER ROLE ${studentRole} SET temp_file_limit = '${diskMb}MB';
ALTER ROLE ${studentRole} SET log_min_messages = panic; -- a flood of messages must not fill the server's log
ALTER ROLE ${studentRole} SET log_min_error_statement = panic;
${noDefiners}
${noLinks}
${hasEngine ? engineLinks({ student, reader }) + coordinatorOnly : ''}
${belongings(hasEngine)}
${hasEngine ? 'ALTER EVENT TRIGGER citus_grant DISABLE;' : ''}
COMMIT;`;
}

/** The triggers of the engine run as its owner otherwise: what they call of an answer would be the superuser's to run. */
const noDefiners = `
DO $$
DECLARE
  definer regprocedure;
BEGIN
  FOR definer IN SELECT oid FROM pg_proc WHERE prosecdef LOOP
    EXECUTE format('ALTER ROUTINE %s SECURITY INVOKER', definer);
  END LOOP;
END $$;`;

/** dblink connects to any server. */
const noLinks = `
DO $$
DECLARE
  item record;
BEGIN
  FOR item IN
    SELECT d.objid::regprocedure AS function
      FROM pg_depend    d
      JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'dblink'
     WHERE d.classid    = 'pg_proc'::regclass
       AND d.refclassid = 'pg_extension'::regclass
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', item.function);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO ${linkRole}', item.function);
  END LOOP;
END $$;`;

/** Only functions of the engine, which connect to a node of the metadata, may call dblink. */
const engineLinks = ({ student, reader }: Passwords): string => `
DO $$
DECLARE
  item record;
BEGIN
  FOR item IN
    SELECT oid::regprocedure AS function
      FROM pg_proc
     WHERE pronamespace = 'citus_internal'::regnamespace
       AND proname IN ('connect', 'run_commands', 'read_result', 'disconnect_runs')
  LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO ${linkRole}', item.function);
    EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = pg_catalog, pg_temp', item.function);
  END LOOP;
  FOR item IN
    SELECT s.srvname AS server, m.role, m.name, m.password
      FROM pg_foreign_server s,
           (VALUES ('${studentRole}', '${studentRole}', '${student}'),
                   ('${linkRole}',    '${studentRole}', '${student}'),
                   ('${readerRole}',  '${readerRole}',  '${reader}')) m (role, name, password)
  LOOP
    EXECUTE format('CREATE USER MAPPING FOR %I SERVER %I OPTIONS (user %L, password %L)',
                   item.role, item.server, item.name, item.password);
    EXECUTE format('GRANT USAGE ON FOREIGN SERVER %I TO ${linkRole}', item.server);
  END LOOP;
END $$;`;

/** What an answer creates or drops stays on the coordinator: the engine tells workers of it with the rights of a superuser. */
const coordinatorOnly = `
ALTER FUNCTION citus_internal.tell_roles SET citus.enable_ddl_propagation = off;
ALTER EVENT TRIGGER citus_object_ddl  DISABLE;
ALTER EVENT TRIGGER citus_object_drop DISABLE;
ALTER EVENT TRIGGER citus_schema_drop DISABLE;`;

/** Distributed tables stay the engine's: what changes them otherwise than by rows is the superuser's. */
const belongings = (hasEngine: boolean): string => `
DO $$
DECLARE
  item record;
BEGIN
  FOR item IN
    SELECT oid::regnamespace AS schema
      FROM pg_namespace n
     WHERE nspname !~ '^pg_'
       AND nspname NOT IN ('information_schema', 'citus')
       AND NOT EXISTS (SELECT FROM pg_depend d
                        WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %s TO ${studentRole}', item.schema);
  END LOOP;
  FOR item IN
    SELECT c.oid::regclass AS name, c.relkind AS kind,
           ${hasEngine ? 'EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = c.oid) OR' : ''}
           c.relkind = 'f' AS is_distributed
      FROM pg_class     c
      JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
       AND n.nspname !~ '^(pg_|citus)'
       AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'e', 'i')
                          AND (d.deptype = 'e' OR c.relkind = 'S'))
  LOOP
    IF item.is_distributed THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON %s TO ${studentRole}', item.name);
    ELSE
      EXECUTE format('ALTER %s %s OWNER TO ${studentRole}',
                     CASE item.kind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                                    ELSE 'TABLE' END,
                     item.name);
    END IF;
  END LOOP;
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${studentRole};
  ${hasEngine ? engineBelongings : ''}
END $$;`;

/** What the triggers of the engine read and write with the rights of whoever changes a table. */
const engineBelongings = `
  GRANT SELECT ON ALL TABLES IN SCHEMA citus_internal TO ${studentRole};
  GRANT INSERT ON citus_internal.run_here TO ${studentRole};
  FOR item IN
    SELECT c.oid::regclass AS name
      FROM pg_class c
     WHERE c.relnamespace = 'citus_internal'::regnamespace
       AND c.relname LIKE 'run\\_on\\_group%'
  LOOP
    EXECUTE format('GRANT INSERT ON %s TO ${studentRole}', item.name);
  END LOOP;`;
