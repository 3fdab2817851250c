-- A table that is distributed in another way: by another column, in more shards, beside other tables.

CREATE FUNCTION pg_catalog.alter_distributed_table(
                  table_name           regclass,
                  distribution_column  text    DEFAULT NULL,
                  shard_count          integer DEFAULT NULL,
                  colocate_with        text    DEFAULT NULL,
                  cascade_to_colocated boolean DEFAULT NULL)
  RETURNS void
  LANGUAGE plpgsql
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  now_is record;
  asked  text := pg_catalog.current_setting('client_min_messages');
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  PERFORM citus_internal.refuse_child(table_name);
  IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = table_name AND partkey IS NULL AND repmodel <> 't') THEN
    RAISE feature_not_supported
    USING MESSAGE = pg_catalog.format('relation %s should be a hash distributed table', citus_internal.bare_name(table_name));
  END IF;
  SELECT column_to_column_name(p.logicalrelid, p.partkey) AS key, c.colocationid, c.shardcount,
         (SELECT count(*)
            FROM pg_dist_partition n
           WHERE n.colocationid = p.colocationid
             AND citus_internal.parent(n.logicalrelid) IS DISTINCT FROM table_name) AS neighbours
    INTO now_is
    FROM pg_dist_partition  p
    JOIN pg_dist_colocation c USING (colocationid)
   WHERE p.logicalrelid = table_name
     AND p.partkey IS NOT NULL;
  IF NOT FOUND THEN
    RAISE internal_error USING MESSAGE = 'cannot alter table because the table is not distributed';
  END IF;
  IF distribution_column IS NULL AND shard_count IS NULL AND colocate_with IS NULL THEN
    RAISE internal_error
    USING MESSAGE = 'you have to specify at least one of the distribution_column, shard_count or colocate_with parameters';
  END IF;
  IF coalesce(distribution_column, now_is.key) = now_is.key
     AND coalesce(shard_count, now_is.shardcount) = now_is.shardcount
     AND (colocate_with IS NULL OR colocate_with = 'default')
  THEN
    RAISE internal_error
    USING MESSAGE = 'this call doesn''t change any properties of the table',
          HINT    = 'check citus_tables view to see current properties of the table';
  END IF;
  IF shard_count IS NOT NULL AND now_is.neighbours > 1 AND cascade_to_colocated IS NULL THEN
    RAISE internal_error
    USING MESSAGE = 'cascade_to_colocated parameter is necessary',
          DETAIL  = 'this table is colocated with some other tables',
          HINT    = 'cascade_to_colocated := false will break the current colocation, cascade_to_colocated := true will '
                    'change the shard count of colocated tables too.';
  END IF;
  IF cascade_to_colocated THEN
    PERFORM citus_internal.refuse('alter_distributed_table that cascades');
  END IF;
  IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND table_name IN (conrelid, confrelid)) THEN
    PERFORM citus_internal.refuse('alter_distributed_table of a table with foreign keys');
  END IF;

  RAISE NOTICE 'creating a new table for %', citus_internal.full_name(table_name);
  RAISE NOTICE 'moving the data of %', citus_internal.full_name(table_name);
  PERFORM citus_internal.undistribute(table_name);
  PERFORM pg_catalog.set_config('client_min_messages', 'warning', true);  -- no notices of how it is done
  PERFORM create_distributed_table(table_name, coalesce(distribution_column, now_is.key),
            colocate_with => coalesce(colocate_with, 'default'),
            shard_count   => CASE WHEN coalesce(colocate_with, 'default') IN ('default', 'none')
                                  THEN coalesce(shard_count, now_is.shardcount) END);
  PERFORM pg_catalog.set_config('client_min_messages', asked, true);
  RAISE NOTICE 'dropping the old %', citus_internal.full_name(table_name);
  RAISE NOTICE 'renaming the new table to %', citus_internal.full_name(table_name);
END $$;

CREATE FUNCTION citus_internal.check_has_shards(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = rel AND repmodel <> 't') THEN
    RAISE feature_not_supported
    USING MESSAGE = format('relation %s should be a hash or single shard distributed table', citus_internal.bare_name(rel));
  END IF;
END $$;

-- Tables that happen to lie alike become co-located.
CREATE FUNCTION pg_catalog.update_distributed_table_colocation(table_name regclass, colocate_with text)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
AS $$
DECLARE
  other regclass;
  key   pg_attribute;
  joins pg_dist_colocation;
  left_ int := (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = table_name);
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  other := nullif(colocate_with, 'none')::regclass;
  PERFORM citus_internal.check_has_shards(table_name), citus_internal.check_has_shards(other);
  SELECT a.* INTO key
    FROM pg_dist_partition p
    JOIN pg_attribute      a ON a.attrelid = p.logicalrelid AND a.attnum = citus_internal.var_to_column(p.partkey)
   WHERE p.logicalrelid = table_name;

  IF other IS NULL THEN
    INSERT INTO pg_dist_colocation
    SELECT nextval('pg_catalog.pg_dist_colocationid_seq'), shardcount, replicationfactor, distributioncolumntype,
           distributioncolumncollation
      FROM pg_dist_colocation
     WHERE colocationid = left_
    RETURNING * INTO joins;
  ELSE
    joins := citus_internal.group_of_table(table_name, key, other);
    IF EXISTS (SELECT
                 FROM (SELECT coalesce(s.shardminvalue, '') AS shardminvalue, p.groupid
                         FROM pg_dist_shard s JOIN pg_dist_placement p USING (shardid)
                        WHERE s.logicalrelid = table_name) here
                 FULL JOIN
                      (SELECT coalesce(s.shardminvalue, '') AS shardminvalue, p.groupid
                         FROM pg_dist_shard s JOIN pg_dist_placement p USING (shardid)
                        WHERE s.logicalrelid = other) there USING (shardminvalue, groupid)
                WHERE here IS NULL OR there IS NULL)
    THEN
      PERFORM citus_internal.refuse_colocation(other, table_name, 'Shard counts or placements');
    END IF;
  END IF;

  UPDATE pg_dist_partition SET colocationid = joins.colocationid WHERE logicalrelid = table_name;
  PERFORM citus_internal.forget_empty_groups();
END $$;

-- The local rows are gone already: the engine moves them, where Citus leaves them behind out of sight.
CREATE FUNCTION pg_catalog.truncate_local_data_after_distributing_table(function_name regclass)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = function_name) THEN
    RAISE feature_not_supported
    USING MESSAGE = 'supplied parameter is not a distributed relation';
  END IF;
END $$;
