-- Queries on any node: the workers know the tables, too.
--
-- On a worker a table of the metadata is a foreign table, which leads to the coordinator; so do parts of the metadata
-- there. What is asked of a worker, the coordinator answers. In Citus every node has the metadata itself, and goes on
-- without the coordinator.

-- What the workers were last told of each table.
CREATE TABLE citus_internal.shown_table (
  logicalrelid regclass NOT NULL PRIMARY KEY,
  full_name    text     NOT NULL,
  command      text     NOT NULL
);

-- For table_type(): a schema's number is another one on each node.
CREATE VIEW citus_internal.schema_groups AS
  SELECT 0::oid AS schemaid, colocationid FROM pg_dist_schema;

-- Whether a trigger of the coordinator has nothing to do.
CREATE FUNCTION citus_internal.stands_aside()
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.engine_at_work() OR NOT citus_is_coordinator()
$$;

-- On a worker: the way to the coordinator, and to its metadata. A query of a table there reads what inherits from it.
CREATE FUNCTION citus_internal.follow_coordinator()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  coordinator pg_dist_node;
  part        record;
BEGIN
  SELECT * INTO coordinator FROM pg_dist_node WHERE groupid = 0 AND noderole = 'primary';
  IF coordinator.nodeid IS NULL OR to_regclass('citus_internal.coordinators_sizes') IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM citus_internal.create_server(coordinator) WHERE citus_internal.server_name(0) IS NULL;
  -- Asking twice is dear: so that joins are sent to the coordinator, which refuses what Citus refuses.
  EXECUTE format('ALTER SERVER %I OPTIONS (ADD fdw_startup_cost %L)', citus_internal.server_name(0), '1000000');
  FOR part IN
    SELECT *
      FROM (VALUES ('pg_dist_partition',          'pg_catalog',     'pg_dist_partition'),
                   ('pg_dist_shard',              'pg_catalog',     'pg_dist_shard'),
                   ('pg_dist_placement',          'pg_catalog',     'pg_dist_placement'),
                   ('pg_dist_colocation',         'pg_catalog',     'pg_dist_colocation'),
                   ('pg_dist_schema',             'citus_internal', 'schema_groups'),
                   ('citus_internal.table_shape', 'citus_internal', 'table_shape')) metadata (here, schema, there)
  LOOP
    EXECUTE format('CREATE FOREIGN TABLE citus_internal.%I () INHERITS (%s) SERVER %I OPTIONS (schema_name %L, table_name %L)',
                   'coordinators_' || part.there, part.here, citus_internal.server_name(0), part.schema, part.there);
  END LOOP;
  EXECUTE format('CREATE FOREIGN TABLE citus_internal.coordinators_sizes '
                 '(shardid bigint, groupid int, relation_size bigint, table_size bigint, total_size bigint) '
                 'SERVER %I OPTIONS (schema_name %L, table_name %L)', citus_internal.server_name(0), 'citus_internal', 'all_sizes');
END $$;

-- On a worker that is none any more.
CREATE FUNCTION citus_internal.leave_coordinator()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET client_min_messages = warning
AS $$
DECLARE
  server name := citus_internal.server_name(0);
BEGIN
  IF server IS NOT NULL THEN
    EXECUTE format('DROP SERVER %I CASCADE', server);
  END IF;
END $$;

-- A table as the workers see it: the command that makes it there. What its shards know of a default is worked out by the worker.
CREATE FUNCTION citus_internal.show_table_command(rel regclass)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH shape AS MATERIALIZED (
    SELECT * FROM citus_internal.table_shape WHERE logicalrelid = rel
  )
  SELECT format('SELECT citus_internal.show_table(%L, %L, %L, %L, %L);', t.definition, t.name,
                (SELECT string_agg(CASE WHEN a.attisdropped THEN format('"dropped %s" int', a.attnum)  -- columns keep their numbers
                                        WHEN a.attidentity = 'a'
                                        THEN format('%I %s GENERATED ALWAYS AS (NULL) STORED', c.name, c.definition)  -- by the coordinator
                                        ELSE format('%I %s', c.name, c.definition)
                                             || coalesce(' DEFAULT ' || citus_internal.default_elsewhere(a), '') END,
                                   ', ' ORDER BY a.attnum)
                   FROM pg_attribute a
                   LEFT JOIN shape c ON c.part = 'column' AND c.id = a.attnum::text
                  WHERE a.attrelid = rel
                    AND a.attnum > 0),
                (SELECT string_agg(format('DROP COLUMN "dropped %s"', attnum), ', ')
                   FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND attisdropped),
                (SELECT string_agg(citus_internal.grant_command(given, format('%I.%I', t.definition, t.name)), '; ' ORDER BY part, id)
                   FROM citus_internal.table_shape given
                  WHERE logicalrelid = rel
                    AND part IN ('owner', 'privilege')))
    FROM shape t
   WHERE t.part = 'table'
$$;

