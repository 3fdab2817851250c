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
  IF citus_internal.engine_at_work() OR (SELECT groupid FROM pg_dist_local_group) <> 0 THEN
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
      IF made.command_tag = 'CREATE SCHEMA' THEN
        PERFORM citus_internal.create_schema_on_workers(made.objid::regnamespace);
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
    PERFORM citus_internal.rename_schema_on_workers(d.objid::regnamespace)
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

-- With copies to come, outside of the transaction: their commands go from worker to worker, and would wait for it.
CREATE FUNCTION citus_internal.create_schema_on_workers(schema regnamespace)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  command text  := format('CREATE SCHEMA IF NOT EXISTS %s', schema);
  groups  int[] := ARRAY(SELECT groupid FROM pg_dist_node
                          WHERE groupid <> 0 AND isactive AND noderole = 'primary' ORDER BY groupid);
BEGIN
  IF starts_with(schema::text, 'pg_temp') OR starts_with(schema::text, 'pg_toast') THEN
    RETURN;
  ELSIF citus_internal.setting('citus.shard_replication_factor', 1, 100) > 1 THEN
    PERFORM citus_internal.run_commands(groups, array_fill(command, ARRAY[cardinality(groups)]));
  ELSE
    PERFORM citus_internal.run_on_group(g, command) FROM unnest(groups) g;
  END IF;
END $$;

-- The old name is the one that the tables in it were last seen with; of a schema without tables, the statement's.
CREATE FUNCTION citus_internal.rename_schema_on_workers(schema regnamespace)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  new_name  name := (SELECT nspname FROM pg_namespace WHERE oid = schema);
  said      text[] := regexp_match(current_query(), '(?i)\malter\s+schema\s+("[^"]*"|[\w$]+)\s+rename\s+to\s+("[^"]*"|[\w$]+)');
  old_name  name := coalesce((SELECT t.definition
                                FROM citus_internal.table_shape t
                                JOIN pg_class                   c ON c.oid = t.logicalrelid
                               WHERE t.part = 'table'
                                 AND c.relnamespace = schema
                               LIMIT 1),
                             CASE WHEN citus_internal.is_name_of(said[2], new_name) THEN (parse_ident(said[1]))[1] END);
  partition record;
BEGIN
  IF old_name IS NULL OR old_name = new_name THEN
    RETURN;
  END IF;
  PERFORM citus_internal.run_on_group(groupid, format('SELECT citus_internal.rename_schema(%L, %L)', old_name, new_name))
     FROM pg_dist_node
    WHERE groupid <> 0
      AND isactive
      AND noderole = 'primary';
  FOR partition IN
    SELECT p.id
      FROM pg_class c
      JOIN pg_dist_partition t ON t.logicalrelid = c.oid AND t.repmodel <> 't',
           citus_internal.partitions(c.oid) p (id)
     WHERE c.relnamespace = schema
  LOOP
    EXECUTE format('ALTER FOREIGN TABLE %s OPTIONS (SET schema_name %L)', partition.id, new_name);
  END LOOP;
  UPDATE pg_dist_cleanup
     SET object_name = format('%I%s', new_name, substr(object_name, 1 + length(quote_ident(old_name))))
   WHERE starts_with(object_name, quote_ident(old_name) || '.');
  PERFORM citus_internal.remember_shape(logicalrelid) FROM pg_dist_partition;  -- others may use its types
END $$;

-- On a worker, where the schema may not be.
CREATE FUNCTION citus_internal.rename_schema(old_name name, new_name name)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format('ALTER SCHEMA %I RENAME TO %I', old_name, new_name);
EXCEPTION WHEN invalid_schema_name THEN
  NULL;
END $$;

-- By its name it comes before citus_ddl_end.
CREATE EVENT TRIGGER citus_ddl_by_schema
  ON ddl_command_end
  WHEN TAG IN ('CREATE SCHEMA', 'ALTER SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE')
  EXECUTE FUNCTION citus_internal.on_schema_ddl();

-- A schema or a type that is dropped is dropped on the workers, too, unless somebody uses it there.
CREATE FUNCTION citus_internal.on_schema_drop()
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
    SELECT d.objid, d.object_type, d.object_name, d.object_identity, n.groupid
      FROM pg_event_trigger_dropped_objects() d
      LEFT JOIN pg_dist_node n ON n.groupid <> 0 AND n.isactive AND n.noderole = 'primary'
     WHERE d.object_type IN ('schema', 'type')
       AND NOT d.is_temporary
     ORDER BY n.groupid, d.object_type DESC, d.objid DESC  -- what is in a schema, and what is made of other types, first
  LOOP
    IF dropped.object_type = 'schema' THEN
      DELETE FROM pg_dist_schema WHERE schemaid = dropped.objid;
    END IF;
    CONTINUE WHEN dropped.groupid IS NULL;
    BEGIN
      PERFORM citus_internal.drop_elsewhere(dropped.object_type, dropped.object_identity, dropped.groupid);
    EXCEPTION WHEN connection_failure THEN
      NULL;
    END;
  END LOOP;
  PERFORM citus_internal.forget_empty_groups();
END $$;

-- Where tables with copies were in a schema, other connections are still dropping their shards: a later transaction drops it.
CREATE FUNCTION citus_internal.drop_elsewhere(object_type text, identity text, target int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF object_type = 'type' THEN
    PERFORM citus_internal.run_on_group(target, format('SELECT citus_internal.drop_unused_type(%L)', identity));
  ELSIF citus_internal.ask_group(target, format('SELECT citus_internal.answer(citus_internal.drop_empty_schema(%L))', identity)) = 'locked'
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
  WHEN TAG IN ('DROP SCHEMA', 'DROP TYPE', 'DROP DOMAIN', 'DROP OWNED')
  EXECUTE FUNCTION citus_internal.on_schema_drop();
