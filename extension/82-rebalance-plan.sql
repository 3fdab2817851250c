-- Which shards to move, so that every node carries its part.
--
-- As in Citus: each group of co-located tables is spread for itself. Again and again a shard goes from the fullest node
-- to the emptiest, as long as that makes the fullest less full. A strategy says what a shard weighs and a node carries.

CREATE FUNCTION pg_catalog.citus_shard_cost_1(bigint)
  RETURNS real
  LANGUAGE sql
  IMMUTABLE
AS 'SELECT 1::real';

CREATE FUNCTION pg_catalog.citus_shard_cost_by_disk_size(bigint)
  RETURNS real
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT cost FROM citus_internal.disk_costs(ARRAY[$1])
$$;

-- What shards and their neighbors take on disk, each with 100 MB, so that nearly empty shards count as well.
CREATE FUNCTION citus_internal.disk_costs(shardids bigint[])
  RETURNS TABLE (shardid bigint, cost real)
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  WITH neighbor AS MATERIALIZED (
    SELECT here.shardid, s.logicalrelid, s.shardid AS neighborid
      FROM pg_dist_shard     here
      JOIN pg_dist_partition h ON h.logicalrelid = here.logicalrelid
      JOIN pg_dist_partition t ON t.colocationid = h.colocationid
      JOIN pg_dist_shard     s ON s.logicalrelid = t.logicalrelid
     WHERE here.shardid = ANY (shardids)
       AND s.shardminvalue IS NOT DISTINCT FROM here.shardminvalue
  ),
  size AS MATERIALIZED (
    SELECT z.shardid AS neighborid, max(z.table_size) AS bytes
      FROM citus_internal.placement_sizes(
             (SELECT min(logicalrelid::oid) FROM neighbor HAVING count(DISTINCT logicalrelid) = 1), true) z
     GROUP BY 1
  )
  SELECT n.shardid,
         (pg_size_bytes(current_setting('citus.rebalancer_by_disk_size_base_cost')) + coalesce(sum(z.bytes), 0))::real
    FROM neighbor  n
    LEFT JOIN size z USING (neighborid)
   GROUP BY n.shardid
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

-- A copy of a shard, while a plan is made, and a node as such a plan fills it. Costs are added up in real numbers, as in Citus.
CREATE TYPE citus_internal.planned_placement AS (list int, shardid bigint, nodeid int, cost real);
CREATE TYPE citus_internal.planned_node      AS (nodeid int, capacity real, total real, utilization real);

