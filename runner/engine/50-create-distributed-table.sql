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
  PERFORM citus_internal.refuse_on_worker();
  PERFORM citus_internal.check_shard_count(colocate_with, shard_count);
  EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', table_name);
  PERFORM citus_internal.check_can_be_distributed(table_name);
  IF distribution_column IS NULL THEN
    PERFORM citus_internal.create_single_shard_table(table_name, distribution_type, colocate_with, shard_count);
    RETURN;
  END IF;
  IF distribution_type <> 'hash' THEN
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
  PERFORM pg_catalog.set_config('client_min_messages', 'warning', true);  -- it says nothing of local rows
  PERFORM pg_catalog.create_distributed_table($1, $2, $3, $4, $5);
  PERFORM pg_catalog.set_config('client_min_messages', asked, true);
END $$;

-- A setting of Citus is a placeholder to PostgreSQL, which takes any value: its range is checked when it is used.
CREATE FUNCTION citus_internal.setting(name text, lowest int, highest int)
  RETURNS int
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  value text := current_setting(name, true);
BEGIN
  IF value !~ '^\s*-?\d{1,9}\s*$' THEN
    RAISE invalid_parameter_value
    USING MESSAGE = format('invalid value for parameter "%s": "%s"', name, value);
  END IF;
  IF value::int NOT BETWEEN lowest AND highest THEN
    RAISE invalid_parameter_value
    USING MESSAGE = format('%s is outside the valid range for parameter "%s" (%s .. %s)', value, name, lowest, highest);
  END IF;
  RETURN value::int;
END $$;

CREATE FUNCTION citus_internal.check_shard_count(colocate_with text, shard_count int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF shard_count IS NOT NULL AND colocate_with NOT IN ('default', 'none') THEN
    RAISE internal_error
    USING MESSAGE = 'Cannot use colocate_with with a table and shard_count at the same time';
  END IF;
  IF shard_count NOT BETWEEN 1 AND 64000 THEN
    RAISE internal_error
    USING MESSAGE = format('%s is outside the valid range for parameter "shard_count" (1 .. 64000)', shard_count);
  END IF;
END $$;

CREATE FUNCTION citus_internal.check_can_be_distributed(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  class pg_class;
BEGIN
  SELECT * INTO STRICT class FROM pg_class WHERE oid = rel;
  IF class.relkind NOT IN ('r', 'p', 'f') THEN
    RAISE wrong_object_type
    USING MESSAGE = format('%s is not a regular, foreign or partitioned table', class.relname);
  END IF;
  IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = rel) THEN
    RAISE invalid_table_definition
    USING MESSAGE = format('table "%s" is already distributed', class.relname);
  END IF;
  IF class.relpersistence = 't' THEN
    RAISE feature_not_supported
    USING MESSAGE = 'cannot distribute a temporary table';
  END IF;
  IF class.relnamespace IN ('pg_catalog'::regnamespace, 'citus'::regnamespace, 'citus_internal'::regnamespace) THEN
    RAISE internal_error
    USING MESSAGE = 'cannot create a citus table from a catalog table';
  END IF;
  IF class.relkind <> 'r' THEN
    PERFORM citus_internal.refuse(CASE class.relkind WHEN 'p' THEN 'distributed partitioned tables'
                                                     ELSE 'distributed foreign tables' END);
  END IF;
  IF EXISTS (SELECT FROM pg_inherits WHERE rel IN (inhrelid, inhparent)) OR class.reloftype <> 0 THEN
    PERFORM citus_internal.refuse('distributed tables that inherit, are inherited, are partitions or of a type');
  END IF;
  IF class.relrowsecurity
     OR EXISTS (SELECT FROM pg_policy  WHERE polrelid = rel)
     OR EXISTS (SELECT FROM pg_rewrite WHERE ev_class = rel)
  THEN
    PERFORM citus_internal.refuse('rules and row security on distributed tables');
  END IF;
  IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = rel AND NOT tgisinternal) THEN
    RAISE internal_error
    USING MESSAGE = 'triggers are not supported on distributed tables';
  END IF;
