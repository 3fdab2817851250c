-- Moving shards from node to node.
--
-- Rows are copied and the metadata changes in one transaction over the nodes that take part. There is no two-phase
-- commit: a node may die when others have committed. So the old shard stays, out of sight, and is dropped by a later
-- transaction, which knows that the new one is there. And what a move that failed has left on its target is dropped by
-- the next one. Shards that are co-located move together, or joins and foreign keys would break.

-- The shards that keep the same keys as this one, itself among them.
CREATE FUNCTION citus_internal.colocated_shards(shard pg_dist_shard)
  RETURNS SETOF pg_dist_shard
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT s.*
    FROM pg_dist_partition here
    JOIN pg_dist_partition t ON t.colocationid = here.colocationid
    JOIN pg_dist_shard     s ON s.logicalrelid = t.logicalrelid
   WHERE here.logicalrelid = shard.logicalrelid
     AND s.shardminvalue IS NOT DISTINCT FROM shard.shardminvalue
   ORDER BY s.shardid
$$;

-- Takes a shard and its neighbours from one group to another.
CREATE FUNCTION citus_internal.move_shards(shard pg_dist_shard, source int, target int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  moved pg_dist_shard;
BEGIN
  -- Nobody writes while rows are copied; nobody reads, either, when the way to them changes.
  FOR moved IN SELECT * FROM citus_internal.colocated_shards(shard) ORDER BY logicalrelid LOOP
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', moved.logicalrelid);
  END LOOP;
  -- What is on the target under the name of a shard that arrives is dropped on the way by which it arrives.
  PERFORM citus_internal.drop_orphans(
            ARRAY(SELECT citus_internal.shard(s.logicalrelid, s.shardid) FROM citus_internal.colocated_shards(shard) s));

  FOR moved IN SELECT * FROM citus_internal.colocated_shards(shard) LOOP
    IF cardinality(citus_internal.copies(moved.shardid)) = 1 THEN
      PERFORM citus_internal.run_on_group(target, citus_internal.arriving_shard_command(moved));
      PERFORM citus_internal.carry_rows(moved, moved, target) WHERE NOT citus_internal.is_parent(moved.logicalrelid);
    ELSE
      PERFORM citus_internal.move_copy(moved, source, target);
    END IF;
  END LOOP;

  -- Keys between shards, now that all of them are there.
  PERFORM citus_internal.run_on_group(target, citus_internal.foreign_key_commands(s.logicalrelid, s.shardid))
     FROM citus_internal.colocated_shards(shard) s
    WHERE citus_internal.foreign_key_commands(s.logicalrelid, s.shardid) IS NOT NULL
      AND cardinality(citus_internal.copies(s.shardid)) = 1;
  PERFORM citus_internal.run_on_group(target, citus_internal.attach_command(s.logicalrelid, s.shardid))
     FROM citus_internal.colocated_shards(shard) s
    WHERE citus_internal.attach_command(s.logicalrelid, s.shardid) IS NOT NULL;

  FOR moved IN SELECT * FROM citus_internal.colocated_shards(shard) ORDER BY logicalrelid LOOP
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', moved.logicalrelid);
    DELETE FROM pg_dist_placement p WHERE p.shardid = moved.shardid AND p.groupid = source;
    INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid) VALUES (moved.shardid, 1, 0, target);
    PERFORM citus_internal.repoint_shard(moved);
    PERFORM citus_internal.record_orphan(moved, source, target);
  END LOOP;
END $$;

-- Where metadata has no placement, a shard of that name is what an earlier move has left.
CREATE FUNCTION citus_internal.arriving_shard_command(shard pg_dist_shard)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('DROP TABLE IF EXISTS %s CASCADE; ', citus_internal.shard(shard.logicalrelid, shard.shardid))
         || citus_internal.new_shard_command(shard)
$$;

