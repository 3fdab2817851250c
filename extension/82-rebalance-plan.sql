-- Which shards to move, so that every node carries its part.
--
-- As in Citus: each group of co-located tables is spread for itself. Again and again a shard goes from the fullest node
-- to the emptiest, as long as that makes the fullest less full. A strategy says what a shard weighs and a node carries.

CREATE FUNCTION pg_catalog.citus_shard_cost_1(bigint)
  RETURNS real
  LANGUAGE sql
  IMMUTABLE
AS 'SELECT 1::real';

-- What the shard and its neighbours take on disk, and 100 MB, so that nearly empty shards count as well.
CREATE FUNCTION pg_catalog.citus_shard_cost_by_disk_size(bigint)
  RETURNS real
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT (pg_size_bytes(current_setting('citus.rebalancer_by_disk_size_base_cost')) + coalesce(sum(size), 0))::real
    FROM pg_dist_shard                      here,
         citus_internal.colocated_shards(here) s,
         LATERAL (SELECT max(z.table_size) AS size
                    FROM citus_internal.placement_sizes(s.logicalrelid, true) z
                   WHERE z.shardid = s.shardid) z
   WHERE here.shardid = $1
$$;

CREATE FUNCTION pg_catalog.citus_node_capacity_1(integer)
  RETURNS real
  LANGUAGE sql
  IMMUTABLE
AS 'SELECT 1::real';

CREATE FUNCTION pg_catalog.citus_shard_allowed_on_node_true(bigint, integer)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
AS 'SELECT true';

INSERT INTO pg_dist_rebalance_strategy VALUES
  ('by_shard_count', false, 'citus_shard_cost_1',            'citus_node_capacity_1', 'citus_shard_allowed_on_node_true', 0,   0,    0),
  ('by_disk_size',   true,  'citus_shard_cost_by_disk_size', 'citus_node_capacity_1', 'citus_shard_allowed_on_node_true', 0.1, 0.01, 0.5);

CREATE FUNCTION pg_catalog.citus_add_rebalance_strategy(
                  name                           name,
                  shard_cost_function            regproc,
                  node_capacity_function         regproc,
                  shard_allowed_on_node_function regproc,
                  default_threshold              real,
                  minimum_threshold              real DEFAULT 0,
                  improvement_threshold          real DEFAULT 0)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  INSERT INTO pg_dist_rebalance_strategy VALUES ($1, false, $2, $3, $4, $5, $6, $7)
$$;

-- Whoever adds a strategy, by the function or by INSERT.
CREATE FUNCTION citus_internal.check_rebalance_strategy()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM citus_internal.check_signature('shard_cost_function', NEW.shard_cost_function, '{bigint}', 'real'),
          citus_internal.check_signature('node_capacity_function', NEW.node_capacity_function, '{int}', 'real'),
          citus_internal.check_signature('shard_allowed_on_node_function', NEW.shard_allowed_on_node_function, '{bigint,int}', 'boolean');
  IF NEW.default_threshold < NEW.minimum_threshold THEN
    RAISE 'default_threshold cannot be smaller than minimum_threshold';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION citus_internal.check_signature(role text, function oid, arguments text[], result text)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  given pg_proc;
  wrong text;
BEGIN
  SELECT * INTO given FROM pg_proc WHERE oid = function;
  IF NOT FOUND THEN
    RAISE internal_error USING MESSAGE = format('cache lookup failed for %s with oid %s', role, function);
  END IF;
  wrong := CASE WHEN given.pronargs <> cardinality(arguments)
                THEN format('number of arguments of %s should be %s, not %s', given.proname, cardinality(arguments), given.pronargs)
                WHEN given.proargtypes[0] <> arguments[1]::regtype
                THEN format('%s of %s should be %s', CASE WHEN arguments[2] IS NULL THEN 'argument type' ELSE 'type of first argument' END,
                            given.proname, arguments[1])
                WHEN given.proargtypes[1] <> arguments[2]::regtype
                THEN format('type of second argument of %s should be %s', given.proname, arguments[2])
                WHEN given.prorettype <> result::regtype
                THEN format('return type of %s should be %s', given.proname, result)
           END;
  IF wrong IS NOT NULL THEN
    RAISE internal_error
    USING MESSAGE = format('signature for %s is incorrect', role),
          DETAIL  = wrong;
  END IF;
END $$;

