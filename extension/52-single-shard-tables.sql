-- Single-shard tables: create_distributed_table(t, NULL). The whole table is one shard on one node, and tables of a group
-- are on the same one.
--
-- On the coordinator it is a partitioned table, like any other, with one partition for all rows; PostgreSQL wants a
-- column to partition by, and gets the first that it can hash.

CREATE FUNCTION citus_internal.create_single_shard_table(
                  rel               regclass,
                  distribution_type citus.distribution_type,
                  colocate_with     text,
                  shard_count       int)
  RETURNS void
  LANGUAGE plpgsql
AS $$
DECLARE
  no_key pg_attribute;
  other  regclass;
BEGIN
  IF shard_count IS NOT NULL THEN
    RAISE internal_error
    USING MESSAGE = 'shard_count can''t be specified when the distribution column is null because in that case it''s '
                    'automatically set to 1';
  ELSIF distribution_type <> 'hash' THEN
    RAISE internal_error
    USING MESSAGE = 'distribution_type can''t be specified when the distribution column is null ';
  ELSIF citus_internal.setting('citus.shard_replication_factor', 1, 100) > 1 THEN
    RAISE internal_error
    USING MESSAGE = 'could not create single shard table: citus.shard_replication_factor is greater than 1',
          HINT    = 'Consider setting citus.shard_replication_factor to 1 and try again';
  END IF;
  PERFORM citus_internal.check_can_be_distributed(rel);
  other := CASE WHEN colocate_with NOT IN ('default', 'none') THEN colocate_with::regclass END;
  no_key.atttypid     := 0;
  no_key.attcollation := 0;
  PERFORM citus_internal.distribute_whole(rel,
            citus_internal.colocation_group(rel, no_key, colocate_with, other, 1, 1));
END $$;

CREATE FUNCTION citus_internal.distribute_whole(rel regclass, colocation pg_dist_colocation)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
BEGIN
  PERFORM citus_internal.check_can_be_distributed(rel);
  PERFORM citus_internal.ensure_a_node();
  PERFORM citus_internal.distribute(rel, citus_internal.column_of_single_shard(rel), colocation);
END $$;

CREATE FUNCTION citus_internal.column_of_single_shard(rel regclass)
  RETURNS pg_attribute
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  partition_by pg_attribute;
BEGIN
  SELECT * INTO partition_by
    FROM pg_attribute
   WHERE attrelid = rel
     AND attnum > 0
     AND NOT attisdropped
     AND attgenerated = ''
     AND citus_internal.hashed_type(atttypid) IS NOT NULL
   ORDER BY attnum
   LIMIT 1;
  IF NOT FOUND THEN
    PERFORM citus_internal.refuse('single-shard tables without a column that can be hashed');
  END IF;
  RETURN partition_by;
END $$;
