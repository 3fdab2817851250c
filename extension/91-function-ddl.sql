-- Functions and procedures are made on the workers, too, and dropped there.

CREATE FUNCTION citus_internal.on_create_function()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  made record;
BEGIN
  IF citus_internal.engine_at_work() OR (SELECT groupid FROM pg_dist_local_group) <> 0 THEN
    RETURN;
  END IF;
  FOR made IN
    SELECT DISTINCT n.groupid, p.pronamespace::regnamespace::text AS schema, pg_get_functiondef(p.oid) AS command
      FROM pg_event_trigger_ddl_commands() d
      JOIN pg_proc      p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
      JOIN pg_dist_node n ON n.groupid <> 0 AND n.isactive AND n.noderole = 'primary'
     WHERE NOT d.in_extension
       AND d.schema_name NOT LIKE 'pg\_%'
     ORDER BY n.groupid
  LOOP
    PERFORM citus_internal.run_on_group(made.groupid,
              format('SELECT citus_internal.make_function(%L, %L)', made.schema, made.command));
  END LOOP;
END $$;

-- On a worker. A function about what only the coordinator has stays there.
CREATE FUNCTION citus_internal.make_function(schema text, command text)
  RETURNS void
  LANGUAGE plpgsql
  SET check_function_bodies = off
AS $$
BEGIN
  EXECUTE pg_catalog.format('CREATE SCHEMA IF NOT EXISTS %s', schema);
  EXECUTE command;
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_function OR undefined_column THEN
  NULL;
END $$;

CREATE EVENT TRIGGER citus_create_function
  ON ddl_command_end
  WHEN TAG IN ('CREATE FUNCTION', 'CREATE PROCEDURE')
  EXECUTE FUNCTION citus_internal.on_create_function();

CREATE FUNCTION citus_internal.on_drop_function()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  dropped record;
BEGIN
  IF citus_internal.engine_at_work() OR (SELECT groupid FROM pg_dist_local_group) <> 0 THEN
    RETURN;
  END IF;
  FOR dropped IN
    SELECT d.object_identity, n.groupid
      FROM pg_event_trigger_dropped_objects() d
      JOIN pg_dist_node n ON n.groupid <> 0 AND n.isactive AND n.noderole = 'primary'
     WHERE d.classid = 'pg_proc'::regclass
       AND NOT d.is_temporary
     ORDER BY n.groupid
  LOOP
    PERFORM citus_internal.run_on_group(dropped.groupid,
              format('SELECT citus_internal.drop_function(%L)', dropped.object_identity));
  END LOOP;
END $$;

-- On a worker: unless something there still uses it.
CREATE FUNCTION citus_internal.drop_function(identity text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format('DROP ROUTINE IF EXISTS %s', identity);
EXCEPTION WHEN dependent_objects_still_exist OR undefined_object OR invalid_schema_name THEN
  NULL;
END $$;

CREATE EVENT TRIGGER citus_drop_function
  ON sql_drop
  WHEN TAG IN ('DROP FUNCTION', 'DROP PROCEDURE', 'DROP ROUTINE')
  EXECUTE FUNCTION citus_internal.on_drop_function();
