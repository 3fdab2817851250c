-- One step of the plan: the next move that makes the load of a list more even, if there is one.

CREATE FUNCTION citus_internal.next_move(
                  places      citus_internal.planned_placement[],
                  barred      citus_internal.planned_placement[],
                  nodes       citus_internal.planned_node[],
                  threshold   float8,
                  improvement real,
                  INOUT ignored int,
                  OUT shardid bigint, OUT source int, OUT target int)
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
#variable_conflict use_column
DECLARE
  average real := (SELECT sum(total) / nullif(sum(capacity), 0) FROM unnest(nodes) n);
  lower   real := average * (1 - threshold);
  upper   real := average * (1 + threshold);
  full_   citus_internal.planned_node;
  empty   citus_internal.planned_node;
  shard   citus_internal.planned_placement;
  full_then  real;
  empty_then real;
  gained     real;
BEGIN
  FOR full_ IN SELECT * FROM unnest(nodes) n ORDER BY n.utilization DESC, n.capacity, n.nodeid DESC LOOP
    EXIT WHEN full_.utilization <= lower;
    FOR empty IN SELECT * FROM unnest(nodes) n ORDER BY n.utilization, n.capacity DESC, n.nodeid LOOP
      EXIT WHEN empty.utilization >= upper
             OR empty.utilization >= lower AND full_.utilization <= upper;  -- both are well as they are
      FOR shard IN
        SELECT p.*
          FROM unnest(places) p
         WHERE p.nodeid = full_.nodeid
           AND NOT EXISTS (SELECT FROM unnest(places || barred) o WHERE (o.shardid, o.nodeid) = (p.shardid, empty.nodeid))
         ORDER BY p.cost DESC, p.shardid
      LOOP
        full_then  := CASE WHEN full_.capacity > 0 THEN (full_.total - shard.cost) / full_.capacity ELSE 'Infinity' END;
        empty_then := (empty.total + shard.cost) / empty.capacity;
        IF empty_then > full_then THEN
          CONTINUE WHEN empty_then > full_.utilization
                     OR empty_then = full_.utilization AND full_then <= empty.utilization;
          gained := greatest(full_.utilization - empty_then, full_then - empty.utilization)
                    / least(empty_then - empty.utilization, full_.utilization - full_then);
          IF gained < improvement THEN
            ignored := ignored + 1;
            PERFORM citus_internal.say_move_is_ignored(ignored, shard.shardid, full_.nodeid, empty.nodeid, gained, improvement);
            CONTINUE;
          END IF;
        END IF;
        shardid := shard.shardid;
        source  := full_.nodeid;
        target  := empty.nodeid;
        RETURN;
      END LOOP;
    END LOOP;
  END LOOP;
END $$;

-- The first few that are ignored are named.
CREATE FUNCTION citus_internal.say_move_is_ignored(
                  number int, shardid bigint, source int, target int, gained real, improvement real)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  from_ pg_dist_node := citus_internal.node_by_id(source);
  to_   pg_dist_node := citus_internal.node_by_id(target);
BEGIN
  IF number <= citus_internal.setting('citus.max_rebalancer_logged_ignored_moves', -1, 2147483647)
     OR citus_internal.setting('citus.max_rebalancer_logged_ignored_moves', -1, 2147483647) = -1
  THEN
    RAISE NOTICE USING
      MESSAGE = format('Ignoring move of shard %s from %s:%s to %s:%s, because the move only brings a small improvement relative '
                       'to the shard its size', shardid, from_.nodename, from_.nodeport, to_.nodename, to_.nodeport),
      DETAIL  = format('The balance improvement of %s is lower than the improvement_threshold of %s',
                       citus_internal.six_digits(gained), citus_internal.six_digits(improvement));
  END IF;
END $$;
