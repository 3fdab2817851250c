-- How a table is distributed: metadata, shards, the way to them, rows.

-- The work itself, all in the user's transaction: metadata, shards on the workers, the table made partitioned, one
-- foreign table for each shard, the rows that were there.
CREATE FUNCTION citus_internal.distribute(rel regclass, key pg_attribute, colocation pg_dist_colocation)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $function$
DECLARE
  plain    pg_class;
  has_rows boolean;
  task     record;
  workers  int := cardinality(citus_internal.groups_for_shards());
  types    text := coalesce(citus_internal.type_commands(rel), '');
BEGIN
  IF colocation.replicationfactor > 1 AND citus_internal.is_parent(rel) THEN
    PERFORM citus_internal.refuse('partitioned tables with several copies of a shard');
  END IF;
  IF colocation.replicationfactor > greatest(workers, 1) THEN
    RAISE invalid_parameter_value
    USING MESSAGE = format('replication_factor (%s) exceeds number of worker nodes (%s)',
                           colocation.replicationfactor, workers),
          HINT    = 'Add more worker nodes or try again with a lower replication factor.';
  END IF;

  SELECT * INTO STRICT plain FROM pg_class WHERE oid = rel;
  EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s)', rel) INTO has_rows;
  IF has_rows THEN
    EXECUTE format('CREATE TEMP TABLE citus_local_rows ON COMMIT DROP AS TABLE ONLY %s', rel);
  END IF;

  PERFORM citus_internal.ensure_reference_tables();
  PERFORM citus_internal.record_shards(rel, key, colocation);
  PERFORM citus_internal.check_foreign_keys(rel);
  PERFORM citus_internal.remember_shape(rel);
  PERFORM citus_internal.ensure_roles(rel);

  IF colocation.replicationfactor > 1 THEN
    PERFORM citus_internal.prepare_workers(rel);
  END IF;

  -- Shards, one round trip to each node.
  FOR task IN
    SELECT citus_internal.copies(s.shardid) AS groups,
           string_agg(citus_internal.create_shard_command(rel, s.shardid)
                      || CASE WHEN s.shardminvalue = '-2147483648'
                              THEN citus_internal.refuse_null_key_command(rel, s.shardid, key.attname)
                              ELSE '' END
                      || coalesce(citus_internal.foreign_key_commands(rel, s.shardid), '')
                      || CASE WHEN colocation.replicationfactor > 1
                              THEN format(' SELECT citus_internal.wire_copy(%L, %L);', citus_internal.shard(rel, s.shardid),
                                          citus_internal.copies(s.shardid))
                              ELSE '' END,
                      E'\n' ORDER BY s.shardid) AS command
      FROM pg_dist_shard s
     WHERE s.logicalrelid = rel
     GROUP BY 1
     ORDER BY 1
  LOOP
    IF plain.relnamespace <> 'public'::regnamespace THEN
      task.command := format('CREATE SCHEMA IF NOT EXISTS %s; ', plain.relnamespace::regnamespace) || task.command;
    END IF;
    PERFORM citus_internal.run_on_copies_of(task.groups, types || task.command);
  END LOOP;
  IF types <> '' OR plain.relnamespace <> 'public'::regnamespace THEN
    PERFORM citus_internal.remember_surroundings(rel);
  END IF;

  IF citus_internal.is_parent(rel) THEN
    PERFORM citus_internal.drop_foreign_key_triggers(rel);
    PERFORM citus_internal.watch(rel);
    PERFORM citus_internal.distribute_children(rel, ARRAY(SELECT citus_internal.children(rel)));
    RETURN;
  END IF;
  PERFORM citus_internal.become_partitioned(rel, key);
  PERFORM citus_internal.watch(rel);

  IF has_rows THEN
    RAISE NOTICE 'Copying data from local table...';
    EXECUTE (SELECT format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM citus_local_rows', rel,
                           string_agg(quote_ident(attname), ', ' ORDER BY attnum))
               FROM pg_attribute
              WHERE attrelid = rel
                AND attnum > 0
                AND NOT attisdropped
                AND attgenerated = '');
    DROP TABLE citus_local_rows;
    RAISE NOTICE USING
      MESSAGE = 'copying the data has completed',
      DETAIL  = 'The local data in the table is no longer visible, but is still on disk.',
      HINT    = format('To remove the local data, run: SELECT truncate_local_data_after_distributing_table($$%s$$)', rel);
  END IF;
END $function$;

-- Rows whose key is NULL have no hash; PostgreSQL would put them into the first shard.
CREATE FUNCTION citus_internal.refuse_null_key()
  RETURNS trigger
  LANGUAGE plpgsql
AS $$
DECLARE
  copied text := nullif(pg_catalog.current_setting('citus_internal.copy_into', true), '');