END $$;

CREATE FUNCTION citus_internal.check_distribution_column(rel regclass, distribution_column text)
  RETURNS pg_attribute
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  key  pg_attribute;
  type pg_type;
BEGIN
  SELECT * INTO key
    FROM pg_attribute
   WHERE attrelid = rel
     AND attname  = (parse_ident(quote_ident(distribution_column)))[1]
     AND NOT attisdropped;
  IF NOT FOUND THEN
    RAISE undefined_column
    USING MESSAGE = format('column "%s" of relation "%s" does not exist',
                           distribution_column, citus_internal.bare_name(rel));
  END IF;
  IF key.attnum < 0 OR key.attgenerated <> '' THEN
    RAISE feature_not_supported
    USING MESSAGE = format('cannot distribute relation: %s', citus_internal.bare_name(rel)),
          DETAIL  = CASE WHEN key.attnum < 0
                         THEN 'Distribution column must not be a system column.'
                         ELSE 'Distribution column must not use GENERATED ALWAYS AS (...) STORED.'
                    END;
  END IF;

  IF citus_internal.hashed_type(key.atttypid) IS NULL THEN
    SELECT * INTO type FROM pg_type WHERE oid = key.atttypid;
    IF type.typtype <> 'b' OR type.typsubscript = 'array_subscript_handler'::regproc THEN
      PERFORM citus_internal.refuse(format('distribution columns of type %s', format_type(type.oid, NULL)));
    END IF;
    RAISE undefined_object
    USING MESSAGE  = format('data type %s has no default operator class for specified partition method',
                            format_type(type.oid, NULL)),
          DETAIL   = 'Partition column types must have a default operator class defined.',
          DATATYPE = type.typname,
          SCHEMA   = type.typnamespace::regnamespace::text;
  END IF;

  PERFORM citus_internal.check_unique_keys(rel, key.attnum);
  RETURN key;
END $$;

-- A shard can only see to it that its own rows differ. So the key must be in what is unique.
CREATE FUNCTION citus_internal.check_unique_keys(rel regclass, key_number smallint)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  unsafe record;
BEGIN
  SELECT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x')) AS is_constraint
    INTO unsafe
    FROM pg_index i
   WHERE i.indrelid = rel
     AND (i.indisunique OR i.indisexclusion)
     AND key_number <> ALL ((i.indkey::int2[])[0:i.indnkeyatts - 1])
   LIMIT 1;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF NOT unsafe.is_constraint THEN
    RAISE feature_not_supported
    USING MESSAGE = 'creating unique indexes on non-partition columns is currently unsupported';
  END IF;
  RAISE feature_not_supported
  USING MESSAGE = format('cannot create constraint on "%s"', citus_internal.bare_name(rel)),
        DETAIL  = 'Distributed relations cannot have UNIQUE, EXCLUDE, or PRIMARY KEY constraints that do not include '
                  'the partition column (with an equality operator if EXCLUDE).';
