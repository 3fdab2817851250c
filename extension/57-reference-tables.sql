-- Reference tables: small tables that every node has a full copy of.
--
-- On the coordinator the table stays what it was: a plain table, read without asking any worker, its keys enforced by
-- PostgreSQL. The workers have copies, called table_102008 like any shard. Triggers pass on what each statement did, in
-- the same transaction.

CREATE FUNCTION pg_catalog.create_reference_table(table_name regclass)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  colocation int;
  shard      bigint;
  has_rows   boolean;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  PERFORM citus_internal.refuse_parent(table_name);
  PERFORM citus_internal.check_can_be_distributed(table_name);
  PERFORM citus_internal.ensure_a_node();
  EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s)', table_name) INTO has_rows;

  SELECT colocationid INTO colocation FROM pg_dist_colocation WHERE distributioncolumntype = 0 AND replicationfactor = -1;
  IF NOT FOUND THEN
    INSERT INTO pg_dist_colocation
    VALUES (nextval('pg_dist_colocationid_seq'), 1, -1, 0, 0)
    RETURNING colocationid INTO colocation;
  END IF;
  INSERT INTO pg_dist_partition (logicalrelid, partmethod, partkey, colocationid, repmodel)
  VALUES (table_name, 'n', NULL, colocation, 't');
  INSERT INTO pg_dist_shard
  VALUES (table_name, nextval('pg_dist_shardid_seq'), 't', NULL, NULL)
  RETURNING shardid INTO shard;
  PERFORM citus_internal.check_foreign_keys(table_name);
  PERFORM citus_internal.remember_shape(table_name);
  PERFORM citus_internal.ensure_roles(table_name);
  INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid)
  SELECT shard, 1, 0, 0 FROM pg_dist_node WHERE groupid = 0 AND noderole = 'primary';

  IF has_rows THEN
    RAISE NOTICE 'Copying data from local table...';
  END IF;
  PERFORM citus_internal.copy_reference_table(table_name);
  IF has_rows THEN
    RAISE NOTICE 'copying the data has completed';
  END IF;
  PERFORM citus_internal.pass_on_changes(table_name);
  PERFORM citus_internal.add_guards(table_name, NULL);
  PERFORM citus_internal.show_on_workers(table_name);
END $$;

-- Gives a copy to every worker that has none.
CREATE FUNCTION citus_internal.copy_reference_table(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  shard   bigint := (SELECT shardid FROM pg_dist_shard WHERE logicalrelid = rel);
  schema  text   := (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = rel);
  types   text;
  lacking int;
BEGIN
  FOR lacking IN
    SELECT n.groupid
      FROM pg_dist_node n
     WHERE n.groupid <> 0
       AND n.isactive
       AND n.noderole = 'primary'
       AND NOT EXISTS (SELECT FROM pg_dist_placement p WHERE p.shardid = shard AND p.groupid = n.groupid)
     ORDER BY n.nodeid
  LOOP
    INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid) VALUES (shard, 1, 0, lacking);
    types := coalesce(citus_internal.type_commands(rel), '');
    PERFORM citus_internal.run_on_group(lacking,
              types
              || CASE WHEN schema <> 'public' THEN format('CREATE SCHEMA IF NOT EXISTS %s; ', schema) ELSE '' END
              || format('DROP TABLE IF EXISTS %s CASCADE; ', citus_internal.shard(rel, shard))  -- of a node that comes back
              || citus_internal.create_shard_command(rel, shard));
    PERFORM citus_internal.send_rows(rel, citus_internal.shard(rel, shard), lacking);
    PERFORM citus_internal.run_on_group(lacking, coalesce(citus_internal.foreign_key_commands(rel, shard), 'SELECT'));
    IF types <> '' OR schema <> 'public' THEN
      PERFORM citus_internal.remember_surroundings(rel);
    END IF;
  END LOOP;
END $$;

CREATE FUNCTION citus_internal.ensure_reference_tables()
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.copy_reference_table(logicalrelid)
    FROM pg_dist_partition
   WHERE repmodel = 't'
   ORDER BY logicalrelid
$$;

CREATE FUNCTION pg_catalog.replicate_reference_tables(shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  PERFORM citus_internal.ensure_reference_tables();
END $$;
