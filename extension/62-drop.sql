-- Tables that are dropped, and what goes with them.

CREATE FUNCTION citus_internal.on_drop()
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
  IF TG_TAG = 'DROP INDEX'
     AND (SELECT count(*) > 1 AND bool_or(s.id IS NOT NULL)
            FROM pg_event_trigger_dropped_objects() d
            LEFT JOIN citus_internal.table_shape s ON s.part IN ('index', 'unique index') AND s.id = d.objid::text
           WHERE d.original)
  THEN
    RAISE feature_not_supported
    USING MESSAGE = 'cannot drop multiple distributed objects in a single command',
          HINT    = 'Try dropping each object in a separate DROP command.';
  END IF;
  FOR dropped IN
    SELECT p.logicalrelid
      FROM pg_event_trigger_dropped_objects() d
      JOIN pg_dist_partition p ON p.logicalrelid = d.objid
     WHERE d.classid  = 'pg_class'::regclass
       AND d.objsubid = 0
  LOOP
    PERFORM citus_internal.drop_shards(dropped.logicalrelid);
  END LOOP;

  IF TG_TAG <> 'ALTER TABLE' THEN  -- which is seen to when it has ended
    FOR dropped IN
      SELECT s.logicalrelid
        FROM pg_event_trigger_dropped_objects() d
        JOIN citus_internal.table_shape s
          ON d.objsubid = 0 AND s.part IN ('index', 'unique index', 'constraint') AND s.id = d.objid::text
          OR d.objsubid > 0 AND s.part = 'column' AND s.logicalrelid = d.objid AND s.id = d.objsubid::text
       GROUP BY 1
       ORDER BY NOT citus_internal.is_parent(s.logicalrelid)  -- what it drops goes from its children, too
    LOOP
      PERFORM citus_internal.reshape(dropped.logicalrelid);
    END LOOP;
  END IF;
END $$;

CREATE FUNCTION citus_internal.drop_shards(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  task  record;
  colocation int := (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = rel);
BEGIN
  FOR task IN
    SELECT groups, 'DROP TABLE IF EXISTS ' || string_agg(citus_internal.shard(rel, shardid), ', ') || ' CASCADE' AS command
      FROM citus_internal.targets(rel)
     GROUP BY groups
     ORDER BY groups
  LOOP
    PERFORM citus_internal.run_on_copies_of(task.groups, task.command);
  END LOOP;
  PERFORM citus_internal.drop_orphans();
  PERFORM citus_internal.forget_table(rel);
END $$;

-- A group lives as long as its last table, or its schema.
CREATE FUNCTION citus_internal.forget_empty_groups()
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  DELETE FROM pg_dist_colocation c
   WHERE NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.colocationid = c.colocationid)
     AND NOT EXISTS (SELECT FROM pg_dist_schema    s WHERE s.colocationid = c.colocationid);
$$;

CREATE FUNCTION citus_internal.forget_table(rel regclass)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  DELETE FROM pg_dist_placement WHERE shardid IN (SELECT shardid FROM pg_dist_shard WHERE logicalrelid = rel);
  DELETE FROM pg_dist_shard              WHERE logicalrelid = rel;
  DELETE FROM pg_dist_partition          WHERE logicalrelid = rel;
  DELETE FROM citus_internal.table_shape WHERE logicalrelid = rel;
  SELECT citus_internal.hide_on_workers(rel);
  SELECT citus_internal.forget_empty_groups();
$$;

CREATE EVENT TRIGGER citus_drop
  ON sql_drop
  EXECUTE FUNCTION citus_internal.on_drop();
