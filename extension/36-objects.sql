-- Objects that are on every node: roles, schemas, extensions, types, collations, functions, views. The coordinator makes them there
-- when they are made here, and on nodes that are added later.
--
-- pg_dist_object says which they are; told_object keeps what the workers were last told of each. A later ALTER tells them the
-- difference between that and what the catalog has now, whatever its wording was.

CREATE TABLE citus_internal.told_object (
  classid oid    NOT NULL,
  objid   oid    NOT NULL,
  state   jsonb  NOT NULL,
  place   bigint NOT NULL GENERATED ALWAYS AS IDENTITY,  -- what others are made of comes first
  PRIMARY KEY (classid, objid)
);

-- What there is to tell about an object: NULL for one that stays on the coordinator.
CREATE FUNCTION citus_internal.object_state(classid oid, objid oid)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
BEGIN
  RETURN jsonb_strip_nulls(CASE classid
         WHEN 'pg_extension'::regclass THEN citus_internal.extension_state(objid)
         WHEN 'pg_type'::regclass      THEN citus_internal.type_state(objid)
         WHEN 'pg_proc'::regclass      THEN citus_internal.function_state(objid)
         WHEN 'pg_authid'::regclass    THEN citus_internal.role_state(objid)
         WHEN 'pg_namespace'::regclass THEN citus_internal.schema_state(objid)
         WHEN 'pg_class'::regclass     THEN citus_internal.view_state(objid)
         WHEN 'pg_collation'::regclass THEN citus_internal.collation_state(objid)
         END);
END $$;

-- Makes the object on a node, or makes what is there equal to it.
CREATE FUNCTION citus_internal.create_object_command(classid oid, state jsonb)
  RETURNS text
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
BEGIN
  RETURN CASE classid
         WHEN 'pg_extension'::regclass THEN citus_internal.create_extension_command(state)
         WHEN 'pg_type'::regclass      THEN citus_internal.replace_type_command(state)
         WHEN 'pg_proc'::regclass      THEN citus_internal.create_function_command(state)
         WHEN 'pg_authid'::regclass    THEN citus_internal.create_role_command(state)
         WHEN 'pg_namespace'::regclass THEN citus_internal.create_schema_command(state)
         WHEN 'pg_class'::regclass     THEN citus_internal.create_view_command(state)
         WHEN 'pg_collation'::regclass THEN citus_internal.create_collation_command(state)
         END;
END $$;

CREATE FUNCTION citus_internal.alter_object_command(classid oid, was jsonb, now_is jsonb)
  RETURNS text
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
BEGIN
  RETURN CASE classid
         WHEN 'pg_extension'::regclass THEN citus_internal.alter_extension_command(was, now_is)
         WHEN 'pg_type'::regclass      THEN citus_internal.alter_type_command(was, now_is)
         WHEN 'pg_proc'::regclass      THEN citus_internal.alter_function_command(was, now_is)
         WHEN 'pg_authid'::regclass    THEN citus_internal.alter_role_command(was, now_is)
         WHEN 'pg_namespace'::regclass THEN citus_internal.alter_schema_command(was, now_is)
         WHEN 'pg_class'::regclass     THEN citus_internal.alter_view_command(was, now_is)
         WHEN 'pg_collation'::regclass THEN citus_internal.alter_collation_command(was, now_is)
         END;
END $$;

-- Gives an object on a node its name and its schema. NULL where they are the same.
CREATE FUNCTION citus_internal.rename_command(what text, was jsonb, now_is jsonb)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
  SELECT nullif(concat_ws('; ',
           CASE WHEN was -> 'name' <> now_is -> 'name'
                THEN format('ALTER %s %s RENAME TO %s', what, was ->> 'id', now_is ->> 'name') END,
           CASE WHEN was -> 'schema' <> now_is -> 'schema'
                THEN format('ALTER %s %s SET SCHEMA %s', what, was ->> 'id', now_is ->> 'schema') END), '')
$$;

