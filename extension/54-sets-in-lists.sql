-- Queries that return sets in their lists, such as SELECT unnest(tags), count(*) … GROUP BY 1.
--
-- postgres_fdw lets a shard sort by any expression, also by one that returns a set; then the shard returns a row once for each element
-- (as of PostgreSQL 18). So while such a query is planned, sorting on the shards looks dear and sorting here cheap. That lasts until the
-- transaction ends: only then do settings go back.

-- By its own words, or those of a view that it names. Called for each query, so without a search path of its own, which takes time.
CREATE FUNCTION citus_internal.may_return_sets(statement text)
  RETURNS boolean
  LANGUAGE plpgsql
  STABLE
AS $$
BEGIN
  RETURN statement ~* '\m(generate_(series|subscripts)|unnest|\w+_to_table|regexp_matches|jsonb?_(array_elements|each|object_keys|path_query|populate_recordset)\w*|ts_parse)\s*\('
      OR EXISTS (SELECT
                   FROM pg_catalog.pg_rewrite r
                   JOIN pg_catalog.pg_class   v ON v.oid = r.ev_class
                  WHERE r.oid >= 16384
                    AND v.relnamespace <> 11  -- pg_catalog, where those of Citus are
                    AND pg_catalog.strpos(statement, v.relname) > 0
                    AND r.ev_action ~ ':hasTargetSRFs true');
END $$;

CREATE FUNCTION citus_internal.sort_here()
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT set_config(name, value, true)
    FROM (VALUES ('seq_page_cost',   '1e9'),    -- of which a sorted shard takes a fifth more
                 ('work_mem',        '1TB'),    -- for then a sort on disk would look dear, too
                 ('enable_hashagg',  'off'))    -- and hash tables are made as large as they may become
           planner (name, value)
$$;