-- The default of a column on a worker. Numbers come from the sequence of the coordinator.
CREATE FUNCTION citus_internal.default_elsewhere(named pg_attribute)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT CASE WHEN named.attidentity <> ''
              THEN format('citus_internal.next_number(%L)', pg_get_serial_sequence(named.attrelid::regclass::text, named.attname))
              WHEN d.known THEN d.expression
              WHEN d.expression ~ '^nextval\(''[^'']+''::regclass\)$'
              THEN regexp_replace(d.expression, '^nextval(.*)::regclass\)$', 'citus_internal.next_number\1)')
              WHEN d.expression IS NOT NULL THEN format('(citus_internal.no_default(%L))::%s', named.attname,
                                                        format_type(named.atttypid, named.atttypmod))
         END
    FROM (SELECT) one
    LEFT JOIN (SELECT pg_get_expr(adbin, adrelid) AS expression,
                      EXISTS (SELECT FROM citus_internal.table_shape
                               WHERE logicalrelid = adrelid AND part = 'default' AND id = adnum::text) AS known
                 FROM pg_attrdef
                WHERE adrelid = named.attrelid
                  AND adnum   = named.attnum
                  AND named.attgenerated = '') d ON true
$$;

-- On a worker.
CREATE FUNCTION citus_internal.next_number(sequence text)
  RETURNS bigint
  LANGUAGE sql
  SECURITY DEFINER
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.ask_group(0, format('SELECT citus_internal.answer(nextval(%L)::text)', sequence))::bigint
$$;

CREATE FUNCTION citus_internal.no_default(column_name text)
  RETURNS text
  LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM citus_internal.refuse(pg_catalog.format('default for column "%s" on a worker', column_name));
END $$;

-- On a worker: makes the table, in the place of the one that was there.
CREATE FUNCTION citus_internal.show_table(schema name, name name, columns text, dropped text, grants text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  full_name text := format('%I.%I', schema, name);
BEGIN
  IF citus_internal.server_name(0) IS NULL THEN
    RETURN;
  END IF;
  PERFORM citus_internal.hide_table(full_name);
  IF to_regnamespace(quote_ident(schema)) IS NULL THEN
    EXECUTE format('CREATE SCHEMA %I', schema);
  END IF;
  EXECUTE format('CREATE FOREIGN TABLE %s (%s) SERVER %I OPTIONS (schema_name %L, table_name %L)',
                 full_name, columns, citus_internal.server_name(0), schema, name);
  IF dropped IS NOT NULL THEN
    EXECUTE format('ALTER FOREIGN TABLE %s %s', full_name, dropped);
  END IF;
  IF grants IS NOT NULL THEN
    EXECUTE grants;
  END IF;
END $$;

-- On a worker: the tables that were shown to it.
CREATE FUNCTION citus_internal.shown_here()
  RETURNS SETOF regclass
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT t.ftrelid::regclass
    FROM pg_foreign_table  t
    JOIN pg_foreign_server s ON s.oid = t.ftserver
    JOIN pg_class          c ON c.oid = t.ftrelid
   WHERE s.srvname = citus_internal.server_name(0)
     AND c.relnamespace <> 'citus_internal'::regnamespace
$$;

-- On a worker.
CREATE FUNCTION citus_internal.hide_table(full_name text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET client_min_messages = warning
AS $$
BEGIN
  IF to_regclass(full_name) IN (SELECT citus_internal.shown_here()) THEN
    EXECUTE format('DROP FOREIGN TABLE %s CASCADE', full_name);
  END IF;
END $$;

-- Tells the workers what a table looks like now.
CREATE FUNCTION citus_internal.show_on_workers(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  told   citus_internal.shown_table;
  now_is text := citus_internal.show_table_command(rel);
BEGIN
  SELECT * INTO told FROM citus_internal.shown_table WHERE logicalrelid = rel;
  IF now_is = told.command THEN
    RETURN;
  END IF;
  PERFORM citus_internal.run_on_workers(concat_ws('; ', format('SELECT citus_internal.hide_table(%L)', told.full_name), now_is));
  INSERT INTO citus_internal.shown_table
  SELECT rel, format('%I.%I', definition, name), now_is
    FROM citus_internal.table_shape
   WHERE logicalrelid = rel
     AND part = 'table'
  ON CONFLICT (logicalrelid) DO UPDATE SET full_name = EXCLUDED.full_name, command = EXCLUDED.command;
END $$;

-- A worker that is down has it until one of the same name is made.
CREATE FUNCTION citus_internal.hide_on_workers(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  told citus_internal.shown_table;
BEGIN
  DELETE FROM citus_internal.shown_table WHERE logicalrelid = rel RETURNING * INTO told;
  IF FOUND THEN
    PERFORM citus_internal.run_on_reachable_workers(format('SELECT citus_internal.hide_table(%L)', told.full_name));
  END IF;
END $$;

-- Where postgres_fdw cannot send a whole UPDATE or DELETE to the coordinator, it asks for rows and changes them by their place. In
-- a distributed table several rows have the same one.
CREATE FUNCTION citus_internal.check_from_worker(statement text)
  RETURNS void
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
BEGIN
  IF statement ~ '\mctid( FROM .* FOR UPDATE| = \$1)' AND current_setting('application_name') LIKE 'citus\_internal node=%' THEN
    PERFORM citus_internal.refuse('UPDATE or DELETE on a worker with functions such as now(), or of a table with generated columns');
  END IF;
END $$;