CREATE FUNCTION citus_internal.drop_object_command(classid oid, state jsonb)
  RETURNS text
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
BEGIN
  RETURN CASE classid
         WHEN 'pg_extension'::regclass THEN format('DROP EXTENSION IF EXISTS %s CASCADE', state ->> 'id')
         WHEN 'pg_type'::regclass      THEN format('SELECT citus_internal.drop_unused_type(%L)', state ->> 'id')
         WHEN 'pg_proc'::regclass      THEN format('SELECT citus_internal.drop_function(%L)', state ->> 'id')
         WHEN 'pg_class'::regclass     THEN format('DROP VIEW IF EXISTS %s CASCADE', state ->> 'id')
         WHEN 'pg_collation'::regclass THEN format('SELECT citus_internal.drop_unused_collation(%L)', state ->> 'id')
         END;
END $$;

CREATE FUNCTION citus_internal.forget_object(class oid, object oid)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  DELETE FROM citus_internal.told_object WHERE (classid, objid) = (class, object);
  DELETE FROM pg_dist_object             WHERE (classid, objid) = (class, object);
$$;

CREATE FUNCTION citus_internal.active_workers()
  RETURNS int[]
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT coalesce(array_agg(groupid ORDER BY groupid), '{}')
    FROM pg_dist_node
   WHERE groupid <> 0
     AND isactive
     AND noderole = 'primary'
$$;

CREATE FUNCTION citus_internal.run_on_workers(command text)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.run_on_group(g, command) FROM unnest(citus_internal.active_workers()) g
$$;

