-- UPDATE of a column by which an author's partitioned table is partitioned: a row may have to go to another partition.
--
-- PostgreSQL sends the UPDATE to the shards of each partition, which would refuse such rows. So while the statement runs
-- the shards do not look at their limits, and when it ends each worker puts the rows that are in the wrong place into the
-- right one.

CREATE FUNCTION citus_internal.partition_columns(parent regclass)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT string_agg(quote_ident(a.attname), ', ')
    FROM pg_depend    d
    JOIN pg_attribute a ON a.attrelid = d.objid AND a.attnum = d.objsubid
   WHERE d.classid    = 'pg_class'::regclass
     AND d.objid      = parent
     AND d.objsubid   > 0
     AND d.refclassid = 'pg_class'::regclass
     AND d.refobjid   = parent
     AND d.deptype    = 'i'
$$;

CREATE FUNCTION citus_internal.guard_limits()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  task record;
BEGIN
  FOR task IN
    SELECT t.groups, string_agg(format('SELECT citus_internal.%I(%L)',
                                       CASE TG_WHEN WHEN 'BEFORE' THEN 'loosen_limits' ELSE 'move_rows' END,
                                       citus_internal.shard(TG_RELID, t.shardid)), '; ' ORDER BY t.shardid) AS command
      FROM citus_internal.targets(TG_RELID) t
     GROUP BY t.groups
     ORDER BY t.groups
  LOOP
    PERFORM citus_internal.run_on_copies_of(task.groups, task.command);
  END LOOP;
  RETURN NULL;
END $$;

-- On a worker.
CREATE FUNCTION citus_internal.loosen_limits(shard regclass)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  UPDATE pg_class SET relispartition = false WHERE oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = shard);
$$;

-- On a worker.
CREATE FUNCTION citus_internal.move_rows(shard regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  child regclass;
BEGIN
  UPDATE pg_class SET relispartition = true WHERE oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = shard);
  FOR child IN SELECT inhrelid FROM pg_inherits WHERE inhparent = shard LOOP
    EXECUTE format('WITH moved AS (DELETE FROM %s WHERE (%s) IS NOT TRUE RETURNING *) INSERT INTO %s (%s) SELECT %4$s FROM moved',
                   child, pg_get_partition_constraintdef(child), shard, citus_internal.stored_columns(shard));
  END LOOP;
END $$;