CREATE TRIGGER check_rebalance_strategy
  BEFORE INSERT OR UPDATE ON pg_dist_rebalance_strategy
  FOR EACH ROW EXECUTE FUNCTION citus_internal.check_rebalance_strategy();

CREATE FUNCTION pg_catalog.citus_set_default_rebalance_strategy(name text)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_dist_rebalance_strategy t WHERE t.name = $1) THEN
    RAISE 'strategy with specified name does not exist';
  END IF;
  UPDATE pg_dist_rebalance_strategy t SET default_strategy = t.name = $1 WHERE default_strategy OR t.name = $1;
END $$;

CREATE FUNCTION citus_internal.rebalance_strategy(name name)
  RETURNS pg_dist_rebalance_strategy
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  strategy pg_dist_rebalance_strategy;
BEGIN
  SELECT * INTO strategy
    FROM pg_dist_rebalance_strategy s
   WHERE CASE WHEN rebalance_strategy.name IS NULL THEN s.default_strategy ELSE s.name = rebalance_strategy.name END;
  IF NOT FOUND THEN
    RAISE internal_error USING MESSAGE = format('could not find rebalance strategy with name %s', name);
  END IF;
  RETURN strategy;
END $$;

-- A copy of a shard, while a plan is made, and a node as such a plan fills it.
CREATE TYPE citus_internal.planned_placement AS (list int, shardid bigint, nodeid int, cost float8);
CREATE TYPE citus_internal.planned_node      AS (nodeid int, capacity float8, total float8, utilization float8);

-- The moves, in order. With `only_node` those that leave that node free.
CREATE FUNCTION citus_internal.plan_moves(
                  relation        regclass,
                  strategy        pg_dist_rebalance_strategy,
                  threshold       float8,
                  improvement     float8,
                  max_shard_moves int,
                  excluded        bigint[],
                  drain_only      boolean,
                  only_node       int DEFAULT NULL)
  RETURNS TABLE (shardid bigint, source int, target int)
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
#variable_conflict use_column
DECLARE
  places citus_internal.planned_placement[];
  place  citus_internal.planned_placement;
  takers int := (SELECT count(*) FROM pg_dist_node WHERE isactive AND noderole = 'primary' AND shouldhaveshards);
  copies int := citus_internal.setting('citus.shard_replication_factor', 1, 100);
  list   int;
  move   record;
  moves  int := 0;
BEGIN
  IF takers < copies THEN
    RAISE internal_error
    USING MESSAGE = format('Shard replication factor (%s) cannot be greater than number of nodes with '
                           'should_have_shards=true (%s).', copies, takers);
  END IF;
  places := citus_internal.placements_to_plan(relation, strategy, excluded, only_node, takers);

  -- First what is where it must not be: the heaviest first, to the emptiest node.
  FOR place IN
    SELECT p.*
      FROM unnest(places) p
     WHERE NOT citus_internal.is_allowed(strategy, p.shardid, p.nodeid)
     ORDER BY p.list, p.cost DESC, p.shardid
  LOOP
    target := (SELECT n.nodeid
                 FROM citus_internal.planned_nodes(places, place.list, strategy) n
                WHERE citus_internal.is_allowed(strategy, place.shardid, n.nodeid)
                  AND NOT EXISTS (SELECT FROM unnest(places) p WHERE (p.shardid, p.nodeid) = (place.shardid, n.nodeid))
                ORDER BY n.utilization, n.capacity DESC, n.nodeid
                LIMIT 1);
    shardid := place.shardid;
    source  := place.nodeid;
    IF target IS NULL THEN
      RAISE WARNING 'Not allowed to move shard % anywhere from %:%', shardid,
        citus_nodename_for_nodeid(source), citus_nodeport_for_nodeid(source);
    ELSE
      places := citus_internal.planned_move(places, shardid, source, target);
      moves  := moves + 1;
      RETURN NEXT;
    END IF;
  END LOOP;
  IF drain_only THEN
    RETURN;
  END IF;

  FOR list IN SELECT DISTINCT p.list FROM unnest(places) p ORDER BY 1 LOOP
    LOOP
      EXIT WHEN moves >= max_shard_moves;
      move := citus_internal.next_move(places, list, strategy, threshold, improvement);
      EXIT WHEN move.shardid IS NULL;
      places  := citus_internal.planned_move(places, move.shardid, move.source, move.target);
      moves   := moves + 1;
      shardid := move.shardid;
      source  := move.source;
      target  := move.target;
      RETURN NEXT;
    END LOOP;
    IF moves >= max_shard_moves THEN
      RAISE NOTICE 'Stopped searching before we were out of moves. Please rerun the rebalancer after it''s finished for '
                   'a more optimal placement.';
      RETURN;
    END IF;
  END LOOP;
