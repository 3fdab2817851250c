-- What Citus refuses of a query that is about the columns of the query around it.

-- A query further down may be about the columns of this one: that does not count.
CREATE FUNCTION citus_internal.is_correlated(query jsonb)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH RECURSIVE part (node, depth) AS (
    SELECT query, 1
    UNION ALL
    SELECT child, depth + (child ->> 'node' IS NOT DISTINCT FROM 'QUERY')::int
      FROM part,
           LATERAL (SELECT jsonb_array_elements(CASE jsonb_typeof(node) WHEN 'array' THEN node ELSE '[]' END)
                    UNION ALL
                    SELECT value FROM jsonb_each(CASE jsonb_typeof(node) WHEN 'object' THEN node ELSE '{}' END)) children (child)
     WHERE jsonb_typeof(child) IN ('array', 'object')
  )
  SELECT EXISTS (SELECT FROM part WHERE node ->> 'node' = 'VAR' AND (node ->> 'varlevelsup')::int = depth)
$$;

-- Which of distributed, reference and local tables are in the FROM of a query. Catalogs are local.
CREATE FUNCTION citus_internal.kinds_of_tables(query jsonb)
  RETURNS text[]
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT coalesce(array_agg(DISTINCT CASE WHEN p.repmodel = 't'      THEN 'reference'
                                          WHEN p.colocationid <> 0   THEN 'distributed'
                                          ELSE                            'local' END), '{}')
    FROM jsonb_path_query(query, '$.rtable[*]') entry
    JOIN pg_class c ON c.oid = (entry ->> 'relid')::oid AND c.relkind IN ('r', 'p', 'm')
    LEFT JOIN pg_dist_partition p ON p.logicalrelid = c.oid
   WHERE entry ->> 'rtekind' = '0'
$$;

CREATE FUNCTION citus_internal.check_correlated(query jsonb, outer_query jsonb, is_lateral boolean, routed boolean)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  kinds       text[] := citus_internal.kinds_of_tables(query);
  outer_kinds text[] := citus_internal.kinds_of_tables(outer_query);
BEGIN
  IF 'distributed' = ANY (outer_kinds) THEN
    IF 'local' = ANY (kinds) AND NOT 'distributed' = ANY (kinds) THEN
      PERFORM citus_internal.refuse_local_table(query, outer_query);
    END IF;
  ELSIF NOT 'distributed' = ANY (kinds) THEN
    RETURN;
  ELSIF citus_internal.changes_reference_table(outer_query) THEN
    PERFORM citus_internal.refuse_change_of_reference_table(false);
  ELSIF is_lateral THEN
    IF NOT routed THEN
      PERFORM citus_internal.check_lateral(query, outer_query);
    END IF;
  ELSIF 'reference' = ANY (outer_kinds) THEN
    RAISE feature_not_supported
    USING MESSAGE = 'correlated subqueries are not supported when the FROM clause contains a reference table';
  ELSIF outer_query @? '$.rtable[*] ? (@.rtekind == "3")' THEN
    RAISE feature_not_supported
    USING MESSAGE = 'correlated subqueries are not supported when the FROM clause contains a set returning function';
  ELSIF 'local' = ANY (outer_kinds) THEN
    PERFORM citus_internal.refuse_local_table(outer_query, outer_query);
  END IF;
END $$;

-- `local` has the local table, `outer_query` is what the statement does.
CREATE FUNCTION citus_internal.refuse_local_table(local jsonb, outer_query jsonb)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF outer_query ->> 'commandType' = '1' THEN
    RAISE feature_not_supported
    USING MESSAGE = 'direct joins between distributed and local tables are not supported',
          HINT    = 'Use CTE''s or subqueries to select from local tables and use them in joins';
  ELSIF outer_query @? '$.targetList[*].expr.** ? (@.node == "SUBLINK")' THEN
    RAISE feature_not_supported
    USING MESSAGE = 'complex joins are only supported when all distributed tables are co-located and joined on their '
                    'distribution columns';
  END IF;
  RAISE feature_not_supported
  USING MESSAGE = format('relation %s is not distributed',
                         (SELECT c.relname
                            FROM jsonb_path_query(local, '$.rtable[*] ? (@.rtekind == "0")') entry
                            JOIN pg_class c ON c.oid = (entry ->> 'relid')::oid
                           WHERE NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = c.oid AND p.colocationid <> 0)
                           LIMIT 1));