-- The moves, in order. With `only_node` those that leave that node free.
CREATE FUNCTION citus_internal.plan_moves(
                  relation        regclass,
                  strategy        pg_dist_rebalance_strategy,
                  threshold       float8,
                  improvement     real,
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
  nodes   citus_internal.planned_node[] := citus_internal.nodes_to_plan(strategy);
  takers  int := (SELECT count(*) FROM pg_dist_node WHERE isactive AND noderole = 'primary' AND shouldhaveshards);
  copies  int := citus_internal.setting('citus.shard_replication_factor', 1, 100);
  places  citus_internal.planned_placement[];
  barred  citus_internal.planned_placement[];
  place   citus_internal.planned_placement;
  list    int;
  move    record;
  moves   int := 0;
  ignored int;
  all_ignored int := 0;
BEGIN
  IF takers < copies THEN
    RAISE internal_error
    USING MESSAGE = format('Shard replication factor (%s) cannot be greater than number of nodes with '
                           'should_have_shards=true (%s).', copies, takers);
  END IF;
  places := citus_internal.placements_to_plan(relation, strategy, excluded, only_node, takers);
  barred := citus_internal.barred_placements(strategy, places);

  -- First what is where it must not be: the heaviest first, to the emptiest node.
  FOR place IN
    SELECT p.*
      FROM unnest(places) p
      JOIN unnest(barred) b USING (shardid, nodeid)
     ORDER BY p.list, p.cost DESC, p.shardid
  LOOP
    target := (SELECT n.nodeid
                 FROM unnest(citus_internal.planned_nodes(places, place.list, nodes)) n
                WHERE NOT EXISTS (SELECT FROM unnest(places || barred) p WHERE (p.shardid, p.nodeid) = (place.shardid, n.nodeid))
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

  FOR list, places, barred IN
    SELECT p.list, array_agg(p ORDER BY p.shardid, p.nodeid), ARRAY(SELECT b FROM unnest(barred) b WHERE b.list = p.list)
      FROM unnest(places) p
     GROUP BY p.list
     ORDER BY p.list
  LOOP
    ignored := 0;
    WHILE moves < max_shard_moves LOOP
      move := citus_internal.next_move(places, barred, citus_internal.planned_nodes(places, list, nodes), threshold, improvement,
                                       ignored);
      ignored := move.ignored;
      EXIT WHEN move.shardid IS NULL;
      places  := citus_internal.planned_move(places, move.shardid, move.source, move.target);
      moves   := moves + 1;
      shardid := move.shardid;
      source  := move.source;
      target  := move.target;
      RETURN NEXT;
    END LOOP;
    all_ignored := all_ignored + ignored;
    IF moves >= max_shard_moves THEN
      RAISE NOTICE 'Stopped searching before we were out of moves. Please rerun the rebalancer after it''s finished for '
                   'a more optimal placement.';
      EXIT;
    END IF;
  END LOOP;
  PERFORM citus_internal.say_what_was_ignored(all_ignored, improvement);
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
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  WITH first_table AS (  -- of its group: the one that was distributed first
    SELECT DISTINCT ON (t.colocationid) t.colocationid, t.logicalrelid
      FROM pg_dist_partition t
      JOIN pg_dist_shard     s USING (logicalrelid)
     WHERE t.repmodel <> 't'
       AND t.colocationid <> 0
       AND (relation IS NULL OR t.logicalrelid = relation)
     ORDER BY t.colocationid, s.shardid
  ),
  place AS MATERIALIZED (
    SELECT t.colocationid, s.shardid, n.nodeid,
           count(*) OVER (PARTITION BY t.colocationid) < takers AS is_small
      FROM first_table       t
      JOIN pg_dist_shard     s USING (logicalrelid)
      JOIN pg_dist_placement p USING (shardid)
      JOIN pg_dist_node      n USING (groupid)
     WHERE n.isactive
       AND n.noderole = 'primary'
       AND s.shardid <> ALL (excluded)
       AND (only_node IS NULL OR n.nodeid = only_node)
  )
  SELECT array_agg(ROW(CASE WHEN p.is_small THEN 2147483647 ELSE p.colocationid END, p.shardid, p.nodeid, c.cost)
                     ::citus_internal.planned_placement)
    FROM place p
    JOIN citus_internal.shard_costs(strategy, ARRAY(SELECT DISTINCT shardid FROM place)) c USING (shardid)
$$;

-- Within a function that sets its own search path: the functions of a strategy run with the one that sessions start with.
CREATE FUNCTION citus_internal.use_path_of_sessions()
  RETURNS void
  LANGUAGE sql
AS $$
  SELECT pg_catalog.set_config('search_path', reset_val, true) FROM pg_catalog.pg_settings WHERE name = 'search_path'
$$;

-- What shards cost. Sizes are asked for all of them at once.
CREATE FUNCTION citus_internal.shard_costs(strategy pg_dist_rebalance_strategy, shardids bigint[])
  RETURNS TABLE (shardid bigint, cost real)
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF strategy.shard_cost_function = 'citus_shard_cost_by_disk_size'::regproc THEN
    RETURN QUERY SELECT * FROM citus_internal.disk_costs(shardids);
  ELSE
    PERFORM citus_internal.use_path_of_sessions();
    RETURN QUERY EXECUTE format('SELECT s, %s(s) FROM unnest($1) s', strategy.shard_cost_function) USING shardids;
  END IF;
END $$;

-- Where shards must not be: on nodes that shall have none, and where the strategy does not allow them.
CREATE FUNCTION citus_internal.barred_placements(
                  strategy pg_dist_rebalance_strategy, places citus_internal.planned_placement[])
  RETURNS citus_internal.planned_placement[]
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  barred citus_internal.planned_placement[];
BEGIN
  PERFORM citus_internal.use_path_of_sessions();
  EXECUTE format($q$
    SELECT array_agg(ROW(shard.list, shard.shardid, n.nodeid, 0)::citus_internal.planned_placement)
      FROM (SELECT DISTINCT list, shardid FROM unnest($1) p) shard,
           pg_dist_node n
     WHERE n.isactive
       AND n.noderole = 'primary'
       AND NOT CASE WHEN n.shouldhaveshards THEN %s(shard.shardid, n.nodeid) ELSE false END
    $q$, strategy.shard_allowed_on_node_function)
     INTO barred
    USING places;
  RETURN barred;
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

-- The nodes before any shard is counted. One that shall have none is full in any case.
CREATE FUNCTION citus_internal.nodes_to_plan(strategy pg_dist_rebalance_strategy)
  RETURNS citus_internal.planned_node[]
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  nodes citus_internal.planned_node[];
BEGIN
  PERFORM citus_internal.use_path_of_sessions();
  EXECUTE format($q$
    SELECT array_agg(ROW(nodeid, CASE WHEN shouldhaveshards THEN %s(nodeid) ELSE 0 END, 0, 0)::citus_internal.planned_node)
      FROM pg_dist_node
     WHERE isactive
       AND noderole = 'primary'
    $q$, strategy.node_capacity_function)
     INTO nodes;
  RETURN nodes;
END $$;

-- How full each node is with the shards of a list.
CREATE FUNCTION citus_internal.planned_nodes(
                  places citus_internal.planned_placement[], list int, nodes citus_internal.planned_node[])
  RETURNS citus_internal.planned_node[]
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT array_agg(ROW(n.nodeid, n.capacity, f.total, CASE WHEN n.capacity > 0 THEN f.total / n.capacity ELSE 'Infinity' END)
                     ::citus_internal.planned_node)
    FROM unnest(nodes) n,
         LATERAL (SELECT coalesce(sum(p.cost), 0) AS total
                    FROM unnest(places) p
                   WHERE p.nodeid = n.nodeid
                     AND p.list = planned_nodes.list) f
$$;

CREATE FUNCTION citus_internal.say_what_was_ignored(ignored int, improvement real)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  shown int := citus_internal.setting('citus.max_rebalancer_logged_ignored_moves', -1, 2147483647);
BEGIN
  IF ignored > 0 THEN
    RAISE NOTICE USING
      MESSAGE = format('Ignored %s moves, %s of which are shown in notices above',
                       ignored, CASE WHEN shown = -1 OR ignored <= shown THEN 'all' ELSE shown::text END),
      HINT    = format('If you do want these moves to happen, try changing improvement_threshold to a lower value than what it '
                       'is now (%s).', citus_internal.six_digits(improvement));
  END IF;
END $$;

-- A number as C's %g prints it.
CREATE FUNCTION citus_internal.six_digits(number float8)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
  SELECT CASE number WHEN 0 THEN '0' ELSE round(number::numeric, 5 - floor(log(abs(number)))::int)::float8::text END
$$;
