-- citus_move_shard_placement and citus_copy_shard_placement: what may be moved where, then the move.

CREATE FUNCTION citus_internal.check_can_move(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  model "char" := (SELECT repmodel FROM pg_dist_partition WHERE logicalrelid = rel);
BEGIN
  IF (SELECT colocationid = 0 FROM pg_dist_partition WHERE logicalrelid = rel) THEN
    RAISE feature_not_supported
    USING MESSAGE = format('table %s is a local table, moving shard of a local table added to metadata is currently not supported',
                           citus_internal.full_name(rel));
  ELSIF model IS NULL THEN
    RAISE feature_not_supported
    USING MESSAGE = format('table %s is a regular postgres table, you can only move shards of a citus table',
                           citus_internal.full_name(rel));
  ELSIF model = 't' THEN
    RAISE feature_not_supported
    USING MESSAGE = format('table %s is a reference table, moving shard of a reference table is not supported',
                           citus_internal.full_name(rel));
  END IF;
END $$;

CREATE FUNCTION citus_internal.find_shard(shardid bigint)
  RETURNS pg_dist_shard
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  shard pg_dist_shard;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  SELECT * INTO shard FROM pg_dist_shard s WHERE s.shardid = find_shard.shardid;
  IF NOT FOUND THEN
    RAISE internal_error USING MESSAGE = format('could not find valid entry for shard %s', shardid);
  END IF;
  RETURN shard;
END $$;

CREATE FUNCTION citus_internal.node_by_id(id int)
  RETURNS pg_dist_node
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  node pg_dist_node;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  SELECT * INTO node FROM pg_dist_node WHERE nodeid = id;
  IF NOT FOUND THEN
    RAISE internal_error USING MESSAGE = format('node with node id %s could not be found', id);
  END IF;
  RETURN node;
END $$;

CREATE FUNCTION citus_internal.check_ends_differ(kind text, source_name text, source_port int, target_name text, target_port int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF (source_name, source_port) = (target_name, target_port) THEN
    RAISE invalid_parameter_value USING MESSAGE = format('cannot %s shard to the same node', kind);
  END IF;
END $$;

-- The two ends of a transfer, and what Citus refuses about them. NULL where there is nothing to do.
CREATE FUNCTION citus_internal.check_transfer(
                  shard         pg_dist_shard,
                  kind          text,  -- move, copy
                  source_name   text, source_port int,
                  target_name   text, target_port int,
                  transfer_mode citus.shard_transfer_mode,
                  OUT source int, OUT target int)
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  node pg_dist_node;
BEGIN
  PERFORM citus_internal.check_can_move(shard.logicalrelid);
  SELECT * INTO node FROM pg_dist_node WHERE nodename = target_name AND nodeport = target_port;
  IF NOT FOUND THEN
    RAISE feature_not_supported
    USING MESSAGE = 'Moving shards to a non-existing node is not supported',
          HINT    = format('Add the target node via SELECT citus_add_node(%L, %s);', target_name, target_port);
  ELSIF NOT node.isactive THEN
    RAISE feature_not_supported
    USING MESSAGE = 'Moving shards to a non-active node is not supported',
          HINT    = format('Activate the target node via SELECT citus_activate_node(%L, %s);', target_name, target_port);
  ELSIF NOT node.shouldhaveshards THEN
    RAISE feature_not_supported
    USING MESSAGE = 'Moving shards to a node that shouldn''t have a shard is not supported',
          HINT    = format('Allow shards on the target node via SELECT * FROM citus_set_node_property(%L, %s, '
                           '''shouldhaveshards'', true);', target_name, target_port);
  END IF;
  target := node.groupid;

  source := (SELECT p.groupid
               FROM pg_dist_placement p
               JOIN pg_dist_node      n USING (groupid)
              WHERE p.shardid = shard.shardid AND n.nodename = source_name AND n.nodeport = source_port);
  IF EXISTS (SELECT FROM pg_dist_placement p WHERE p.shardid = shard.shardid AND p.groupid = target) THEN
    IF source IS NULL THEN
      RAISE data_exception
      USING MESSAGE = format('could not find placement matching "%s:%s"', source_name, source_port),
            HINT    = 'Confirm the placement still exists and try again.';
    ELSIF kind = 'move' THEN
      RAISE invalid_parameter_value
      USING MESSAGE = format('shard %s already exists in the target node', shard.shardid);
    END IF;
    RAISE WARNING 'shard is already present on node %:%', target_name, target_port
    USING DETAIL = 'Copy may have already completed.';
    target := NULL;
    RETURN;
  ELSIF source IS NULL THEN
    RAISE data_exception
    USING MESSAGE = format('could not find placement matching "%s:%s"', source_name, source_port),
          HINT    = 'Confirm the placement still exists and try again.';
  END IF;
  PERFORM citus_internal.check_transfer_mode(s.logicalrelid, transfer_mode)
     FROM citus_internal.colocated_shards(shard) s;
END $$;

CREATE FUNCTION pg_catalog.citus_move_shard_placement(
                  shard_id            bigint,
                  source_node_name    text, source_node_port integer,
                  target_node_name    text, target_node_port integer,
                  shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  shard pg_dist_shard;
  ends  record;
BEGIN
  PERFORM citus_internal.check_ends_differ('move', source_node_name, source_node_port, target_node_name, target_node_port);
  shard := citus_internal.find_shard(shard_id);
  PERFORM citus_internal.check_can_move(shard.logicalrelid);
  IF EXISTS (SELECT
               FROM pg_dist_partition t
               JOIN pg_dist_shard     s USING (logicalrelid),
                    pg_dist_node      n
              WHERE t.repmodel = 't'
                AND n.isactive
                AND n.noderole = 'primary'
                AND NOT EXISTS (SELECT FROM pg_dist_placement p WHERE p.shardid = s.shardid AND p.groupid = n.groupid))
  THEN
    RAISE internal_error
    USING MESSAGE = 'there are missing reference tables on some nodes',
          HINT    = 'Copy reference tables first with replicate_reference_tables() or use citus_rebalance_start() that '
                    'will do it automatically.';
  END IF;
  ends := citus_internal.check_transfer(shard, 'move', source_node_name, source_node_port,
                                        target_node_name, target_node_port, shard_transfer_mode);
  IF shard_transfer_mode <> 'block_writes' THEN
    IF current_setting('citus_internal.has_moved', true) = pg_current_xact_id()::text THEN
      RAISE feature_not_supported
      USING MESSAGE = 'moving multiple shard placements via logical replication in the same transaction is currently '
                      'not supported',
            HINT    = 'If you wish to move multiple shard placements in a single transaction set the '
                      'shard_transfer_mode to ''block_writes''.';
    END IF;
    PERFORM set_config('citus_internal.has_moved', pg_current_xact_id()::text, true);
  END IF;
  PERFORM citus_internal.move_shards(shard, ends.source, ends.target);
END $$;

CREATE FUNCTION pg_catalog.citus_move_shard_placement(
                  shard_id       bigint,
                  source_node_id integer,
                  target_node_id integer,
                  transfer_mode  citus.shard_transfer_mode DEFAULT 'auto')
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_move_shard_placement(shard_id, (f).nodename, (f).nodeport, (t).nodename, (t).nodeport, transfer_mode)
    FROM citus_internal.node_by_id(source_node_id) f,
         citus_internal.node_by_id(target_node_id) t
$$;

-- One more copy of a shard, where tables have several.
CREATE FUNCTION pg_catalog.citus_copy_shard_placement(
                  shard_id         bigint,
                  source_node_name text, source_node_port integer,
                  target_node_name text, target_node_port integer,
                  transfer_mode    citus.shard_transfer_mode DEFAULT 'auto')
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  shard pg_dist_shard;
  ends  record;
BEGIN
  PERFORM citus_internal.check_ends_differ('copy', source_node_name, source_node_port, target_node_name, target_node_port);
  shard := citus_internal.find_shard(shard_id);
  IF (SELECT repmodel = 's' FROM pg_dist_partition WHERE logicalrelid = shard.logicalrelid)
  THEN
    RAISE feature_not_supported
    USING MESSAGE = format('Table %L is streaming replicated. Shards of streaming replicated tables cannot be copied',
                           citus_internal.bare_name(shard.logicalrelid));
  END IF;
  ends := citus_internal.check_transfer(shard, 'copy', source_node_name, source_node_port,
                                        target_node_name, target_node_port, transfer_mode);
  IF ends.target IS NOT NULL THEN
    PERFORM citus_internal.add_copy(s, citus_internal.copies(s.shardid), ends.target)
       FROM citus_internal.colocated_shards(shard) s;
  END IF;
END $$;

CREATE FUNCTION pg_catalog.citus_copy_shard_placement(
                  shard_id       bigint,
                  source_node_id integer,
                  target_node_id integer,
                  transfer_mode  citus.shard_transfer_mode DEFAULT 'auto')
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_copy_shard_placement(shard_id, (f).nodename, (f).nodeport, (t).nodename, (t).nodeport, transfer_mode)
    FROM citus_internal.node_by_id(source_node_id) f,
         citus_internal.node_by_id(target_node_id) t
$$;
