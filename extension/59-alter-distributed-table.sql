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
  tables regclass[];
  keys   jsonb;
  other  regclass := CASE WHEN pg_catalog.lower(colocate_with) NOT IN ('default', 'none') THEN colocate_with::regclass END;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  PERFORM citus_internal.refuse_child(table_name);
  IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = table_name AND partkey IS NULL AND repmodel <> 't') THEN
    RAISE feature_not_supported
    USING MESSAGE = pg_catalog.format('relation %s should be a hash distributed table', citus_internal.bare_name(table_name));
  END IF;
  SELECT column_to_column_name(p.logicalrelid, p.partkey) AS key, c.colocationid, c.shardcount,
         ARRAY(SELECT n.logicalrelid::pg_catalog.regclass
                 FROM pg_dist_partition n
                WHERE n.colocationid = p.colocationid
                  AND n.logicalrelid <> table_name
                  AND citus_internal.parent(n.logicalrelid) IS NULL  -- or it goes with its parent
                ORDER BY n.logicalrelid) AS neighbors
    INTO now_is
    FROM pg_dist_partition  p
    JOIN pg_dist_colocation c USING (colocationid)
   WHERE p.logicalrelid = table_name
     AND p.partkey IS NOT NULL;
  IF NOT FOUND THEN
    RAISE internal_error USING MESSAGE = 'cannot alter table because the table is not distributed';
  END IF;
  PERFORM citus_internal.check_alteration(now_is, distribution_column, shard_count, colocate_with, other, cascade_to_colocated);
  PERFORM citus_internal.check_colocation_of_altered(table_name, distribution_column, shard_count, colocate_with, other);

  tables := table_name || CASE WHEN cascade_to_colocated THEN now_is.neighbors END;
  IF NOT coalesce(cascade_to_colocated, false) THEN
    PERFORM citus_internal.drop_foreign_keys_to_neighbors(table_name);
  END IF;
  SELECT pg_catalog.jsonb_object_agg(logicalrelid::oid,
           CASE logicalrelid WHEN table_name THEN coalesce(distribution_column, now_is.key)
                             ELSE column_to_column_name(logicalrelid, partkey) END)
    INTO keys
    FROM pg_dist_partition
   WHERE logicalrelid = ANY (tables);
  PERFORM citus_internal.undistribute_all(tables);
  PERFORM citus_internal.distribute_again(tables, keys, coalesce(colocate_with, 'default'),
            CASE WHEN other IS NULL THEN coalesce(shard_count, now_is.shardcount) END);
  IF tables @> now_is.neighbors AND distribution_column IS NULL THEN  -- functions stay with their tables
    UPDATE pg_dist_object
       SET colocationid = (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = table_name)
     WHERE colocationid = now_is.colocationid;
  END IF;
END $$;

-- What Citus does not take, or finds needless. `now_is` has the key, the shard count and the neighbors of the table.
CREATE FUNCTION citus_internal.check_alteration(now_is record, distribution_column text, shard_count int, colocate_with text,
                                                other regclass, cascade_to_colocated boolean)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF distribution_column IS NULL AND shard_count IS NULL AND colocate_with IS NULL AND cascade_to_colocated IS NOT TRUE THEN
    RAISE internal_error
    USING MESSAGE = 'you have to specify at least one of the distribution_column, shard_count or colocate_with parameters';
  ELSIF shard_count = 0 THEN
    RAISE internal_error
    USING MESSAGE = 'shard_count cannot be 0',
          HINT    = 'if you no longer want this to be a distributed table you can try undistribute_table() function';
  ELSIF cascade_to_colocated AND distribution_column IS NOT NULL THEN
    RAISE internal_error USING MESSAGE = 'distribution_column cannot be cascaded to colocated tables';
  ELSIF cascade_to_colocated AND shard_count IS NULL AND colocate_with IS NULL THEN
    RAISE internal_error USING MESSAGE = 'shard_count or colocate_with is necessary for cascading to colocated tables';
  ELSIF coalesce(distribution_column, now_is.key) = now_is.key
     AND coalesce(shard_count, now_is.shardcount) = now_is.shardcount
     AND (coalesce(colocate_with, 'default') = 'default' OR other = ANY (now_is.neighbors))
  THEN
    RAISE internal_error
    USING MESSAGE = 'this call doesn''t change any properties of the table',
          HINT    = 'check citus_tables view to see current properties of the table';
  ELSIF cascade_to_colocated AND colocate_with = 'none' THEN
    RAISE internal_error USING MESSAGE = 'colocate_with := ''none'' cannot be cascaded to colocated tables';
  ELSIF shard_count <> now_is.shardcount AND now_is.neighbors <> '{}' AND cascade_to_colocated IS NULL THEN
    RAISE internal_error
    USING MESSAGE = 'cascade_to_colocated parameter is necessary',
          DETAIL  = 'this table is colocated with some other tables',
          HINT    = 'cascade_to_colocated := false will break the current colocation, cascade_to_colocated := true will '
                    'change the shard count of colocated tables too.';
  END IF;