END $$;

-- The lists that are spread each for itself: one for each group of tables, but those with fewer shards than there are
-- nodes are put together.
CREATE FUNCTION citus_internal.placements_to_plan(
                  relation  regclass,
                  strategy  pg_dist_rebalance_strategy,
                  excluded  bigint[],
                  only_node int,
                  takers    int)
  RETURNS citus_internal.planned_placement[]
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  places citus_internal.planned_placement[];
BEGIN
  EXECUTE format($q$
    WITH place AS (
      SELECT t.colocationid, s.shardid, n.nodeid,
             count(*) OVER (PARTITION BY t.colocationid) < $3 AS is_small
        FROM pg_dist_partition t
        JOIN pg_dist_shard     s USING (logicalrelid)
        JOIN pg_dist_placement p USING (shardid)
        JOIN pg_dist_node      n USING (groupid)
       WHERE t.repmodel <> 't'
         AND t.colocationid <> 0
         AND n.isactive
         AND n.noderole = 'primary'
         AND t.logicalrelid = coalesce($1, (SELECT o.logicalrelid  -- the table of its group that was distributed first
                                              FROM pg_dist_partition o
                                              JOIN pg_dist_shard     f USING (logicalrelid)
                                             WHERE o.colocationid = t.colocationid
                                             ORDER BY f.shardid
                                             LIMIT 1))
         AND s.shardid <> ALL ($2)
         AND ($4 IS NULL OR n.nodeid = $4)
    ),
    weighed AS (
      SELECT shardid, %s(shardid) AS cost FROM (SELECT DISTINCT shardid FROM place) shard
    )
    SELECT array_agg(ROW(CASE WHEN p.is_small THEN 2147483647 ELSE p.colocationid END, p.shardid, p.nodeid, w.cost)
                       ::citus_internal.planned_placement)
      FROM place   p
      JOIN weighed w USING (shardid)
    $q$, strategy.shard_cost_function)
     INTO places
    USING relation, excluded, takers, only_node;
  RETURN places;
END $$;

CREATE FUNCTION citus_internal.planned_move(
                  places citus_internal.planned_placement[], shardid bigint, source int, target int)
  RETURNS citus_internal.planned_placement[]
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT array_agg(ROW(p.list, p.shardid,
                       CASE WHEN (p.shardid, p.nodeid) = ($2, $3) THEN $4 ELSE p.nodeid END, p.cost)
                     ::citus_internal.planned_placement)
    FROM unnest(places) p
$$;

CREATE FUNCTION citus_internal.is_allowed(strategy pg_dist_rebalance_strategy, shardid bigint, nodeid int)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  allowed boolean := (SELECT shouldhaveshards FROM pg_dist_node n WHERE n.nodeid = is_allowed.nodeid);
BEGIN
  IF allowed THEN
    EXECUTE format('SELECT %s($1, $2)', strategy.shard_allowed_on_node_function) INTO allowed USING shardid, nodeid;
  END IF;
  RETURN allowed;
END $$;

-- How full each node is with the shards of a list. One that shall have none is full in any case.
CREATE FUNCTION citus_internal.planned_nodes(
                  places citus_internal.planned_placement[], list int, strategy pg_dist_rebalance_strategy)
  RETURNS SETOF citus_internal.planned_node
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  RETURN QUERY EXECUTE format($q$
    SELECT nodeid, capacity, total, CASE WHEN capacity > 0 THEN total / capacity ELSE 'Infinity' END
      FROM (SELECT n.nodeid,
                   CASE WHEN n.shouldhaveshards THEN %s(n.nodeid)::float8 ELSE 0 END AS capacity,
                   coalesce((SELECT sum(cost) FROM unnest($1) p
                              WHERE p.nodeid = n.nodeid AND p.list = $2), 0)        AS total
              FROM pg_dist_node n
             WHERE n.isactive
               AND n.noderole = 'primary') node
    $q$, strategy.node_capacity_function)
  USING places, list;
END $$;
