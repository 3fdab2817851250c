-- On a worker nobody changes what is on every node: it is done on the coordinator, which tells the workers.

CREATE FUNCTION citus_internal.on_worker_ddl()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  statement      text;
  is_about_table boolean := TG_TAG ~ 'TABLE|INDEX|GRANT|REVOKE|POLICY|RULE';
BEGIN
  IF citus_internal.engine_at_work() OR citus_is_coordinator() THEN
    RETURN;
  END IF;
  statement := citus_internal.without_strings(citus_internal.statement());
  IF TG_TAG LIKE '% EXTENSION' AND citus_internal.names(statement, 'citus') THEN
    RETURN;
  END IF;
  IF TG_TAG = 'DROP TABLE' THEN
    PERFORM citus_internal.keep_shards(statement);
  END IF;
  IF NOT is_about_table AND current_setting('citus.enable_ddl_propagation', true)::boolean
     OR is_about_table
        AND (TG_TAG <> 'CREATE TABLE' OR statement ~* '\m(references|inherits|partition)\M')
        AND EXISTS (SELECT FROM citus_internal.shown_here() t JOIN pg_class c ON c.oid = t
                     WHERE citus_internal.names(statement, c.relname))
  THEN
    PERFORM citus_internal.refuse_on_worker();
  END IF;
END $$;

-- A shard that is dropped by hand would be lost.
CREATE FUNCTION citus_internal.keep_shards(statement text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  shard name := (SELECT relname
                   FROM pg_class
                  WHERE relkind IN ('r', 'p')
                    AND relname ~ '_\d{6,}$'
                    AND citus_internal.names(statement, relname)
                  LIMIT 1);
BEGIN
  IF shard IS NOT NULL
     AND NOT current_setting('citus.enable_manual_changes_to_shards')::boolean
     AND current_setting('application_name') NOT LIKE 'citus\_internal%'
     AND EXISTS (SELECT FROM pg_dist_placement JOIN pg_dist_local_group USING (groupid)
                  WHERE shardid = substring(shard FROM '_(\d{6,})$')::bigint)
  THEN
    RAISE internal_error
    USING MESSAGE = format('cannot modify "%s" because it is a shard of a distributed table', shard),
          HINT    = 'Use the distributed table or set citus.enable_manual_changes_to_shards to on to modify shards directly';
  END IF;
END $$;

CREATE EVENT TRIGGER citus_worker_ddl
  ON ddl_command_start
  WHEN TAG IN ('CREATE SCHEMA', 'CREATE EXTENSION', 'ALTER EXTENSION', 'CREATE TYPE', 'ALTER TYPE', 'CREATE DOMAIN', 'ALTER DOMAIN',
               'CREATE FUNCTION', 'CREATE PROCEDURE', 'CREATE AGGREGATE', 'CREATE VIEW', 'CREATE COLLATION',
               'CREATE TABLE', 'ALTER TABLE', 'DROP TABLE', 'ALTER FOREIGN TABLE', 'DROP FOREIGN TABLE', 'CREATE INDEX',
               'GRANT', 'REVOKE', 'CREATE POLICY', 'CREATE RULE')
  EXECUTE FUNCTION citus_internal.on_worker_ddl();
