-- Back to a plain table.

-- The reverse of make_partitioned: a plain model gives its file, and takes the partition key away.
CREATE FUNCTION citus_internal.make_plain(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  plain     pg_class;
  partition regclass;
BEGIN
  FOR partition IN SELECT citus_internal.partitions(rel) LOOP
    EXECUTE format('DROP FOREIGN TABLE %s', partition);
  END LOOP;
  PERFORM citus_internal.drop_triggers(rel);
  PERFORM citus_internal.stop_watching_plans(rel);

  EXECUTE citus_internal.create_table_command(rel, 'citus_internal.model', format('(LIKE %s)', rel));
  SELECT * INTO STRICT plain FROM pg_class WHERE oid = 'citus_internal.model'::regclass;
  UPDATE pg_class
     SET relkind = 'r', relam = plain.relam, relfilenode = plain.relfilenode, reltoastrelid = plain.reltoastrelid,
         reltablespace = plain.reltablespace, relfrozenxid = plain.relfrozenxid, relminmxid = plain.relminmxid,
         relpages = 0, reltuples = -1, relhassubclass = false
   WHERE oid = rel;
  UPDATE pg_class
     SET relkind = 'p', relam = 0, relfilenode = 0, reltoastrelid = 0, relfrozenxid = '0', relminmxid = '0'
   WHERE oid = plain.oid;
  UPDATE pg_depend
     SET refobjid = rel
   WHERE classid    = 'pg_class'::regclass
     AND objid      = plain.reltoastrelid
     AND refclassid = 'pg_class'::regclass
     AND refobjid   = plain.oid;
  UPDATE pg_partitioned_table SET partrelid = plain.oid, partattrs = '1' WHERE partrelid = rel;
  DELETE FROM pg_depend
   WHERE classid = 'pg_class'::regclass
     AND objid   = rel
     AND (objsubid = 0 AND refclassid IN ('pg_opclass'::regclass, 'pg_collation'::regclass)
          OR objsubid > 0 AND refclassid = 'pg_class'::regclass AND refobjid = rel AND deptype = 'i');
  DROP TABLE citus_internal.model;
END $$;

CREATE FUNCTION pg_catalog.undistribute_table(table_name regclass, cascade_via_foreign_keys boolean DEFAULT false)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = table_name) THEN
    RAISE internal_error
    USING MESSAGE = 'cannot undistribute table because the table is not distributed';
  END IF;
  PERFORM citus_internal.refuse_child(table_name);
  IF EXISTS (SELECT FROM pg_dist_partition JOIN pg_dist_schema USING (colocationid) WHERE logicalrelid = table_name) THEN
    RAISE internal_error
    USING MESSAGE = format('%s is not allowed for undistribute_table because it belongs to a distributed schema', table_name);
  END IF;
  IF cascade_via_foreign_keys THEN
    PERFORM citus_internal.undistribute_all(ARRAY(SELECT citus_internal.tables_tied_to(table_name)));
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND table_name IN (conrelid, confrelid)) THEN
    RAISE internal_error
    USING MESSAGE = format('cannot complete operation because table %s %s a foreign key', citus_internal.bare_name(table_name),
                           CASE WHEN EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid = table_name)
                                THEN 'has' ELSE 'is referenced by' END),
          HINT    = format('Use cascade option to undistribute all the relations involved in a foreign key relationship with '
                           '%1$s by executing SELECT undistribute_table(%2$s%1$s%2$s, cascade_via_foreign_keys=>true)',
                           table_name, '$' || '$');
  END IF;
  PERFORM citus_internal.undistribute_aloud(table_name);
END $$;

