-- One step of the plan: the next move that makes the load of a list more even, if there is one.

CREATE FUNCTION citus_internal.next_move(
                  places      citus_internal.planned_placement[],
                  list        int,
                  strategy    pg_dist_rebalance_strategy,
                  threshold   float8,
                  improvement float8,
                  OUT shardid bigint, OUT source int, OUT target int)
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
#variable_conflict use_column
DECLARE
  nodes   citus_internal.planned_node[] :=
            ARRAY(SELECT n FROM citus_internal.planned_nodes(places, next_move.list, strategy) n);
  average float8 := (SELECT sum(total) / nullif(sum(capacity), 0) FROM unnest(nodes) n);
  lower   float8 := average * (1 - threshold);
  upper   float8 := average * (1 + threshold);
  full_   citus_internal.planned_node;
  empty   citus_internal.planned_node;
  shard   citus_internal.planned_placement;
  full_then  float8;
  empty_then float8;
BEGIN
  FOR full_ IN SELECT * FROM unnest(nodes) n ORDER BY n.utilization DESC, n.capacity, n.nodeid DESC LOOP
    EXIT WHEN full_.utilization <= lower;
    FOR empty IN SELECT * FROM unnest(nodes) n ORDER BY n.utilization, n.capacity DESC, n.nodeid LOOP
      EXIT WHEN empty.utilization >= upper
             OR empty.utilization >= lower AND full_.utilization <= upper;  -- both are well as they are
      FOR shard IN
        SELECT p.*
          FROM unnest(places) p
         WHERE p.list   = next_move.list
           AND p.nodeid = full_.nodeid
           AND NOT EXISTS (SELECT FROM unnest(places) o WHERE (o.shardid, o.nodeid) = (p.shardid, empty.nodeid))
           AND citus_internal.is_allowed(strategy, p.shardid, empty.nodeid)
         ORDER BY p.cost DESC, p.shardid
      LOOP
        full_then  := CASE WHEN full_.capacity > 0 THEN (full_.total - shard.cost) / full_.capacity ELSE 'Infinity' END;
        empty_then := (empty.total + shard.cost) / empty.capacity;
        CONTINUE WHEN empty_then > full_then
                  AND (empty_then > full_.utilization
                       OR empty_then = full_.utilization AND full_then <= empty.utilization
                       OR greatest(full_.utilization - empty_then, full_then - empty.utilization)
                          / least(empty_then - empty.utilization, full_.utilization - full_then) < improvement);
        shardid := shard.shardid;
        source  := full_.nodeid;
        target  := empty.nodeid;
        RETURN;
      END LOOP;
    END LOOP;
  END LOOP;
END $$;
