-- Copies that come and go: a node is disabled, comes back, and gets its copies again.

-- After a change of a shard's placements: the coordinator goes another way to it.
CREATE FUNCTION citus_internal.repoint_shard(shard pg_dist_shard)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  way       name     := citus_internal.server_for(citus_internal.copies(shard.shardid));  -- made now, perhaps
  server    oid      := (SELECT oid FROM pg_foreign_server WHERE srvname = way);
  partition regclass := (SELECT to_regclass(format('citus_shards_internal.%I', citus_internal.shard_name(name, shard.shardid)))
                           FROM citus_internal.table_shape
                          WHERE logicalrelid = shard.logicalrelid AND part = 'table');  -- a parent has none
BEGIN
  -- There is no command that takes a foreign table to another server.
  UPDATE pg_foreign_table SET ftserver = server WHERE ftrelid = partition;
  UPDATE pg_depend
     SET refobjid = server
   WHERE classid    = 'pg_class'::regclass
     AND objid      = partition
     AND refclassid = 'pg_foreign_server'::regclass;
  UPDATE pg_class SET relname = relname WHERE oid = partition;
END $$;

CREATE FUNCTION pg_catalog.citus_disable_node(nodename text, nodeport integer, synchronous boolean DEFAULT false)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  node pg_dist_node := citus_internal.find_node(nodename, nodeport);
BEGIN
  IF node.groupid = 0 THEN
    RAISE internal_error
    USING MESSAGE = 'cannot change "isactive" field of the coordinator node';
  END IF;
  IF NOT synchronous
     AND node.nodeid = (SELECT n.nodeid FROM pg_dist_node n
                         WHERE n.groupid <> 0 AND n.noderole = 'primary'
                         ORDER BY n.nodename COLLATE "C", n.nodeport
                         LIMIT 1)
  THEN
    RAISE object_not_in_prerequisite_state
    USING MESSAGE = 'disabling the first worker node in the metadata is not allowed',
          DETAIL  = 'Citus uses the first worker node in the metadata for certain internal operations when '
                    'replicated tables are modified. Synchronous mode ensures that all nodes have the same view of '
                    'the first worker node, which is used for certain locking operations.',
          HINT    = format('You can force disabling node, SELECT citus_disable_node(%L, %s, synchronous:=true);',
                           nodename, nodeport);
  END IF;
  PERFORM citus_internal.check_holds_no_only_copy(node);
  UPDATE pg_dist_node n SET isactive = false WHERE n.nodeid = node.nodeid;
  DELETE FROM pg_dist_placement
   WHERE groupid = node.groupid
     AND shardid IN (SELECT shardid FROM pg_dist_shard JOIN pg_dist_partition USING (logicalrelid) WHERE repmodel = 't');
  PERFORM citus_internal.go_on_without(node.groupid);
  PERFORM citus_internal.sync_nodes();
END $$;

-- The shards that a group has copies of go on with those on active nodes.
CREATE FUNCTION citus_internal.go_on_without(leaving int)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.run_on_copies_of(
           citus_internal.copies(s.shardid),
           format('SELECT citus_internal.wire_copy(%L, %L)', citus_internal.shard(s.logicalrelid, s.shardid),
                  citus_internal.copies(s.shardid))),
         citus_internal.repoint_shard(s)
    FROM pg_dist_shard     s
    JOIN pg_dist_placement p USING (shardid)
    JOIN pg_dist_partition t USING (logicalrelid)
   WHERE p.groupid   = leaving
     AND t.repmodel <> 't'
$$;

-- What a node that was disabled still has is not up to date: it goes. Copies come back with replicate_table_shards.
CREATE FUNCTION pg_catalog.citus_activate_node(nodename text, nodeport integer)
  RETURNS integer
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  node  pg_dist_node := citus_internal.find_node(nodename, nodeport);
  stale text;
BEGIN
  IF NOT node.isactive THEN
    DELETE FROM pg_dist_placement WHERE groupid = node.groupid;
  END IF;
  SELECT string_agg(citus_internal.shard(s.logicalrelid, s.shardid), ', ')
    INTO stale
    FROM pg_dist_shard s
   WHERE NOT EXISTS (SELECT FROM pg_dist_placement p WHERE p.shardid = s.shardid AND p.groupid = node.groupid);
  PERFORM citus_internal.run_on_group(node.groupid, coalesce('DROP TABLE IF EXISTS ' || stale || ' CASCADE', 'SELECT 1'));
  UPDATE pg_dist_node n SET isactive = true, hasmetadata = true, metadatasynced = true WHERE n.nodeid = node.nodeid;
  PERFORM citus_internal.sync_nodes();
  PERFORM citus_internal.bring_objects(node.groupid);
  PERFORM citus_internal.ensure_reference_tables();
  RETURN node.nodeid;
END $$;

