-- What is created, altered and dropped on the coordinator, and is on every node (36-objects.sql).

CREATE FUNCTION citus_internal.on_object_ddl()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  made        record;
  is_deferred boolean := current_setting('citus.create_object_propagation', true) = 'deferred'
                         AND transaction_timestamp() <> statement_timestamp();  -- in a transaction block
BEGIN
  IF citus_internal.stands_aside()
     OR NOT current_setting('citus.enable_ddl_propagation', true)::boolean
  THEN
    RETURN;
  END IF;
  FOR made IN
    SELECT DISTINCT whole.classid, whole.objid, o.objid IS NOT NULL AS is_told, d.command_tag LIKE 'CREATE %' AS is_new
      FROM pg_event_trigger_ddl_commands() d
      LEFT JOIN pg_class      r ON d.classid = 'pg_class'::regclass      AND r.oid = d.objid AND r.relkind = 'c'
      LEFT JOIN pg_constraint c ON d.classid = 'pg_constraint'::regclass AND c.oid      = d.objid,
           LATERAL (SELECT coalesce(r.reltype, c.contypid)) type (oid),
           LATERAL (SELECT CASE WHEN type.oid IS NULL THEN d.classid ELSE 'pg_type'::regclass END, coalesce(type.oid, d.objid))
             whole (classid, objid)
      LEFT JOIN citus_internal.told_object o USING (classid, objid)
     WHERE NOT d.in_extension
       AND coalesce(d.schema_name, '') NOT LIKE 'pg\_%'
  LOOP
    IF made.is_told THEN
      PERFORM citus_internal.alter_objects(made.classid, made.objid);
    ELSIF made.is_new AND NOT is_deferred THEN
      PERFORM citus_internal.make_object(made.classid, made.objid);
    END IF;
  END LOOP;
END $$;

CREATE EVENT TRIGGER citus_object_ddl
  ON ddl_command_end
  WHEN TAG IN ('CREATE EXTENSION', 'ALTER EXTENSION', 'CREATE TYPE', 'CREATE DOMAIN', 'ALTER TYPE', 'ALTER DOMAIN',
               'CREATE FUNCTION', 'CREATE PROCEDURE', 'CREATE AGGREGATE',
               'ALTER FUNCTION', 'ALTER PROCEDURE', 'ALTER ROUTINE', 'ALTER AGGREGATE',
               'CREATE VIEW', 'ALTER VIEW', 'CREATE COLLATION', 'ALTER COLLATION')
  EXECUTE FUNCTION citus_internal.on_object_ddl();

CREATE FUNCTION citus_internal.on_object_drop()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  dropped citus_internal.told_object;
BEGIN
  IF citus_internal.stands_aside() THEN
    RETURN;
  END IF;
  PERFORM citus_internal.alter_objects();  -- that have lost a part
  FOR dropped IN
    SELECT o.*
      FROM pg_event_trigger_dropped_objects() d
      JOIN citus_internal.told_object o USING (classid, objid)
     WHERE d.objsubid = 0
     ORDER BY o.place DESC  -- what is made of others goes first
  LOOP
    PERFORM citus_internal.forget_object(dropped.classid, dropped.objid);
    CONTINUE WHEN dropped.classid = 'pg_namespace'::regclass;  -- which goes last, when it is empty (88-schema-ddl.sql)
    PERFORM citus_internal.run_on_reachable_workers(citus_internal.drop_object_command(dropped.classid, dropped.state));
  END LOOP;
END $$;

CREATE EVENT TRIGGER citus_object_drop
  ON sql_drop
  WHEN TAG IN ('DROP EXTENSION', 'DROP TYPE', 'DROP DOMAIN', 'DROP FUNCTION', 'DROP PROCEDURE', 'DROP ROUTINE', 'DROP AGGREGATE',
               'DROP VIEW', 'DROP COLLATION', 'DROP SCHEMA', 'DROP OWNED')
  EXECUTE FUNCTION citus_internal.on_object_drop();