-- Fills a new shard with the rows of another that belong to it, through a foreign table of its own, on the connection that
-- has made it.
CREATE FUNCTION citus_internal.carry_rows(shard pg_dist_shard, arriving pg_dist_shard, target int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  way record;
BEGIN
  SELECT t.definition AS schema, citus_internal.shard_name(t.name, shard.shardid) AS name,
         citus_internal.shard_name(t.name, arriving.shardid) AS new_name,
         citus_internal.stored_columns(shard.logicalrelid) AS columns,
         (SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
            FROM pg_attribute
           WHERE attrelid = shard.logicalrelid
             AND attnum > 0
             AND NOT attisdropped
             AND attgenerated = '') AS definitions
    INTO way
    FROM citus_internal.table_shape t
   WHERE t.logicalrelid = shard.logicalrelid
     AND t.part = 'table';
  EXECUTE format('CREATE FOREIGN TABLE citus_internal.arriving_shard (%s) SERVER %I OPTIONS (schema_name %L, table_name %L)',
                 way.definitions, citus_internal.server_name(target), way.schema, way.new_name);
  EXECUTE format('INSERT INTO citus_internal.arriving_shard (%s) SELECT %1$s FROM citus_shards_internal.%I%s',
                 way.columns, way.name,
                 CASE WHEN arriving <> shard
                      THEN format(' WHERE %s BETWEEN %s AND %s',
                                  citus_internal.hash_expression(shard.logicalrelid,
                                    (SELECT quote_ident(column_to_column_name(logicalrelid, partkey))
                                       FROM pg_dist_partition WHERE logicalrelid = shard.logicalrelid)),
                                  arriving.shardminvalue, arriving.shardmaxvalue) END);
  DROP FOREIGN TABLE citus_internal.arriving_shard;
END $$;

-- One of several copies moves. The primary to be makes and fills the new one: nobody else could see the rows that this
-- transaction has written.
CREATE FUNCTION citus_internal.move_copy(shard pg_dist_shard, source int, target int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  has  int[] := citus_internal.copies(shard.shardid);
  gets int[] := array_remove(has, source) || target;
BEGIN
  PERFORM citus_internal.prepare_workers(shard.logicalrelid);
  PERFORM citus_internal.run_on_copies_of(has,
            format('SELECT citus_internal.make_copy(%L, %s, %L, %L)',
                   citus_internal.shard(shard.logicalrelid, shard.shardid), target,
                   citus_internal.arriving_shard_command(shard)
                   || coalesce(citus_internal.foreign_key_commands(shard.logicalrelid, shard.shardid), ''), gets));
END $$;

-- Where a shard is again what an earlier move has left of it, nothing is to be dropped.
CREATE FUNCTION citus_internal.forget_orphan(shard pg_dist_shard, target int)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  DELETE FROM pg_dist_cleanup
   WHERE object_name   = citus_internal.shard(shard.logicalrelid, shard.shardid)
     AND node_group_id = target;
$$;

-- What is left on the node that a shard has moved away from.
CREATE FUNCTION citus_internal.record_orphan(shard pg_dist_shard, source int, target int)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.forget_orphan(shard, target);
  INSERT INTO pg_dist_cleanup
  VALUES (nextval('pg_dist_cleanup_recordid_seq'), pg_current_xact_id()::text::bigint, 1,
          citus_internal.shard(shard.logicalrelid, shard.shardid), source, 2);
$$;

-- Drops what earlier transactions have left; what this one leaves has to wait until it is committed. Returns how much.
CREATE FUNCTION citus_internal.drop_orphans(except_for text[] DEFAULT '{}')
  RETURNS int
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  node    record;
  dropped int := 0;
BEGIN
  FOR node IN
    SELECT node_group_id, array_agg(object_name) AS names,
           concat_ws('; ', 'DROP TABLE IF EXISTS ' || string_agg(object_name, ', ') FILTER (WHERE object_type = 1) || ' CASCADE',
                     string_agg(format('SELECT citus_internal.drop_empty_schema(%L)', object_name), '; ')
                       FILTER (WHERE object_type = 0)) AS command
      FROM pg_dist_cleanup
     WHERE operation_id <> pg_current_xact_id()::text::bigint
       AND object_name  <> ALL (except_for)
       AND node_group_id IN (SELECT groupid FROM pg_dist_node WHERE isactive)
     GROUP BY 1
     ORDER BY 1
  LOOP
    BEGIN
      PERFORM citus_internal.run_on_group(node.node_group_id, node.command);
      DELETE FROM pg_dist_cleanup WHERE node_group_id = node.node_group_id AND object_name = ANY (node.names);
      dropped := dropped + cardinality(node.names);
    EXCEPTION WHEN connection_failure THEN
      NULL;  -- a node that is down is cleaned another time
    END;
  END LOOP;
  RETURN dropped;
END $$;

CREATE PROCEDURE pg_catalog.citus_cleanup_orphaned_resources()
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  dropped int;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  dropped := citus_internal.drop_orphans();
  IF dropped > 0 THEN
    RAISE NOTICE 'cleaned up % orphaned resources', dropped;
  END IF;
END $$;
