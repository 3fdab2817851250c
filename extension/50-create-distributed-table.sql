-- create_distributed_table: a table becomes n shards on the workers.

-- Without a search_path of its own: colocate_with is a name on the user's.
CREATE FUNCTION pg_catalog.create_distributed_table(
                  table_name          regclass,
                  distribution_column text,
                  distribution_type   citus.distribution_type DEFAULT 'hash',
                  colocate_with       text                    DEFAULT 'default',
                  shard_count         integer                 DEFAULT NULL)
  RETURNS void
  LANGUAGE plpgsql
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  key    pg_attribute;
  other  regclass;
  copies int := citus_internal.setting('citus.shard_replication_factor', 1, 100);
  pieces int := coalesce(shard_count, citus_internal.setting('citus.shard_count', 1, 64000));
BEGIN
  IF table_name IS NULL OR distribution_type IS NULL OR colocate_with IS NULL THEN
    RETURN;
  END IF;
  PERFORM citus_internal.refuse_on_worker();
  PERFORM citus_internal.check_shard_count(colocate_with, shard_count);
  IF distribution_column IS NULL THEN
    PERFORM citus_internal.create_single_shard_table(table_name, distribution_type, colocate_with, shard_count);
    RETURN;
  END IF;
  PERFORM citus_internal.check_can_be_distributed(table_name);
  IF distribution_type <> 'hash' THEN
    PERFORM citus_internal.refuse_parent(table_name);
    PERFORM citus_internal.refuse(format('distribution by %s', distribution_type));
  END IF;
  key   := citus_internal.check_distribution_column(table_name, distribution_column);
  other := CASE WHEN colocate_with NOT IN ('default', 'none') THEN colocate_with::regclass END;

  PERFORM citus_internal.ensure_a_node();
  PERFORM citus_internal.distribute(table_name, key,
            citus_internal.colocation_group(table_name, key, colocate_with, other, pieces, copies));
END $$;

-- Citus lets others write meanwhile. Here it is the plain thing, under a lock.
CREATE FUNCTION pg_catalog.create_distributed_table_concurrently(
                  table_name          regclass,
                  distribution_column text,
                  distribution_type   citus.distribution_type DEFAULT 'hash',
                  colocate_with       text                    DEFAULT 'default',
                  shard_count         integer                 DEFAULT NULL)
  RETURNS void
  LANGUAGE plpgsql
AS $$
DECLARE
  asked text := pg_catalog.current_setting('client_min_messages');
BEGIN
  IF distribution_column IS NULL THEN
    RAISE internal_error
    USING MESSAGE = 'cannot use create_distributed_table_concurrently to create a distributed table with a null shard key, '
                    'consider using create_distributed_table()';
  END IF;
  PERFORM pg_catalog.set_config('client_min_messages', 'warning', true);  -- it says nothing of local rows
  PERFORM pg_catalog.create_distributed_table($1, $2, $3, $4, $5);
  PERFORM pg_catalog.set_config('client_min_messages', asked, true);
END $$;
