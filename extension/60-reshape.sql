-- Telling the shards of a table what has changed about it.

CREATE FUNCTION citus_internal.engine_at_work()
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT coalesce(current_setting('citus_internal.engine_at_work', true), '') = 'on'
$$;

-- Where a command for a table's shards has to be run: for each shard the copies that one command reaches. The copies
-- of a reference table are reached one by one, and the coordinator's is the table itself.
CREATE FUNCTION citus_internal.targets(rel regclass)
  RETURNS TABLE (shardid bigint, groups int[])
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT s.shardid, citus_internal.copies(s.shardid)
    FROM pg_dist_shard     s
    JOIN pg_dist_partition t USING (logicalrelid)
   WHERE s.logicalrelid = rel
     AND t.repmodel <> 't'
     AND t.colocationid <> 0
  UNION ALL
  SELECT s.shardid, ARRAY[p.groupid]
    FROM pg_dist_shard     s
    JOIN pg_dist_partition t USING (logicalrelid)
    JOIN pg_dist_placement p USING (shardid)
   WHERE s.logicalrelid = rel
     AND t.repmodel = 't'
     AND p.groupid <> 0
$$;

-- Whether an expression, as PostgreSQL prints it, gives every copy of a row the same value.
CREATE FUNCTION citus_internal.is_same_everywhere(expression text)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.without_strings(expression) !~* '\m(current_|local|session_user|user\M)'
     AND NOT EXISTS (SELECT
                       FROM regexp_matches(citus_internal.without_strings(expression), '([\w$]+)\s*\(', 'g') call
                       JOIN pg_proc ON proname = lower(call[1])
                      WHERE provolatile <> 'i')
$$;

-- What the statement says of new values, USING: by column, NULL where there is nothing. Once for each text that a client
-- sends: it may hold several statements.
CREATE FUNCTION citus_internal.new_usings(rel regclass)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  told   text  := 'citus_internal.told_usings_' || rel::oid;
  usings jsonb := (SELECT jsonb_object_agg(c.name, expression)
                     FROM citus_internal.shape(rel) c,
                          citus_internal.using_clause(current_query(), citus_internal.bare_name(rel), c.name) expression
                    WHERE c.part = 'column'
                      AND expression IS NOT NULL);
BEGIN
  IF usings IS NULL OR current_setting(told, true) = statement_timestamp()::text THEN
    RETURN NULL;
  END IF;
  PERFORM set_config(told, statement_timestamp()::text, false);
  RETURN usings;
END $$;

-- Tells the shards of a table what has changed about it since they were last told.
CREATE FUNCTION citus_internal.reshape(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  old_name text := (SELECT name FROM citus_internal.table_shape WHERE logicalrelid = rel AND part = 'table');
  new_name text := citus_internal.bare_name(rel);
  usings   jsonb := citus_internal.new_usings(rel);
  task     record;
BEGIN
  -- Only the coordinator could give the rows that are there a value.
  IF EXISTS (SELECT
               FROM pg_attribute a
              WHERE a.attrelid = rel
                AND a.attnum > 0
                AND a.atthasdef
                AND NOT EXISTS (SELECT FROM citus_internal.table_shape t
                                 WHERE t.logicalrelid = rel AND t.part = 'column'  AND t.id = a.attnum::text)
                AND NOT EXISTS (SELECT FROM citus_internal.shape(rel) t
                                 WHERE t.part = 'default'
                                   AND t.id   = a.attnum::text
                                   AND (citus_internal.is_same_everywhere(t.definition)
                                        OR NOT EXISTS (SELECT FROM pg_dist_partition
                                                        WHERE logicalrelid = rel AND repmodel IN ('c', 't'))))
                AND a.attgenerated = '')
  THEN
    PERFORM citus_internal.refuse('ADD COLUMN with a default that shards cannot work out, such as a sequence, or that '
                                  'copies would work out differently');
  END IF;

  IF EXISTS (SELECT
               FROM jsonb_each_text(usings) u
              WHERE citus_internal.calls_volatile(u.value)
                 OR u.value ~* '\m(now|current_\w+|localtime\w*|\w+_timestamp|session_user|user)\M')
     AND EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = rel AND repmodel IN ('c', 't'))
  THEN
    PERFORM citus_internal.refuse('ALTER COLUMN … TYPE … USING with values that copies would work out differently');
  END IF;

  PERFORM citus_internal.ensure_roles(rel);
  IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = rel AND repmodel = 'c') THEN
    PERFORM citus_internal.prepare_workers(rel);
  END IF;
  FOR task IN
    SELECT t.groups, string_agg(c.command, E';\n' ORDER BY t.shardid, c.step) AS commands
      FROM citus_internal.targets(rel) t,
           citus_internal.alter_shard_commands(rel, t.shardid, usings) WITH ORDINALITY c (command, step)
     GROUP BY t.groups
     ORDER BY t.groups
  LOOP
    PERFORM citus_internal.run_on_copies_of(task.groups,
              format('%s SELECT citus_internal.run_with(%L, %L)', citus_internal.type_commands(rel),
                     ARRAY(SELECT setting FROM unnest(ARRAY['timezone', 'datestyle', 'intervalstyle', 'extra_float_digits']) name,
                                               current_setting(name) setting), task.commands));
  END LOOP;

  -- The foreign tables follow in name and place; their columns PostgreSQL has changed along with the table's.
  FOR task IN
    SELECT citus_internal.shard_name(old_name, s.shardid) AS old_shard,
           citus_internal.shard_name(new_name, s.shardid) AS new_shard,
           (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = rel) AS schema
      FROM pg_dist_shard     s
      JOIN pg_dist_partition p USING (logicalrelid)
     WHERE s.logicalrelid = rel
       AND p.repmodel <> 't'
       AND p.colocationid <> 0
       AND NOT citus_internal.is_parent(rel)
       AND EXISTS (SELECT FROM citus_internal.table_shape t JOIN citus_internal.shape(rel) n USING (part)
                    WHERE t.logicalrelid = rel AND part = 'table' AND (t.name, t.definition) <> (n.name, n.definition))
  LOOP
    EXECUTE format('ALTER FOREIGN TABLE citus_shards_internal.%I OPTIONS (SET schema_name %L, SET table_name %L)',
                   task.old_shard, task.schema, task.new_shard);
    IF task.old_shard <> task.new_shard THEN
      EXECUTE format('ALTER FOREIGN TABLE citus_shards_internal.%I RENAME TO %I', task.old_shard, task.new_shard);
    END IF;
  END LOOP;
  PERFORM citus_internal.remember_shape(rel);
  PERFORM citus_internal.show_on_workers(rel);
  PERFORM citus_internal.remember_shape(c), citus_internal.show_on_workers(c)  -- whose shards have heard it from those of their parent
     FROM citus_internal.children(rel) c
     JOIN citus_internal.table_shape t ON t.logicalrelid = c AND t.part = 'attached';
END $$;

-- On a worker: values that a type makes of another's are those that the coordinator's session would see.
CREATE FUNCTION citus_internal.run_with(settings text[], command text)
  RETURNS void
  LANGUAGE plpgsql
  SET timezone = 'GMT'
  SET datestyle = 'ISO'
  SET intervalstyle = postgres
  SET extra_float_digits = 3
AS $$
BEGIN
  PERFORM pg_catalog.set_config(name, value, true)
     FROM ROWS FROM (unnest(ARRAY['timezone', 'datestyle', 'intervalstyle', 'extra_float_digits']), unnest(settings)) s (name, value);
  EXECUTE command;
END $$;
