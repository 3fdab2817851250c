-- What happens to a distributed table later: ALTER TABLE, CREATE INDEX, DROP.
-- PostgreSQL changes the table and its partitions on the coordinator; event triggers bring the shards along, inside
-- the same transaction.

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

  FOR task IN
    SELECT t.groups, string_agg(c.command, E';\n' ORDER BY t.shardid, c.step) AS commands
      FROM citus_internal.targets(rel) t,
           citus_internal.alter_shard_commands(rel, t.shardid) WITH ORDINALITY c (command, step)
     GROUP BY t.groups
     ORDER BY t.groups
  LOOP
    PERFORM citus_internal.run_on_copies_of(task.groups, coalesce(citus_internal.type_commands(rel), '') || task.commands);
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
END $$;

-- Before PostgreSQL looks at the statement: it would refuse keys on a table with foreign partitions, so the
-- partitions of the tables that the statement names are hidden. Only its text can tell which those are; where the text
-- is not at hand, inside a function, PostgreSQL refuses.
CREATE FUNCTION citus_internal.on_ddl_start()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  statement text;
  named     record;
BEGIN
  IF citus_internal.engine_at_work() THEN
    RETURN;
  END IF;
  statement := citus_internal.without_strings(current_query());

  FOR named IN
    SELECT p.logicalrelid AS rel, c.relname, column_to_column_name(p.logicalrelid, p.partkey) AS key
      FROM pg_dist_partition p
      JOIN pg_class          c ON c.oid = p.logicalrelid
     WHERE c.relkind = 'p'
       AND EXISTS (SELECT FROM regexp_matches(statement, '"[^"]+"|[\w$]+', 'g') word
                    WHERE c.relname = CASE WHEN word[1] LIKE '"%' THEN btrim(word[1], '"') ELSE lower(word[1]) END)
  LOOP
    IF TG_TAG = 'ALTER TABLE' AND citus_internal.alters_column(statement, named.relname, named.key) THEN
      RAISE internal_error
      USING MESSAGE = 'cannot execute ALTER TABLE command involving partition column';
    END IF;
    IF statement ~* '\m(unique|primary\s+key|foreign\s+key|references|exclude)\M' THEN
      PERFORM citus_internal.hide_partitions(named.rel);
    END IF;
  END LOOP;
END $$;

-- Whether the text has an ALTER TABLE that drops this column or changes its type.
CREATE FUNCTION citus_internal.alters_column(statement text, table_name name, column_name text)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
  SELECT EXISTS (
    SELECT
      FROM regexp_matches(statement,
             '(?i)\malter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?((?:"[^"]*"|[\w$.])+)\s+([^;]*)', 'g') altered,
           regexp_matches(altered[2],
             '(?i)\m(?:drop\s+(?:column\s+)?(?:if\s+exists\s+)?|alter\s+(?:column\s+)?(?=\S+\s+(?:set\s+data\s+)?type\M))'
             '("[^"]*"|[\w$]+)', 'g') touched
     WHERE citus_internal.is_name_of(altered[1], table_name)
       AND citus_internal.is_name_of(touched[1], column_name))
$$;

CREATE FUNCTION citus_internal.on_ddl_end()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  changed record;
BEGIN
  IF citus_internal.engine_at_work() THEN
    RETURN;
  END IF;
  FOR changed IN
    SELECT partrelid::regclass AS rel FROM pg_partitioned_table WHERE partnatts = 0
  LOOP
    PERFORM citus_internal.check_hidden_change(changed.rel);
    PERFORM citus_internal.show_partitions(changed.rel);
    IF TG_TAG = 'ALTER TABLE' THEN
      PERFORM citus_internal.check_foreign_keys_of_plain_table(d.objid)
         FROM pg_event_trigger_ddl_commands() d
        WHERE d.classid = 'pg_class'::regclass;
    END IF;
  END LOOP;

  FOR changed IN
    SELECT DISTINCT p.logicalrelid, d.command_tag
      FROM pg_event_trigger_ddl_commands() d
      LEFT JOIN pg_index   i ON d.classid = 'pg_class'::regclass   AND i.indexrelid = d.objid
      LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid        = d.objid
      LEFT JOIN pg_policy  y ON d.classid = 'pg_policy'::regclass  AND y.oid        = d.objid
      LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid        = d.objid
      JOIN pg_dist_partition p
        ON p.logicalrelid = coalesce(i.indrelid, t.tgrelid, y.polrelid, r.ev_class, d.objid)
  LOOP
    CASE changed.command_tag
      WHEN 'CREATE TRIGGER' THEN
        RAISE internal_error
        USING MESSAGE = 'triggers are not supported on distributed tables';
      WHEN 'CREATE POLICY', 'CREATE RULE' THEN
        PERFORM citus_internal.refuse('rules and row security on distributed tables');
      ELSE
        PERFORM citus_internal.check_foreign_keys(changed.logicalrelid);
        PERFORM citus_internal.reshape(changed.logicalrelid);
    END CASE;
  END LOOP;