CREATE FUNCTION pg_catalog.replicate_table_shards(
                  relation                 regclass,
                  shard_replication_factor integer  DEFAULT current_setting('citus.shard_replication_factor')::integer,
                  max_shard_copies         integer  DEFAULT 1000000,
                  excluded_shard_list      bigint[] DEFAULT '{}',
                  shard_transfer_mode      citus.shard_transfer_mode DEFAULT 'auto')
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  shard  pg_dist_shard;
  source int[];
  target int;
  made   int := 0;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = relation AND partkey IS NOT NULL) THEN
    RAISE invalid_table_definition
    USING MESSAGE = format('relation %s is not distributed', citus_internal.bare_name(relation));
  END IF;
  FOR shard IN
    SELECT * FROM pg_dist_shard s
     WHERE s.logicalrelid = relation
       AND s.shardid <> ALL (excluded_shard_list)
     ORDER BY s.shardid
  LOOP
    LOOP
      source := citus_internal.copies(shard.shardid);
      EXIT WHEN cardinality(source) >= shard_replication_factor OR made >= max_shard_copies;
      SELECT g INTO target
        FROM unnest(citus_internal.groups_for_shards()) g
       WHERE g <> ALL (source)
       ORDER BY (SELECT count(*) FROM pg_dist_placement p WHERE p.groupid = g)
       LIMIT 1;
      IF NOT FOUND THEN
        RAISE internal_error USING MESSAGE = format('could not find a target for shard %s', shard.shardid);
      END IF;
      PERFORM citus_internal.check_transfer_mode(relation, shard_transfer_mode);
      RAISE NOTICE 'Copying shard % from %:% to %:% ...', shard.shardid,
        (SELECT nodename FROM pg_dist_node n WHERE n.groupid = source[1] AND n.noderole = 'primary'),
        (SELECT nodeport FROM pg_dist_node n WHERE n.groupid = source[1] AND n.noderole = 'primary'),
        (SELECT nodename FROM pg_dist_node n WHERE n.groupid = target    AND n.noderole = 'primary'),
        (SELECT nodeport FROM pg_dist_node n WHERE n.groupid = target    AND n.noderole = 'primary');
      PERFORM citus_internal.add_copy(shard, source, target);
      made := made + 1;
    END LOOP;
  END LOOP;
END $$;

-- Citus moves rows with logical replication unless told otherwise, and that needs a key.
CREATE FUNCTION citus_internal.check_transfer_mode(rel regclass, transfer_mode citus.shard_transfer_mode)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF transfer_mode = 'auto'
     AND NOT EXISTS (SELECT FROM pg_class WHERE oid = rel AND relreplident = 'f')
     AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = rel AND (indisprimary OR indisreplident))
  THEN
    RAISE feature_not_supported
    USING MESSAGE = format('cannot use logical replication to transfer shards of the relation %s since it doesn''t have a '
                           'REPLICA IDENTITY or PRIMARY KEY', citus_internal.bare_name(rel)),
          DETAIL  = 'UPDATE and DELETE commands on the shard will error out during logical replication unless there is a '
                    'REPLICA IDENTITY or PRIMARY KEY.',
          HINT    = 'If you wish to continue without a replica identity set the shard_transfer_mode to ''force_logical'' or '
                    '''block_writes''.';
  END IF;
END $$;

-- The commands that make an empty shard where it has not been: as create_shard_command, with its schema and the trigger
-- that refuses keys that are NULL.
CREATE FUNCTION citus_internal.new_shard_command(shard pg_dist_shard)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT coalesce(citus_internal.type_commands(shard.logicalrelid), '')
         || CASE WHEN t.definition <> 'public' THEN format('CREATE SCHEMA IF NOT EXISTS %I; ', t.definition) ELSE '' END
         || citus_internal.create_shard_command(shard.logicalrelid, shard.shardid)
         || CASE WHEN shard.shardminvalue = '-2147483648'
                 THEN citus_internal.refuse_null_key_command(shard.logicalrelid, shard.shardid,
                        column_to_column_name(p.logicalrelid, p.partkey))
                 ELSE '' END
    FROM citus_internal.table_shape t
    JOIN pg_dist_partition          p USING (logicalrelid)
   WHERE t.logicalrelid = shard.logicalrelid
     AND t.part = 'table'
$$;

-- The primary makes the new copy and fills it, then passes on to it what it is told.
CREATE FUNCTION citus_internal.add_copy(shard pg_dist_shard, source int[], target int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  command text := citus_internal.arriving_shard_command(shard)
                  || coalesce(citus_internal.foreign_key_commands(shard.logicalrelid, shard.shardid), '');
BEGIN
  PERFORM citus_internal.prepare_workers(shard.logicalrelid);
  -- All of it on one connection, which has the lock.
  PERFORM citus_internal.run_on_copies_of(source,
            format('SELECT citus_internal.make_copy(%L, %s, %L, %L)',
                   citus_internal.shard(shard.logicalrelid, shard.shardid), target, command, source || target));
  INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid) VALUES (shard.shardid, 1, 0, target);
  PERFORM citus_internal.repoint_shard(shard);
  PERFORM citus_internal.forget_orphan(shard, target);
END $$;

-- On a worker that has a copy; only the primary makes another.
CREATE FUNCTION citus_internal.make_copy(shard text, target int, command text, groups int[])
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF groups[1] = (SELECT groupid FROM pg_dist_local_group) THEN
    PERFORM citus_internal.ensure_servers();
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', shard);
    PERFORM citus_internal.run_on_group(target, command);
    PERFORM citus_internal.send_rows(shard::regclass, shard, target);
    PERFORM citus_internal.run_on_group(target, format('SELECT citus_internal.wire_copy(%L, %L)', shard, groups));
  END IF;
  PERFORM citus_internal.wire_copy(shard::regclass, groups);
END $$;