END $$;

-- Each shard would be asked for its own first rows, groups or sums.
CREATE FUNCTION citus_internal.check_lateral(query jsonb, outer_query jsonb)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  keys    text[] := ARRAY(SELECT unnest(t.equals) FROM citus_internal.tables_of_query(query) t);
  groups  text[] := ARRAY(SELECT citus_internal.compared(query, e)
                            FROM jsonb_path_query(query, '$.rtable[*] ? (@.rtekind == "9").groupexprs[*]') e);
  uniques text[] := ARRAY(SELECT citus_internal.compared(query, t -> 'expr')
                            FROM jsonb_path_query(query, '$.targetList[*]')     t
                            JOIN jsonb_path_query(query, '$.distinctClause[*]') d ON d ->> 'tleSortGroupRef' = t ->> 'ressortgroupref');
  clause  text   := CASE WHEN query -> 'limitOffset' <> 'null'                           THEN 'Offset clause is'
                         WHEN query -> 'limitCount'  <> 'null'                           THEN 'Limit clause is'
                         WHEN query -> 'groupClause' <> 'null' AND NOT groups && keys    THEN 'Group by list without partition column is'
                         WHEN query -> 'groupClause' =  'null' AND query ->> 'hasAggs' = 'true'
                                                                                         THEN 'Aggregates without group by are' END;
  alias   text   := (SELECT e #>> '{eref,aliasname}'
                       FROM jsonb_path_query(outer_query, '$.rtable[*] ? (@.rtekind == "0")') e
                       JOIN pg_dist_partition p ON p.logicalrelid = (e ->> 'relid')::oid AND p.repmodel = 't'
                      LIMIT 1);
BEGIN
  IF outer_query @? '$.rtable[*] ? (@.rtekind == "2" && @.jointype != "0")' THEN
    RAISE feature_not_supported
    USING MESSAGE = 'cannot perform a lateral outer join when a distributed subquery references '
                    || CASE WHEN alias IS NULL THEN 'complex subqueries, CTEs or local tables' ELSE 'a reference table' END;
  ELSIF clause IS NOT NULL THEN
    RAISE feature_not_supported
    USING MESSAGE = 'cannot push down this subquery',
          DETAIL  = format('%s currently unsupported when a lateral subquery references a column from %s', clause,
                           coalesce('a reference table (' || alias || ')', 'complex subqueries, CTEs or local tables'));
  ELSIF query -> 'distinctClause' <> 'null' AND NOT uniques && keys THEN
    RAISE feature_not_supported
    USING MESSAGE = 'cannot push down this subquery',
          DETAIL  = 'Distinct on columns without partition column is currently unsupported';
  END IF;
END $$;

CREATE FUNCTION citus_internal.changes_reference_table(query jsonb)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT query ->> 'commandType' IN ('2', '4')
     AND EXISTS (SELECT FROM pg_dist_partition
                  WHERE logicalrelid = (query -> 'rtable' -> ((query ->> 'resultRelation')::int - 1) ->> 'relid')::oid
                    AND repmodel = 't')
$$;

-- The blank at the end is Citus's.
CREATE FUNCTION citus_internal.refuse_change_of_reference_table(routed boolean)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF routed THEN
    RAISE feature_not_supported
    USING MESSAGE = 'cannot perform select on a distributed table and modify a reference table';
  END IF;
  RAISE feature_not_supported
  USING MESSAGE = 'only reference tables may be queried when targeting a reference table with multi shard UPDATE/DELETE '
                  'queries with multiple tables ';
END $$;