CREATE FUNCTION citus_internal.undistribute_aloud(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  RAISE NOTICE 'creating a new table for %', rel;
  RAISE NOTICE 'moving the data of %', rel;
  PERFORM citus_internal.undistribute(rel);
  RAISE NOTICE 'dropping the old %', rel;
  RAISE NOTICE 'renaming the new table to %', rel;
END $$;

-- The tables that foreign keys tie to this one, over however many others; it is one of them.
CREATE FUNCTION citus_internal.tied_by_foreign_keys(rel regclass)
  RETURNS SETOF oid
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH RECURSIVE tied (id) AS (
    SELECT rel::oid
    UNION
    SELECT CASE c.conrelid WHEN t.id THEN c.confrelid ELSE c.conrelid END
      FROM tied          t
      JOIN pg_constraint c ON c.contype = 'f' AND t.id IN (c.conrelid, c.confrelid)
  )
  SELECT id FROM tied
$$;

-- Those that are distributed; it comes first.
CREATE FUNCTION citus_internal.tables_tied_to(rel regclass)
  RETURNS SETOF regclass
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT p.logicalrelid
    FROM citus_internal.tied_by_foreign_keys(rel) id
    JOIN pg_dist_partition p ON p.logicalrelid = id
   WHERE citus_internal.parent(p.logicalrelid) IS NULL
   ORDER BY p.logicalrelid <> rel, p.logicalrelid
$$;

-- Several tables at once, whose foreign keys are taken away meanwhile.
CREATE FUNCTION citus_internal.undistribute_all(rels regclass[], aloud boolean DEFAULT true)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  keys    record;
  command text;
  rel     regclass;
BEGIN
  SELECT array_agg(format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)) AS take,
         array_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
                          pg_get_constraintdef(oid))) AS give
    INTO keys
    FROM pg_constraint
   WHERE contype = 'f'
     AND conparentid = 0
     AND (conrelid = ANY (rels) OR confrelid = ANY (rels));
  FOREACH command IN ARRAY coalesce(keys.take, '{}') LOOP
    EXECUTE command;
  END LOOP;
  FOREACH rel IN ARRAY rels LOOP
    IF aloud THEN
      PERFORM citus_internal.undistribute_aloud(rel);
    ELSE
      PERFORM citus_internal.undistribute(rel);
    END IF;
  END LOOP;
  FOREACH command IN ARRAY coalesce(keys.give, '{}') LOOP
    EXECUTE command;
  END LOOP;
END $$;

CREATE FUNCTION citus_internal.undistribute(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  keys    record := citus_internal.key_commands(rel);
  command text;
BEGIN
  EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', rel);
  IF (SELECT repmodel = 't' OR colocationid = 0 FROM pg_dist_partition WHERE logicalrelid = rel) THEN
    PERFORM citus_internal.drop_triggers(rel);
    PERFORM citus_internal.drop_shards(rel);
    RETURN;
  ELSIF citus_internal.is_parent(rel) THEN
    PERFORM citus_internal.undistribute_with_children(rel);
    RETURN;
  END IF;

  EXECUTE format('CREATE TEMP TABLE citus_moving_rows ON COMMIT DROP AS TABLE %s', rel);
  FOREACH command IN ARRAY coalesce(keys.take, '{}') LOOP
    EXECUTE command;
  END LOOP;
  PERFORM citus_internal.make_plain(rel);
  PERFORM citus_internal.drop_shards(rel);
  EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM citus_moving_rows',
                 rel, citus_internal.stored_columns(rel));
  DROP TABLE citus_moving_rows;
  FOREACH command IN ARRAY coalesce(keys.give, '{}') LOOP
    EXECUTE command;
  END LOOP;
END $$;

-- A table that its author has partitioned, without its children, which become plain tables; then they come back.
CREATE FUNCTION citus_internal.undistribute_with_children(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  children regclass[] := ARRAY(SELECT citus_internal.children(rel));
  limits   jsonb      := (SELECT jsonb_object_agg(c::oid, citus_internal.limits(c)) FROM unnest(children) c);
  child    regclass;
BEGIN
  FOREACH child IN ARRAY children LOOP
    EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', rel, child);
    PERFORM citus_internal.undistribute(child);
  END LOOP;
  PERFORM citus_internal.drop_triggers(rel);
  PERFORM citus_internal.stop_watching_plans(rel);
  PERFORM citus_internal.drop_shards(rel);
  FOREACH child IN ARRAY children LOOP
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s %s', rel, child, limits ->> child::oid::text);
  END LOOP;
END $$;