END $$;

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

  IF colocation.replicationfactor > 1 THEN
    PERFORM citus_internal.prepare_workers(rel);
  END IF;

  -- Shards, one round trip to each node.
  FOR task IN
    SELECT citus_internal.copies(s.shardid) AS groups,
           string_agg(citus_internal.create_shard_command(rel, s.shardid, plain.relpersistence, plain.reloptions)
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

  PERFORM citus_internal.become_partitioned(rel, key, colocation.shardcount);

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
BEGIN
  RAISE null_value_not_allowed
  USING MESSAGE = 'cannot perform an INSERT with NULL in the partition column';
END $$;

CREATE FUNCTION citus_internal.refuse_null_key_command(rel regclass, shardid bigint, key name)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format(' CREATE TRIGGER refuse_null_key BEFORE INSERT ON %s FOR EACH ROW WHEN (NEW.%I IS NULL) '
                'EXECUTE FUNCTION citus_internal.refuse_null_key();', citus_internal.shard(rel, shardid), key)
$$;

-- The metadata of a table, its shards and their placements.
CREATE FUNCTION citus_internal.record_shards(rel regclass, key pg_attribute, colocation pg_dist_colocation)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  layout  int[];
  width   bigint  := 4294967296 / colocation.shardcount;
  has_key boolean := colocation.distributioncolumntype <> 0;
  shard   bigint;
BEGIN
  SELECT array_agg(groupid ORDER BY index, copy) INTO layout FROM citus_internal.lay_out(colocation);

  INSERT INTO pg_dist_partition (logicalrelid, partmethod, partkey, colocationid, repmodel)
  VALUES (rel,
          CASE WHEN has_key THEN 'h' ELSE 'n' END,
          CASE WHEN has_key THEN citus_internal.column_to_var(rel, key.attnum) END,
          colocation.colocationid,
          CASE WHEN colocation.replicationfactor > 1 THEN 'c' ELSE 's' END);

  FOR i IN 0 .. colocation.shardcount - 1 LOOP
    INSERT INTO pg_dist_shard
    VALUES (rel, nextval('pg_dist_shardid_seq'), 't',
            CASE WHEN has_key THEN i * width - 2147483648 END,
            CASE WHEN NOT has_key                   THEN NULL
                 WHEN i = colocation.shardcount - 1 THEN 2147483647
                 ELSE (i + 1) * width - 2147483649 END)
    RETURNING shardid INTO shard;

    FOR j IN 1 .. colocation.replicationfactor LOOP
      INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid)
      VALUES (shard, 1, 0, layout[i * colocation.replicationfactor + j]);
    END LOOP;
  END LOOP;
END $$;

-- On the coordinator: the table loses its rows and indexes, becomes partitioned, and gets its shards as partitions.
CREATE FUNCTION citus_internal.become_partitioned(rel regclass, key pg_attribute, shard_count int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  keys    record   := citus_internal.key_commands(rel);
  others  regclass[] := ARRAY(SELECT DISTINCT p.logicalrelid
                                FROM pg_constraint     c
                                JOIN pg_dist_partition p ON p.logicalrelid = c.confrelid AND p.repmodel <> 't'
                               WHERE c.conrelid  = rel
                                 AND c.confrelid <> rel
                                 AND c.contype   = 'f');
  command text;
  item    record;
  index   int := 0;
BEGIN
  FOREACH command IN ARRAY coalesce(keys.take, '{}') LOOP
    EXECUTE command;
  END LOOP;

  PERFORM citus_internal.make_partitioned(rel, key.attnum,
            citus_internal.shard_operator_class(key.atttypid, shard_count));

  FOR item IN
    SELECT shardid, citus_internal.copies(shardid) AS groups
      FROM pg_dist_shard
     WHERE logicalrelid = rel
     ORDER BY shardminvalue::int
  LOOP
    EXECUTE (SELECT format('CREATE FOREIGN TABLE citus_shards_internal.%I PARTITION OF %s '
                           'FOR VALUES WITH (MODULUS %s, REMAINDER %s) SERVER %I OPTIONS (schema_name %L, table_name %L)',
                           citus_internal.shard_name(name, item.shardid), rel, shard_count, index,
                           citus_internal.server_for(item.groups), definition,
                           citus_internal.shard_name(name, item.shardid))
               FROM citus_internal.table_shape
              WHERE logicalrelid = rel
                AND part = 'table');
    index := index + 1;
  END LOOP;

  IF keys.give IS NOT NULL THEN
    PERFORM citus_internal.give_keys(rel, keys.give, others);
  END IF;
  PERFORM citus_internal.add_guards(rel, (SELECT key.attname FROM pg_dist_partition
                                           WHERE logicalrelid = rel AND partkey IS NOT NULL));
END $$;
