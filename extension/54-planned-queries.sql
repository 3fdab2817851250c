-- What Citus's planner refuses, and PostgreSQL's can do.
--
-- PostgreSQL has no hook for a query in SQL. But each time it plans one, it works out what is constant in the expressions that
-- the statistics of its tables are about. So each distributed table has statistics on a call of a function, and the function looks
-- at the query.

CREATE FUNCTION citus_internal.watch_plans(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  name text := 'citus_shards_internal.watch_' || rel::oid;
BEGIN
  EXECUTE format('CREATE STATISTICS %s ON (citus_internal.planned()) FROM %s', name, rel);
  EXECUTE format('ALTER STATISTICS %s SET STATISTICS 0', name);
END $$;

CREATE FUNCTION citus_internal.stop_watching_plans(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format('DROP STATISTICS IF EXISTS citus_shards_internal.watch_%s', rel::oid);
END $$;

-- Called while a query is planned, which is no time for a second thought: most queries are none that Citus could refuse.
-- Without a search_path of its own: names in the query are looked up as the session does.
CREATE FUNCTION citus_internal.planned()
  RETURNS int
  LANGUAGE plpgsql
  IMMUTABLE
AS $$
DECLARE
  statement text;
  looked_at text;
  tree      jsonb;
BEGIN
  IF citus_internal.engine_at_work() THEN
    RETURN 0;
  END IF;
  statement := citus_internal.statement();
  PERFORM citus_internal.check_from_worker(statement);
  IF statement ~* '\m(join|only|(for|key)\s+update|update\M.*\m(from|select|interval|days?|date|date_trunc|date_part|to_char|age)|delete\M.*\mselect|share|rollup|cube|grouping|recursive|using|returning|select.*select)\M|\mfrom\M[^()]*,' THEN
    statement := pg_catalog.regexp_replace(pg_catalog.regexp_replace(statement, '(?i)^\s*copy\s*\((.*)\)\s*to\s.*$', '\1'),
                   '(?i)^\s*explain\s*(\([^)]*\)|(analyze|verbose)\M|\s)*|;\s*$|'
                   '^\s*declare\s+\S+\s+(\w+\s+)*cursor\s+(with(out)?\s+hold\s+)?for\s|'
                   '^\s*create\s+((temp|temporary|unlogged|materialized)\s+)*(table|view)\s+\S+\s+as\s', '', 'g');
    looked_at := pg_catalog.concat(pg_catalog.statement_timestamp(), pg_catalog.md5(statement));
    IF pg_catalog.current_setting('citus_internal.looked_at', true) IS DISTINCT FROM looked_at THEN
      tree := citus_internal.query_tree(pg_catalog.regexp_replace(statement, '\$\d+', 'NULL', 'g'));
      PERFORM citus_internal.check_query(tree);
      PERFORM pg_catalog.set_config('citus_internal.looked_at', looked_at, false);
    END IF;
  END IF;
  IF citus_internal.may_return_sets(statement) THEN
    PERFORM citus_internal.sort_here();
  END IF;
  RETURN 0;
END $$;

-- The conditions that all rows of a query's joins fulfil, or those of an outer join.
CREATE FUNCTION citus_internal.conditions(query jsonb)
  RETURNS SETOF jsonb
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH RECURSIVE part (node) AS (
    SELECT query -> 'jointree'
    UNION ALL
    SELECT child
      FROM part,
           LATERAL (SELECT node -> 'quals'
                    UNION ALL
                    SELECT node -> 'larg'
                    UNION ALL
                    SELECT node -> 'rarg'
                    UNION ALL
                    SELECT jsonb_path_query(node, '$ ? (@.node == "FROMEXPR").fromlist[*]')
                    UNION ALL
                    SELECT jsonb_path_query(node, '$ ? (@.node == "BOOLEXPR" && @.boolop == "and").args[*]')) children (child)
     WHERE node ->> 'node' IN ('FROMEXPR', 'JOINEXPR', 'BOOLEXPR')
       AND child <> 'null'
  )
  SELECT node FROM part WHERE node ->> 'node' NOT IN ('FROMEXPR', 'JOINEXPR', 'RANGETBLREF')
$$;

-- What stands on a side of a comparison, as text: the same text means the same value. NULL for anything but columns and constants.
CREATE FUNCTION citus_internal.compared(query jsonb, operand jsonb)
  RETURNS text
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  entry jsonb;
BEGIN
  WHILE operand ->> 'node' = 'RELABELTYPE' LOOP
    operand := operand -> 'arg';
  END LOOP;
  IF operand ->> 'node' = 'CONST' THEN
    RETURN 'constant ' || coalesce(operand ->> 'constvalue', 'null');
  ELSIF operand ->> 'node' IS DISTINCT FROM 'VAR' THEN
    RETURN NULL;
  END IF;
  entry := query -> 'rtable' -> ((operand ->> 'varno')::int - 1);
  IF operand ->> 'varlevelsup' = '0' AND entry ->> 'rtekind' = '2' THEN  -- a column of a join
    RETURN citus_internal.compared(query, entry -> 'joinaliasvars' -> ((operand ->> 'varattno')::int - 1));
  END IF;
  RETURN format('%s %s.%s', CASE operand ->> 'varlevelsup' WHEN '0' THEN 'column' WHEN '1' THEN 'outer' ELSE 'far' END,
                operand ->> 'varno', operand ->> 'varattno');
END $$;

-- The equalities of a query, each way.
CREATE FUNCTION citus_internal.equalities(query jsonb)
  RETURNS TABLE (one text, other text)
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH equal AS MATERIALIZED (
    SELECT citus_internal.compared(query, c -> 'args' -> 0) AS one, citus_internal.compared(query, c -> 'args' -> 1) AS other
      FROM citus_internal.conditions(query) c
      JOIN pg_operator o ON o.oid = (c ->> 'opno')::oid AND o.oprname = '='
     WHERE c ->> 'node' = 'OPEXPR'
       AND coalesce(c #>> '{args,0,vartype}' = c #>> '{args,1,vartype}', true)
  )
  SELECT one, other FROM equal WHERE one IS NOT NULL AND other IS NOT NULL
  UNION
  SELECT other, one FROM equal WHERE one IS NOT NULL AND other IS NOT NULL
$$;

-- What is equal to a column, over however many others.
CREATE FUNCTION citus_internal.equal_to(value text, ones text[], others text[])
  RETURNS text[]
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH RECURSIVE reached (node) AS (
    SELECT value
    UNION
    SELECT e.other FROM reached r JOIN unnest(ones, others) e (one, other) ON e.one = r.node
  )
  SELECT array_agg(node) FROM reached
$$;

-- The distributed tables in the FROM of a query, and what their keys are equal to.
CREATE FUNCTION citus_internal.tables_of_query(query jsonb)
  RETURNS TABLE (place text, rel regclass, colocationid int, equals text[])
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH edges AS MATERIALIZED (
    SELECT array_agg(one) AS ones, array_agg(other) AS others FROM citus_internal.equalities(query)
  )
  SELECT place::text, p.logicalrelid, p.colocationid,
         CASE WHEN p.partkey IS NULL THEN ARRAY[format('constant of group %s', p.colocationid)]  -- one shard, as if by a constant
              ELSE citus_internal.equal_to(format('column %s.%s', place, citus_internal.var_to_column(p.partkey)), ones, others) END
    FROM edges,
         jsonb_path_query(query, '$.rtable[*]') WITH ORDINALITY e (entry, place)
    JOIN pg_dist_partition p ON p.logicalrelid = (entry ->> 'relid')::oid
   WHERE entry ->> 'rtekind' = '0'
     AND p.repmodel <> 't'
     AND p.colocationid <> 0
     AND NOT (query ->> 'commandType' = '3' AND query ->> 'resultRelation' = place::text)
   ORDER BY place
$$;

-- Raises what Citus says of a query, and of those in it. `outer_query` is the one around it.
-- `is_lateral`: the query stands in the FROM of the other, not in one of its expressions.
CREATE FUNCTION citus_internal.check_query(query jsonb, outer_query jsonb DEFAULT NULL, is_lateral boolean DEFAULT false)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  tables    text[];
  groups    int[];
  shared    text[];     -- what all keys are equal to
  joined    boolean;    -- all tables by their keys
  together  boolean;    -- all tables in one group
  routed    boolean;
  complex   boolean := query -> 'hasSubLinks' = '"true"' OR query ->> 'commandType' IN ('2', '4')
                       OR query @? '$.rtable[*] ? (@.rtekind == "1" || @.rtekind == "2" && @.jointype != "0")';
  correlated boolean := outer_query IS NOT NULL
                        AND query @? '$.** ? (@.node == "VAR" && @.varlevelsup != "0")'
                        AND citus_internal.is_correlated(query);
  outer_one record;
  inner_    jsonb;
  in_from   boolean;
  name      text;
BEGIN
  IF query IS NULL OR query ->> 'node' IS DISTINCT FROM 'QUERY' OR query ->> 'commandType' = '5' THEN
    RETURN;
  END IF;
  PERFORM citus_internal.refuse_only(query);
  PERFORM citus_internal.refuse_stable_update(query);
  SELECT array_agg(citus_internal.bare_name(t.rel) ORDER BY t.place::int), array_agg(DISTINCT t.colocationid)
    INTO tables, groups
    FROM citus_internal.tables_of_query(query) t;
  IF tables IS NOT NULL THEN
    shared   := ARRAY(SELECT node FROM citus_internal.tables_of_query(query) t, unnest(t.equals) node
                       GROUP BY node HAVING count(DISTINCT t.place) = cardinality(tables));
    joined   := shared <> '{}';
    together := cardinality(groups) = 1;
    routed   := together AND EXISTS (SELECT FROM unnest(shared) node WHERE node LIKE 'constant %');

    IF citus_internal.changes_reference_table(query) THEN
      PERFORM citus_internal.refuse_change_of_reference_table(routed);
    ELSIF NOT routed AND query ->> 'hasForUpdate' = 'true' THEN
      PERFORM citus_internal.refuse_query('FOR UPDATE/SHARE commands');
    ELSIF NOT routed AND jsonb_build_array(query -> 'targetList', query -> 'havingQual') @? '$.** ? (@.node == "GROUPINGFUNC")' THEN
      PERFORM citus_internal.refuse_query('GROUPING');
    ELSIF NOT routed AND query -> 'groupingSets' <> 'null' THEN
      PERFORM citus_internal.refuse_query('GROUPING SETS, CUBE, or ROLLUP');
    END IF;

    IF cardinality(tables) > 1 AND NOT (joined AND together) THEN
      PERFORM citus_internal.refuse_join(query, complex, joined);
    END IF;

    IF correlated THEN
      SELECT o.*, bool_or(o.colocationid = ANY (groups)) OVER () AS is_together,
             EXISTS (SELECT
                       FROM citus_internal.tables_of_query(outer_query) t, unnest(t.equals) node
                      WHERE CASE WHEN node LIKE 'column %' THEN replace(node, 'column', 'outer') ELSE node END = ANY (shared)) AS is_joined
        INTO outer_one
        FROM citus_internal.tables_of_query(outer_query) o
       LIMIT 1;
      IF NOT outer_one.is_joined THEN
        RAISE feature_not_supported
        USING MESSAGE = 'complex joins are only supported when all distributed tables are co-located and joined on their '
                        'distribution columns';
      ELSIF NOT outer_one.is_together THEN
        RAISE feature_not_supported
        USING MESSAGE = 'cannot push down this subquery',
              DETAIL  = format('%s and %s are not colocated', tables[1], citus_internal.bare_name(outer_one.rel));
      END IF;
    END IF;
  ELSIF citus_internal.changes_reference_table(query) AND 'distributed' = ANY (citus_internal.kinds_of_tables(query)) THEN
    PERFORM citus_internal.refuse_change_of_reference_table(true);  -- by the rows of a single shard
  END IF;
  IF correlated THEN
    PERFORM citus_internal.check_correlated(query, outer_query, is_lateral, coalesce(routed, false));
  END IF;

  IF query ->> 'hasRecursive' = 'true' THEN
    IF tables IS NOT NULL AND NOT routed THEN
      PERFORM citus_internal.refuse_recursion();
    END IF;
    FOR inner_ IN
      SELECT jsonb_path_query(query, '$.cteList[*] ? (@.cterecursive == "true").ctequery.rtable[*].subquery')
    LOOP
      IF EXISTS (SELECT FROM citus_internal.tables_of_query(inner_) t
                  WHERE NOT EXISTS (SELECT FROM unnest(t.equals) node WHERE node LIKE 'constant %')) THEN
        PERFORM citus_internal.refuse_recursion();
      END IF;
    END LOOP;
  END IF;

  FOR inner_, in_from IN
    SELECT jsonb_path_query(query, '$.cteList[*].ctequery'), true
    UNION ALL
    SELECT jsonb_path_query(query, '$.rtable[*].subquery'), true
    UNION ALL
    SELECT s, false FROM citus_internal.sublinks(query) s
  LOOP
    PERFORM citus_internal.check_query(inner_, query, in_from);
  END LOOP;
END $$;

-- The queries in a query's expressions, but not those in them.
CREATE FUNCTION citus_internal.sublinks(query jsonb)
  RETURNS SETOF jsonb
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH RECURSIVE part (node) AS (
    SELECT jsonb_build_array(query -> 'targetList', query -> 'jointree', query -> 'havingQual', query -> 'limitCount')
    UNION ALL
    SELECT child
      FROM part,
           LATERAL (SELECT jsonb_array_elements(CASE jsonb_typeof(node) WHEN 'array' THEN node ELSE '[]' END)
                    UNION ALL
                    SELECT value FROM jsonb_each(CASE jsonb_typeof(node) WHEN 'object' THEN node ELSE '{}' END)) children (child)
     WHERE jsonb_typeof(child) IN ('array', 'object')
       AND node ->> 'node' IS DISTINCT FROM 'SUBLINK'
  )
  SELECT node -> 'subselect' FROM part WHERE query ->> 'hasSubLinks' = 'true' AND node ->> 'node' = 'SUBLINK'
$$;

CREATE FUNCTION citus_internal.refuse_query(clause text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  RAISE feature_not_supported
  USING MESSAGE = 'could not run distributed query with ' || clause,
        HINT    = 'Consider using an equality filter on the distributed table''s partition column.';
END $$;

-- An UPDATE that sets what depends on the session: a column with a time zone plus a day, for example.
CREATE FUNCTION citus_internal.refuse_stable_update(query jsonb)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF query ->> 'commandType' = '2'
     AND EXISTS (SELECT
                   FROM jsonb_path_query(query -> 'targetList', '$.** ? (@.node == "OPEXPR" || @.node == "FUNCEXPR")') e
                   LEFT JOIN pg_operator o ON o.oid = (e ->> 'opno')::oid
                   JOIN pg_proc p ON p.oid = coalesce(o.oprcode, (e ->> 'funcid')::oid) AND p.provolatile = 's'
                  WHERE e @? '$.** ? (@.node == "VAR")')
     AND EXISTS (SELECT
                   FROM pg_dist_partition p
                  WHERE p.logicalrelid = (query -> 'rtable' -> ((query ->> 'resultRelation')::int - 1) ->> 'relid')::oid)
  THEN
    RAISE feature_not_supported
    USING MESSAGE = 'STABLE functions used in UPDATE queries cannot be called with column references';
  END IF;
END $$;

-- FROM ONLY a partitioned table is no rows to PostgreSQL, for they are in its partitions; to Citus it is the table.
CREATE FUNCTION citus_internal.refuse_only(query jsonb)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  -- What INSERT writes to, and EXCLUDED, are entries of the same kind.
  IF EXISTS (SELECT
               FROM jsonb_path_query(query, '$.rtable[*]') WITH ORDINALITY range (entry, number)
               JOIN pg_dist_partition p ON p.logicalrelid = (entry ->> 'relid')::oid AND p.repmodel <> 't' AND p.colocationid <> 0
              WHERE entry ->> 'rtekind' = '0'
                AND entry ->> 'inh' = 'false'
                AND NOT citus_internal.is_parent(p.logicalrelid)  -- which has no rows itself
                AND NOT (query ->> 'commandType' = '3' AND number = (query ->> 'resultRelation')::int)
                AND number <> coalesce((query #>> '{onConflict,exclRelIndex}')::int, 0))
  THEN
    PERFORM citus_internal.refuse('ONLY for distributed tables, which without it give the same rows');
  END IF;
END $$;

CREATE FUNCTION citus_internal.refuse_recursion()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  RAISE feature_not_supported
  USING MESSAGE = 'recursive CTEs are only supported when they contain a filter on the distribution column';
END $$;

-- Of tables that are not all in one group and joined by their keys.
CREATE FUNCTION citus_internal.refuse_join(query jsonb, complex boolean, joined boolean)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  names text[];
  keyed boolean;  -- one of them has a key
  equal boolean := EXISTS (SELECT
                               FROM citus_internal.equalities(query) e
                              WHERE e.one   ~ '^column '
                                AND e.other ~ '^column '
                                AND split_part(e.one, '.', 1) < split_part(e.other, '.', 1));
BEGIN
  SELECT array_agg(citus_internal.bare_name(t.rel) ORDER BY t.place), bool_or(p.partkey IS NOT NULL)
    INTO names, keyed
    FROM citus_internal.tables_of_query(query) t
    JOIN pg_dist_partition p ON p.logicalrelid = t.rel;
  IF complex AND (joined OR NOT keyed) THEN
    RAISE feature_not_supported
    USING MESSAGE = 'cannot push down this subquery',
          DETAIL  = format('%s and %s are not colocated', names[1], names[2]);
  ELSIF complex THEN
    RAISE feature_not_supported
    USING MESSAGE = 'complex joins are only supported when all distributed tables are co-located and joined on their '
                    'distribution columns';
  ELSIF equal THEN
    IF current_setting('citus.enable_repartition_joins', true) = 'on' THEN
      RETURN;
    END IF;
    RAISE internal_error
    USING MESSAGE = 'the query contains a join that requires repartitioning',
          HINT    = 'Set citus.enable_repartition_joins to on to enable repartitioning';
  ELSIF EXISTS (SELECT
                  FROM citus_internal.conditions(query) c
                 WHERE (SELECT count(DISTINCT v ->> 'varno')
                          FROM jsonb_path_query(c, '$.** ? (@.node == "VAR" && @.varlevelsup == "0")') v) > 1)
  THEN
    RAISE feature_not_supported
    USING MESSAGE = 'complex joins are only supported when all distributed tables are joined on their distribution columns '
                    'with equal operator';
  END IF;
  RAISE feature_not_supported
  USING MESSAGE = 'cannot perform distributed planning on this query',
        DETAIL  = 'Cartesian products are currently unsupported';
END $$;
