-- What DDL does to distributed schemas: new schemas where the setting asks for it, new tables in them, tables that come
-- and go.
CREATE FUNCTION citus_internal.on_schema_ddl()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  made record;
BEGIN
  IF citus_internal.stands_aside() THEN
    RETURN;
  END IF;
  FOR made IN
    SELECT DISTINCT ON (d.objid)
           d.objid, d.object_type, d.command_tag, c.relnamespace, c.relname, p.partkey, p.colocationid, s.schemaid AS was_in
      FROM pg_event_trigger_ddl_commands() d
      LEFT JOIN pg_class          c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relpersistence <> 't'
      LEFT JOIN pg_dist_partition p ON p.logicalrelid = c.oid
      LEFT JOIN pg_dist_schema    s ON s.colocationid = p.colocationid
     WHERE d.object_type = 'schema'
        OR c.relkind IN ('r', 'p', 'f')
     ORDER BY d.objid
  LOOP
    IF made.object_type = 'schema' THEN
      IF made.command_tag = 'CREATE SCHEMA' AND current_setting('citus.enable_ddl_propagation', true)::boolean THEN
        PERFORM citus_internal.make_object('pg_namespace'::regclass, made.objid);
      END IF;
      IF made.command_tag = 'CREATE SCHEMA' AND current_setting('citus.enable_schema_based_sharding', true)::boolean THEN
        PERFORM citus_internal.ensure_a_node();
        PERFORM citus_internal.add_schema(made.objid::regnamespace);
      END IF;
    ELSIF made.was_in <> made.relnamespace THEN
      PERFORM citus_internal.check_leaves_schema(made.objid, made.was_in::regnamespace);
      RAISE NOTICE 'undistributing table % in distributed schema % before altering its schema',
        made.relname, made.was_in::regnamespace;
      PERFORM citus_internal.undistribute(made.objid);
    ELSIF made.was_in IS NULL
      AND citus_internal.parent(made.objid) IS NULL  -- or it is distributed with its parent
      AND EXISTS (SELECT FROM pg_dist_schema WHERE schemaid = made.relnamespace)
    THEN
      IF made.colocationid IS NOT NULL THEN
        RAISE internal_error
        USING MESSAGE = 'distributed schema cannot have distributed tables',
              HINT    = 'Undistribute distributed tables before ''ALTER TABLE SET SCHEMA''.';
      END IF;
      IF TG_TAG = 'ALTER TABLE' THEN
        RAISE NOTICE 'Moving % into distributed schema %', made.relname, made.relnamespace::regnamespace;
      END IF;
      PERFORM citus_internal.distribute_whole(made.objid, citus_internal.schema_group(made.relnamespace));
    END IF;
  END LOOP;
  IF TG_TAG = 'ALTER SCHEMA' THEN
    PERFORM citus_internal.alter_schema_on_workers(d.objid::regnamespace)
       FROM pg_event_trigger_ddl_commands() d;
  END IF;
END $$;

-- A partitioned table and its partitions stay together.
CREATE FUNCTION citus_internal.check_leaves_schema(rel regclass, schema regnamespace)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  child regclass := (SELECT c FROM citus_internal.children(rel) c LIMIT 1);
BEGIN
  IF citus_internal.parent(rel) IS NOT NULL THEN
    RAISE internal_error
    USING MESSAGE = format('set schema is not allowed for partition table %s in distributed schema %s',
                           citus_internal.bare_name(rel), schema);
  ELSIF child IS NOT NULL THEN
    RAISE internal_error
    USING MESSAGE = format('%s is not allowed for undistribute_table because it belongs to a distributed schema', child);
  END IF;
END $$;

CREATE FUNCTION citus_internal.alter_schema_on_workers(schema regnamespace)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  new_name  text := schema;
  old_name  text := (SELECT state ->> 'id' FROM citus_internal.told_object
                      WHERE (classid, objid) = ('pg_namespace'::regclass, schema));
  partition record;
BEGIN
  PERFORM citus_internal.alter_objects('pg_namespace'::regclass, schema);
  IF old_name = new_name THEN
    RETURN;
  END IF;
  FOR partition IN
    SELECT p.id
      FROM pg_class c
      JOIN pg_dist_partition t ON t.logicalrelid = c.oid AND t.repmodel <> 't',
           citus_internal.partitions(c.oid) p (id)
     WHERE c.relnamespace = schema
  LOOP
    EXECUTE format('ALTER FOREIGN TABLE %s OPTIONS (SET schema_name %L)', partition.id, (parse_ident(new_name))[1]);
  END LOOP;
  UPDATE pg_dist_cleanup
     SET object_name = new_name || substr(object_name, 1 + length(old_name))
   WHERE starts_with(object_name, old_name || '.');
END $$;

-- By its name it comes before citus_ddl_end.
CREATE EVENT TRIGGER citus_ddl_by_schema
  ON ddl_command_end
  WHEN TAG IN ('CREATE SCHEMA', 'ALTER SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE')
  EXECUTE FUNCTION citus_internal.on_schema_ddl();

-- A schema that is dropped is dropped on the workers, too, unless somebody uses it there.
CREATE FUNCTION citus_internal.on_schema_drop()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  dropped record;
BEGIN
  IF citus_internal.stands_aside() THEN
    RETURN;
  END IF;
  FOR dropped IN
    SELECT d.objid, d.object_identity, n.groupid
      FROM pg_event_trigger_dropped_objects() d
      LEFT JOIN pg_dist_node n ON n.groupid <> 0 AND n.isactive AND n.noderole = 'primary'
     WHERE d.object_type = 'schema'
       AND NOT d.is_temporary
     ORDER BY n.groupid
  LOOP
    DELETE FROM pg_dist_schema WHERE schemaid = dropped.objid;
    CONTINUE WHEN dropped.groupid IS NULL;
    BEGIN
      PERFORM citus_internal.drop_schema_elsewhere(dropped.object_identity, dropped.groupid);
    EXCEPTION WHEN connection_failure THEN
      NULL;
    END;
  END LOOP;
  PERFORM citus_internal.forget_empty_groups();
END $$;

-- Where tables with copies were in a schema, other connections are still dropping their shards: a later transaction drops it.
CREATE FUNCTION citus_internal.drop_schema_elsewhere(identity text, target int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF citus_internal.ask_group(target, format('SELECT citus_internal.answer(citus_internal.drop_empty_schema(%L))', identity)) = 'locked'
  THEN
    INSERT INTO pg_dist_cleanup (operation_id, object_type, object_name, node_group_id, policy_type)
    VALUES (pg_current_xact_id()::text::bigint, 0, identity, target, 2);
  END IF;
END $$;

-- On a worker.
CREATE FUNCTION citus_internal.drop_empty_schema(schema text)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET lock_timeout = '100ms'
AS $$
BEGIN
  PERFORM citus_internal.drop_unused_type(t.oid::regtype::text)  -- which a table was still using
     FROM pg_type t
     LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typnamespace = to_regnamespace(schema)
      AND (t.typtype IN ('e', 'd') OR c.relkind = 'c')
    ORDER BY t.oid DESC;
  EXECUTE format('DROP SCHEMA %s', schema);
  RETURN 'dropped';
EXCEPTION
  WHEN invalid_schema_name OR dependent_objects_still_exist THEN
    RETURN 'kept';
  WHEN lock_not_available THEN
    RETURN 'locked';
END $$;

CREATE EVENT TRIGGER citus_schema_drop
  ON sql_drop
  WHEN TAG IN ('DROP SCHEMA', 'DROP OWNED')
  EXECUTE FUNCTION citus_internal.on_schema_drop();