END $$;

-- What was done while the partitions were hidden may be about keys, and nothing else.
CREATE FUNCTION citus_internal.check_hidden_change(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM citus_internal.check_foreign_keys(rel);
  PERFORM citus_internal.drop_foreign_key_triggers(rel);
  PERFORM citus_internal.check_unique_keys(rel,
            (SELECT citus_internal.var_to_column(partkey) FROM pg_dist_partition WHERE logicalrelid = rel));
  IF EXISTS (SELECT
               FROM (SELECT part, id, name, definition FROM citus_internal.table_shape WHERE logicalrelid = rel) told
               FULL JOIN citus_internal.shape(rel) has USING (part, id)
              WHERE part IN ('table', 'column', 'default')
                AND (told.name, told.definition) IS DISTINCT FROM (has.name, has.definition))
  THEN
    PERFORM citus_internal.refuse('ALTER TABLE of keys and columns at once (one after the other works)');
  END IF;
END $$;

CREATE FUNCTION citus_internal.on_drop()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  dropped record;
BEGIN
  IF citus_internal.engine_at_work() THEN
    RETURN;
  END IF;
  FOR dropped IN
    SELECT p.logicalrelid
      FROM pg_event_trigger_dropped_objects() d
      JOIN pg_dist_partition p ON p.logicalrelid = d.objid
     WHERE d.classid  = 'pg_class'::regclass
       AND d.objsubid = 0
  LOOP
    PERFORM citus_internal.drop_shards(dropped.logicalrelid);
  END LOOP;

  IF TG_TAG <> 'ALTER TABLE' THEN  -- which is seen to when it has ended
    FOR dropped IN
      SELECT DISTINCT s.logicalrelid
        FROM pg_event_trigger_dropped_objects() d
        JOIN citus_internal.table_shape s
          ON d.objsubid = 0 AND s.part IN ('index', 'unique index', 'constraint') AND s.id = d.objid::text
          OR d.objsubid > 0 AND s.part = 'column' AND s.logicalrelid = d.objid AND s.id = d.objsubid::text
    LOOP
      PERFORM citus_internal.reshape(dropped.logicalrelid);
    END LOOP;
  END IF;
END $$;

CREATE FUNCTION citus_internal.drop_shards(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  task  record;
  colocation int := (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = rel);
BEGIN
  FOR task IN
    SELECT groups, 'DROP TABLE IF EXISTS ' || string_agg(citus_internal.shard(rel, shardid), ', ') || ' CASCADE' AS command
      FROM citus_internal.targets(rel)
     GROUP BY groups
     ORDER BY groups
  LOOP
    PERFORM citus_internal.run_on_copies_of(task.groups, task.command);
  END LOOP;
  PERFORM citus_internal.drop_orphans();
  PERFORM citus_internal.forget_table(rel);
END $$;

-- A group lives as long as its last table, or its schema.
CREATE FUNCTION citus_internal.forget_empty_groups()
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  DELETE FROM pg_dist_colocation c
   WHERE NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.colocationid = c.colocationid)
     AND NOT EXISTS (SELECT FROM pg_dist_schema    s WHERE s.colocationid = c.colocationid);
$$;

CREATE FUNCTION citus_internal.forget_table(rel regclass)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  DELETE FROM pg_dist_placement WHERE shardid IN (SELECT shardid FROM pg_dist_shard WHERE logicalrelid = rel);
  DELETE FROM pg_dist_shard              WHERE logicalrelid = rel;
  DELETE FROM pg_dist_partition          WHERE logicalrelid = rel;
  DELETE FROM citus_internal.table_shape WHERE logicalrelid = rel;
  SELECT citus_internal.forget_empty_groups();
$$;

CREATE EVENT TRIGGER citus_ddl_start
  ON ddl_command_start
  WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE INDEX')
  EXECUTE FUNCTION citus_internal.on_ddl_start();

CREATE EVENT TRIGGER citus_ddl_end
  ON ddl_command_end
  WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE INDEX', 'ALTER INDEX', 'CREATE TRIGGER', 'CREATE POLICY', 'CREATE RULE')
  EXECUTE FUNCTION citus_internal.on_ddl_end();

CREATE EVENT TRIGGER citus_drop
  ON sql_drop
  EXECUTE FUNCTION citus_internal.on_drop();
