-- Spreading shards anew: over a new node, or away from one that shall go.

CREATE FUNCTION pg_catalog.get_rebalance_table_shards_plan(
                  relation              regclass DEFAULT NULL,
                  threshold             real     DEFAULT NULL,
                  max_shard_moves       integer  DEFAULT 1000000,
                  excluded_shard_list   bigint[] DEFAULT '{}',
                  drain_only            boolean  DEFAULT false,
                  rebalance_strategy    name     DEFAULT NULL,
                  improvement_threshold real     DEFAULT NULL)
  RETURNS TABLE (table_name regclass, shardid bigint, shard_size bigint,
                 sourcename text, sourceport integer, targetname text, targetport integer)
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
#variable_conflict use_column
DECLARE
  strategy pg_dist_rebalance_strategy := citus_internal.rebalance_strategy(rebalance_strategy);
  bound    real                       := coalesce(threshold, strategy.default_threshold);
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  IF relation IS NOT NULL THEN
    PERFORM citus_internal.check_can_move(relation);
  END IF;
  IF bound < strategy.minimum_threshold THEN
    RAISE WARNING 'the given threshold is lower than the minimum threshold allowed by the rebalance strategy, using the '
                  'minimum allowed threshold instead'
    USING DETAIL = format('Using threshold of %s', round(strategy.minimum_threshold::numeric, 2));
    bound := strategy.minimum_threshold;
  END IF;
  RETURN QUERY
  SELECT s.logicalrelid::regclass, s.shardid, 0::bigint, f.nodename, f.nodeport, t.nodename, t.nodeport
    FROM citus_internal.plan_moves(relation, strategy, bound,
           coalesce(improvement_threshold, strategy.improvement_threshold), max_shard_moves, excluded_shard_list, drain_only)
           WITH ORDINALITY m (shardid, source, target, number)
    JOIN pg_dist_shard here USING (shardid)
    JOIN pg_dist_node f ON f.nodeid = m.source
    JOIN pg_dist_node t ON t.nodeid = m.target,
         citus_internal.colocated_shards(here) s
   ORDER BY m.number, s.shardid;
END $$;

CREATE FUNCTION citus_internal.move_aloud(shardid bigint, source int, target int, transfer_mode citus.shard_transfer_mode)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  shard  pg_dist_shard := citus_internal.find_shard(shardid);
  from_  pg_dist_node  := citus_internal.node_by_id(source);
  to_    pg_dist_node  := citus_internal.node_by_id(target);
BEGIN
  PERFORM citus_internal.check_transfer_mode(s.logicalrelid, transfer_mode)
     FROM citus_internal.colocated_shards(shard) s;
  RAISE NOTICE 'Moving shard % from %:% to %:% ...', shardid, from_.nodename, from_.nodeport, to_.nodename, to_.nodeport;
  PERFORM citus_internal.move_shards(shard, from_.groupid, to_.groupid);
END $$;

CREATE FUNCTION pg_catalog.rebalance_table_shards(
                  relation            regclass DEFAULT NULL,
                  threshold           real     DEFAULT NULL,
                  max_shard_moves     integer  DEFAULT 1000000,
                  excluded_shard_list bigint[] DEFAULT '{}',
                  shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto',
                  drain_only          boolean  DEFAULT false,
                  rebalance_strategy  name     DEFAULT NULL)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  strategy pg_dist_rebalance_strategy := citus_internal.rebalance_strategy(rebalance_strategy);
  move     record;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  IF relation IS NOT NULL THEN
    PERFORM citus_internal.check_can_move(relation);
  END IF;
  PERFORM citus_internal.ensure_reference_tables();
  FOR move IN
    SELECT * FROM citus_internal.plan_moves(relation, strategy, coalesce(threshold, strategy.default_threshold),
                    strategy.improvement_threshold, max_shard_moves, excluded_shard_list, drain_only)
  LOOP
    PERFORM citus_internal.move_aloud(move.shardid, move.source, move.target, shard_transfer_mode);
  END LOOP;
END $$;

-- Takes all shards away from a node, and gives it no new ones.
CREATE FUNCTION pg_catalog.citus_drain_node(
                  nodename            text,
                  nodeport            integer,
                  shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto',
                  rebalance_strategy  name DEFAULT NULL)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  strategy pg_dist_rebalance_strategy;
  node     pg_dist_node;
  move     record;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  strategy := citus_internal.rebalance_strategy(rebalance_strategy);
  SELECT * INTO node FROM pg_dist_node n WHERE (n.nodename, n.nodeport) = (citus_drain_node.nodename, citus_drain_node.nodeport);
  IF NOT FOUND THEN
    RAISE no_data_found USING MESSAGE = format('node %s:%s not found', nodename, nodeport);
  END IF;
  PERFORM citus_set_node_property(nodename, nodeport, 'shouldhaveshards', false);
  PERFORM citus_internal.ensure_reference_tables();
  FOR move IN
    SELECT * FROM citus_internal.plan_moves(NULL, strategy, strategy.default_threshold, strategy.improvement_threshold,
                    1000000, '{}', true, node.nodeid)
  LOOP
    PERFORM citus_internal.move_aloud(move.shardid, move.source, move.target, shard_transfer_mode);
  END LOOP;
END $$;

-- Without logical replication there is nothing to be gained from moving in the background. So no move is ever in progress.
CREATE FUNCTION pg_catalog.get_rebalance_progress()
  RETURNS TABLE (sessionid integer, table_name regclass, shardid bigint, shard_size bigint, sourcename text,
                 sourceport integer, targetname text, targetport integer, progress bigint, source_shard_size bigint,
                 target_shard_size bigint, operation_type text, source_lsn pg_lsn, target_lsn pg_lsn, status text)
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT NULL::integer, NULL::regclass, NULL::bigint, NULL::bigint, NULL::text, NULL::integer, NULL::text, NULL::integer,
         NULL::bigint, NULL::bigint, NULL::bigint, NULL::text, NULL::pg_lsn, NULL::pg_lsn, NULL::text
   WHERE false
$$;
