-- Local tables of Citus: plain tables of the coordinator that are in the metadata, with one shard that is the table itself.

CREATE FUNCTION pg_catalog.citus_add_local_table_to_metadata(table_name regclass, cascade_via_foreign_keys boolean DEFAULT false)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  tied regclass;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  PERFORM citus_internal.check_can_be_local(table_name);
  IF NOT cascade_via_foreign_keys
     AND EXISTS (SELECT FROM pg_constraint
                  WHERE contype = 'f' AND table_name IN (conrelid, confrelid) AND conrelid <> confrelid)
  THEN
    RAISE feature_not_supported
    USING MESSAGE = format('relation %s is involved in a foreign key relationship with another table',
                           citus_internal.qualified_name(table_name)),
          HINT    = format('Use cascade_via_foreign_keys option to add all the relations involved in a foreign key relationship with '
                           '%1$s to citus metadata by executing SELECT citus_add_local_table_to_metadata(%2$s%1$s%2$s, '
                           'cascade_via_foreign_keys=>true)', citus_internal.qualified_name(table_name), '$' || '$');
  END IF;
  FOR tied IN SELECT citus_internal.plain_tables_tied_to(table_name) LOOP
    EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', tied);
    PERFORM citus_internal.add_local_table(tied);
  END LOOP;
END $$;

CREATE FUNCTION citus_internal.check_can_be_local(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  class pg_class;
BEGIN
  SELECT * INTO STRICT class FROM pg_class WHERE oid = rel;
  IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = rel AND colocationid <> 0) THEN
    RAISE invalid_table_definition
    USING MESSAGE = format('table "%s" is already distributed', class.relname);
  ELSIF class.relkind NOT IN ('r', 'p', 'f') THEN
    RAISE feature_not_supported
    USING MESSAGE = format('cannot add local table "%s" to metadata, only regular tables, partitioned tables and foreign tables can be '
                           'added to citus metadata ', class.relname);
  ELSIF class.relpersistence = 't' THEN
    RAISE feature_not_supported
    USING MESSAGE = 'constraints on temporary tables may reference only temporary tables';  -- as Citus finds out
  ELSIF class.relkind <> 'r' THEN
    PERFORM citus_internal.refuse('local tables of Citus that are partitioned or foreign');
  END IF;
END $$;

CREATE FUNCTION citus_internal.qualified_name(rel regclass)
  RETURNS text
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT format('%s.%I', relnamespace::regnamespace, relname) FROM pg_class WHERE oid = rel
$$;

-- The table, and those that foreign keys tie to it, over however many others, which the metadata lacks.
CREATE FUNCTION citus_internal.plain_tables_tied_to(rel regclass)
  RETURNS SETOF regclass
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT id::regclass
    FROM citus_internal.tied_by_foreign_keys(rel) id
   WHERE NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = id)
   ORDER BY id <> rel, id
$$;

CREATE FUNCTION citus_internal.add_local_table(rel regclass)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  INSERT INTO pg_dist_partition (logicalrelid, partmethod, colocationid, repmodel) VALUES (rel, 'n', 0, 's');
  WITH shard AS (
    INSERT INTO pg_dist_shard (logicalrelid, shardid, shardstorage) VALUES (rel, nextval('pg_dist_shardid_seq'), 't')
    RETURNING shardid
  )
  INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid) SELECT shardid, 1, 0, 0 FROM shard;
  SELECT citus_internal.remember_shape(rel), citus_internal.ensure_roles(rel), citus_internal.show_on_workers(rel);
$$;

-- In Citus it removes those that were added by themselves; here none are.
CREATE FUNCTION pg_catalog.remove_local_tables_from_metadata()
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.refuse_on_worker()
$$;