BEGIN
  RAISE null_value_not_allowed
  USING MESSAGE = CASE WHEN copied IS NULL THEN 'cannot perform an INSERT with NULL in the partition column'
                       ELSE pg_catalog.format('the partition column of table %s cannot be NULL', copied) END;
END $$;

CREATE FUNCTION citus_internal.refuse_null_key_command(rel regclass, shardid bigint, key name)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT CASE WHEN citus_internal.is_parent(rel) THEN ''  -- whose children have it
              ELSE format(' CREATE TRIGGER refuse_null_key BEFORE INSERT ON %s FOR EACH ROW WHEN (NEW.%I IS NULL) '
                          'EXECUTE FUNCTION citus_internal.refuse_null_key();', citus_internal.shard(rel, shardid), key) END
$$;

-- The metadata of a table, its shards and their placements.
CREATE FUNCTION citus_internal.record_shards(rel regclass, key pg_attribute, colocation pg_dist_colocation)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  layout  jsonb   := (SELECT jsonb_object_agg(index, groups)  -- the groups of each shard
                        FROM (SELECT index, array_agg(groupid ORDER BY copy) AS groups
                                FROM citus_internal.lay_out(colocation) GROUP BY index) l);
  has_key boolean := colocation.distributioncolumntype <> 0;
  starts  int[]   := -2147483648 || coalesce((SELECT citus_internal.starts(min(p.logicalrelid::oid))  -- as its neighbors
                                                FROM pg_dist_partition p
                                               WHERE p.colocationid = colocation.colocationid
                                              HAVING count(*) > 0),
                                             citus_internal.equal_starts(colocation.shardcount));
  shard   bigint;
BEGIN
  INSERT INTO pg_dist_partition (logicalrelid, partmethod, partkey, colocationid, repmodel)
  VALUES (rel,
          CASE WHEN has_key THEN 'h' ELSE 'n' END,
          CASE WHEN has_key THEN citus_internal.column_to_var(rel, key.attnum) END,
          colocation.colocationid,
          CASE WHEN colocation.replicationfactor > 1 THEN 'c' ELSE 's' END);

  FOR i IN 0 .. cardinality(starts) - 1 LOOP
    INSERT INTO pg_dist_shard
    VALUES (rel, nextval('pg_dist_shardid_seq'), 't',
            CASE WHEN has_key THEN starts[i + 1] END,
            CASE WHEN has_key THEN coalesce(starts[i + 2]::bigint - 1, 2147483647) END)
    RETURNING shardid INTO shard;

    INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid)
    SELECT shard, 1, 0, g.groupid::int
      FROM jsonb_array_elements_text(layout -> i::text) WITH ORDINALITY g (groupid, copy)
     ORDER BY g.copy;
  END LOOP;
END $$;

-- On the coordinator: the table loses its rows and indexes, becomes partitioned, and gets its shards as partitions.
CREATE FUNCTION citus_internal.become_partitioned(rel regclass, key pg_attribute)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  keys    record   := citus_internal.key_commands(rel);
  others  regclass[] := ARRAY(SELECT citus_internal.tables_referred_to(rel));
  command text;
BEGIN
  FOREACH command IN ARRAY coalesce(keys.take, '{}') LOOP
    EXECUTE command;
  END LOOP;

  PERFORM citus_internal.make_partitioned(rel, key.attnum,
            citus_internal.shard_operator_class(key.atttypid, citus_internal.starts(rel)));
  PERFORM citus_internal.add_partitions(rel);
  IF keys.give IS NOT NULL THEN
    PERFORM citus_internal.give_keys(rel, keys.give, others);
  END IF;
END $$;

-- One foreign table for each shard.
CREATE FUNCTION citus_internal.add_partitions(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  item  record;
  index int := 0;
BEGIN
  FOR item IN
    SELECT shardid, citus_internal.copies(shardid) AS groups, count(*) OVER () AS shard_count
      FROM pg_dist_shard
     WHERE logicalrelid = rel
     ORDER BY shardminvalue::int
  LOOP
    EXECUTE (SELECT format('CREATE FOREIGN TABLE citus_shards_internal.%I PARTITION OF %s '
                           'FOR VALUES WITH (MODULUS %s, REMAINDER %s) SERVER %I OPTIONS (schema_name %L, table_name %L)',
                           citus_internal.shard_name(name, item.shardid), rel, item.shard_count, index,
                           citus_internal.server_for(item.groups), definition,
                           citus_internal.shard_name(name, item.shardid))
               FROM citus_internal.table_shape
              WHERE logicalrelid = rel
                AND part = 'table');
    index := index + 1;
  END LOOP;
END $$;

-- From now on its queries and changes are looked at.
CREATE FUNCTION citus_internal.watch(rel regclass)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.watch_plans(rel);
  SELECT citus_internal.add_guards(rel, (SELECT column_to_column_name(rel, partkey)::name
                                           FROM pg_dist_partition WHERE logicalrelid = rel));
  SELECT citus_internal.show_on_workers(rel);
$$;