-- One that is down is left as it is.
CREATE FUNCTION citus_internal.run_on_reachable_workers(command text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  worker int;
BEGIN
  FOREACH worker IN ARRAY citus_internal.active_workers() LOOP
    BEGIN
      PERFORM citus_internal.run_on_group(worker, command);
    EXCEPTION WHEN connection_failure THEN
      NULL;
    END;
  END LOOP;
END $$;

-- Outside of the transaction: for what is about to reach a worker on several connections, which would wait for it.
CREATE FUNCTION citus_internal.run_on_workers_apart(command text)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.run_commands(g, array_fill(command, ARRAY[cardinality(g)])) FROM citus_internal.active_workers() g
$$;

-- In the transaction. With copies of shards to come, outside of it: their commands go from worker to worker.
CREATE FUNCTION citus_internal.make_on_workers(command text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF citus_internal.setting('citus.shard_replication_factor', 1, 100) > 1 THEN
    PERFORM citus_internal.run_on_workers_apart('SET citus_internal.engine_at_work = on; ' || command);
  ELSE
    PERFORM citus_internal.run_on_workers(command);
  END IF;
END $$;

-- Notes what the workers know of an object now.
CREATE FUNCTION citus_internal.remember_object(classid oid, objid oid, state jsonb)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  INSERT INTO citus_internal.told_object VALUES (classid, objid, state)
  ON CONFLICT ON CONSTRAINT told_object_pkey DO UPDATE SET state = EXCLUDED.state;
  INSERT INTO pg_dist_object (classid, objid, objsubid) VALUES (classid, objid, 0) ON CONFLICT DO NOTHING;
$$;

-- With the extensions that it needs.
CREATE FUNCTION citus_internal.make_object(classid oid, objid oid)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  state jsonb := citus_internal.object_state(make_object.classid, make_object.objid);
BEGIN
  IF state IS NOT NULL AND NOT citus_internal.stays_local(make_object.classid, make_object.objid) THEN
    PERFORM citus_internal.make_object(d.refclassid, d.refobjid)
       FROM pg_depend d
      WHERE (d.classid, d.objid) = (make_object.classid, make_object.objid)
        AND d.refclassid = 'pg_extension'::regclass
        AND NOT EXISTS (SELECT FROM citus_internal.told_object t WHERE (t.classid, t.objid) = (d.refclassid, d.refobjid));
    PERFORM citus_internal.make_on_workers(citus_internal.create_object_command(classid, state));
    PERFORM citus_internal.remember_object(classid, objid, state);
  END IF;
END $$;

-- A function, type or view that is about the rows of a table is not on the workers, for there the table is not known.
CREATE FUNCTION citus_internal.stays_local(class oid, object oid)
  RETURNS boolean
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  needed record;
BEGIN
  SELECT pg_describe_object(class, object, 0) AS what, c.relname, p.logicalrelid IS NULL AS is_plain
    INTO needed
    FROM pg_depend d
    LEFT JOIN pg_type  t ON d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
    LEFT JOIN pg_type  e ON e.oid = t.typelem
    JOIN pg_class c ON c.oid = CASE d.refclassid WHEN 'pg_class'::regclass THEN d.refobjid
                                                 ELSE coalesce(nullif(t.typrelid, 0), e.typrelid) END
    LEFT JOIN pg_dist_partition p ON p.logicalrelid = c.oid
   WHERE d.deptype = 'n'
     AND c.relkind IN ('r', 'p', 'f', 'm')
     AND (d.classid, d.objid) IN (SELECT class, object
                                  UNION ALL
                                  SELECT 'pg_class'::regclass, typrelid FROM pg_type
                                   WHERE class = 'pg_type'::regclass AND oid = object AND typrelid <> 0
                                  UNION ALL
                                  SELECT 'pg_rewrite'::regclass, oid FROM pg_rewrite
                                   WHERE class = 'pg_class'::regclass AND ev_class = object)
   ORDER BY is_plain DESC
   LIMIT 1;
  IF needed.is_plain THEN
    RAISE WARNING USING
      MESSAGE = format('"%s" has dependency to "table %s" that is not in Citus'' metadata', needed.what, needed.relname),
      DETAIL  = format('"%s" will be created only locally', needed.what),
      HINT    = format('Distribute "table %s" first to distribute "%s"', needed.relname, needed.what);
  END IF;
  RETURN needed.is_plain IS NOT NULL;
END $$;

-- Where something has another name now: what is spelled with it is the same on the workers.
CREATE FUNCTION citus_internal.respell_all()
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  UPDATE citus_internal.told_object
     SET state = citus_internal.object_state(classid, objid)
   WHERE state <> citus_internal.object_state(classid, objid);
  SELECT citus_internal.remember_shape(logicalrelid), citus_internal.show_on_workers(logicalrelid) FROM pg_dist_partition;
$$;

-- Tells the workers how an object has changed; without arguments, how any has.
CREATE FUNCTION citus_internal.alter_objects(class oid DEFAULT NULL, object oid DEFAULT NULL)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  changed    record;
  command    text;
  is_renamed boolean := false;
BEGIN
  FOR changed IN
    SELECT classid, objid, state AS was, citus_internal.object_state(classid, objid) AS now_is
      FROM citus_internal.told_object
     WHERE class IS NULL
        OR classid = class AND objid = object
     ORDER BY place
  LOOP
    CONTINUE WHEN changed.now_is IS NULL OR changed.was = changed.now_is;
    command := citus_internal.alter_object_command(changed.classid, changed.was, changed.now_is);
    IF command <> '' THEN
      PERFORM citus_internal.run_on_workers(command);
    END IF;
    PERFORM citus_internal.remember_object(changed.classid, changed.objid, changed.now_is);
    is_renamed := is_renamed OR changed.was ->> 'id' <> changed.now_is ->> 'id'
                             OR changed.was -> 'schema' <> changed.now_is -> 'schema';
  END LOOP;
  IF is_renamed THEN
    PERFORM citus_internal.respell_all();
  END IF;
END $$;

-- What a node needs that was not there, or not active, until now.
CREATE FUNCTION citus_internal.bring_objects(target int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  command text;
BEGIN
  PERFORM citus_internal.tell_roles(outside => true);
  command := concat_ws('; ',
    (SELECT string_agg(citus_internal.create_object_command(o.classid, o.state), '; ' ORDER BY o.place) FROM citus_internal.told_object o),
    (SELECT string_agg(t.command, ' ') FROM citus_internal.shown_table t));
  IF command <> '' THEN
    PERFORM citus_internal.run_on_group(target, command);
  END IF;
END $$;