END $$;

CREATE FUNCTION citus_internal.check_colocation_of_altered(rel regclass, distribution_column text, shard_count int, colocate_with text,
                                                           other regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  there record;
  type  regtype := (SELECT a.atttypid
                      FROM pg_dist_partition p
                      JOIN pg_attribute      a ON a.attrelid = p.logicalrelid
                                              AND (a.attname = distribution_column
                                                   OR distribution_column IS NULL AND a.attnum = citus_internal.var_to_column(p.partkey))
                     WHERE p.logicalrelid = rel);
BEGIN
  IF other IS NULL THEN
    RETURN;
  END IF;
  SELECT p.partkey IS NOT NULL AS has_key, c.shardcount, c.distributioncolumntype::regtype AS type
    INTO there
    FROM pg_dist_partition  p
    JOIN pg_dist_colocation c USING (colocationid)
   WHERE p.logicalrelid = other
     AND p.repmodel <> 't';
  IF NOT FOUND THEN
    RAISE internal_error
    USING MESSAGE = format('cannot colocate with %s because it is not a distributed table', colocate_with);
  ELSIF NOT there.has_key THEN
    RAISE internal_error
    USING MESSAGE = format('cannot colocate with %s because it is a single shard distributed table', colocate_with);
  ELSIF shard_count <> there.shardcount THEN
    RAISE internal_error
    USING MESSAGE = 'shard_count cannot be different than the shard count of the table in colocate_with',
          HINT    = 'if no shard_count is specified shard count will be same with colocate_with table''s';
  ELSIF there.type <> type THEN
    RAISE internal_error
    USING MESSAGE = CASE WHEN distribution_column IS NULL
                         THEN format('cannot colocate with %s because data type of its distribution column is different than %s',
                                     colocate_with, citus_internal.bare_name(rel))
                         ELSE format('cannot colocate with %s and change distribution column to %s because data type of column %2$s is '
                                     'different then the distribution column of the %1$s', colocate_with, distribution_column) END;
  END IF;
END $$;

-- Those with tables that the altered one leaves.
CREATE FUNCTION citus_internal.drop_foreign_keys_to_neighbors(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  fk record;
BEGIN
  FOR fk IN
    SELECT c.conname, c.conrelid::regclass AS rel
      FROM pg_constraint     c
      JOIN pg_dist_partition p ON p.logicalrelid = CASE c.conrelid WHEN rel THEN c.confrelid ELSE c.conrelid END
     WHERE c.contype = 'f'
       AND rel IN (c.conrelid, c.confrelid)
       AND c.conrelid <> c.confrelid
       AND p.repmodel <> 't'
     ORDER BY c.oid
  LOOP
    RAISE WARNING 'foreign key % will be dropped', fk.conname;
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', fk.rel, fk.conname);
    PERFORM citus_internal.reshape(fk.rel);
  END LOOP;
END $$;

-- The first as it is asked for, and the others beside it: those that foreign keys refer to before those that have them. `keys` has the
-- distribution column of each. Without a search_path of its own: colocate_with is a name on the user's.
CREATE FUNCTION citus_internal.distribute_again(tables regclass[], keys jsonb, colocate_with text, shard_count int)
  RETURNS void
  LANGUAGE plpgsql
AS $$
DECLARE
  asked text := pg_catalog.current_setting('client_min_messages');
  next  regclass;
BEGIN
  PERFORM pg_catalog.set_config('client_min_messages', 'warning', true);  -- no notices of how it is done
  WHILE tables <> '{}' LOOP
    SELECT t INTO next
      FROM pg_catalog.unnest(tables) t
     ORDER BY EXISTS (SELECT FROM pg_catalog.pg_constraint c
                       WHERE c.contype = 'f' AND c.conrelid = t AND c.confrelid <> t AND c.confrelid = ANY (tables)), t::oid
     LIMIT 1;
    PERFORM create_distributed_table(next, keys ->> next::oid::text, colocate_with => colocate_with, shard_count => shard_count);
    tables        := pg_catalog.array_remove(tables, next);
    colocate_with := next;
    shard_count   := NULL;
  END LOOP;
  PERFORM pg_catalog.set_config('client_min_messages', asked, true);
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
  PERFORM citus_internal.check_has_shards(other), citus_internal.check_has_shards(table_name);
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
    RAISE internal_error
    USING MESSAGE = 'supplied parameter is not a distributed relation',
          DETAIL  = 'This UDF only truncates local records of distributed tables.';
  END IF;
END $$;
