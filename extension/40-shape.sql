-- What a distributed table looks like, and the commands that make its shards look so.
--
-- shape() reads a table from the catalog; table_shape keeps what the shards were last told. Their difference is
-- what a later ALTER TABLE has to tell the shards, whatever its wording was.

CREATE TABLE citus_internal.table_shape (
  logicalrelid citus_internal.regclass NOT NULL,
  part         text     NOT NULL,  -- table, unlogged, options, partitioned, attached, column, default, not null, constraint, index, …
  id           text     NOT NULL,  -- what stays when it is renamed: a column's number, an oid
  name         text     NOT NULL,
  definition   text     NOT NULL,
  PRIMARY KEY (logicalrelid, part, id)
);

-- Storage parameters as a command has them.
CREATE FUNCTION citus_internal.options(reloptions text[])
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
  SELECT string_agg(format('%s = %L', split_part(option, '=', 1), substr(option, 1 + strpos(option, '='))), ', ')
    FROM unnest(reloptions) option
$$;

CREATE FUNCTION citus_internal.shape(rel regclass)
  RETURNS TABLE (part text, id text, name text, definition text)
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT 'table', '', c.relname::text, n.nspname::text
    FROM pg_class     c
    JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.oid = rel
  UNION ALL
  SELECT 'unlogged', '', '', ''
    FROM pg_class
   WHERE oid = rel
     AND relpersistence = 'u'
  UNION ALL
  SELECT 'options', '', '', citus_internal.options(reloptions)
    FROM pg_class
   WHERE oid = rel
     AND reloptions IS NOT NULL
  UNION ALL
  SELECT 'index options', c.oid::text, c.relname, citus_internal.options(c.reloptions)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid AND c.reloptions IS NOT NULL
   WHERE i.indrelid = rel
     AND NOT citus_internal.is_parent(rel)  -- whose indexes have them for those of its children
  UNION ALL
  SELECT 'partitioned', '', '', pg_get_partkeydef(rel)
   WHERE citus_internal.is_parent(rel)
  UNION ALL
  SELECT 'attached', inhparent::text, '', citus_internal.limits(rel)
    FROM pg_inherits
   WHERE inhrelid = rel
  UNION ALL
  SELECT 'column', a.attnum::text, a.attname::text,
         format_type(a.atttypid, a.atttypmod)
         || CASE WHEN a.attcollation <> t.typcollation
                 THEN (SELECT format(' COLLATE %I.%I', n.nspname, k.collname)
                         FROM pg_collation k JOIN pg_namespace n ON n.oid = k.collnamespace
                        WHERE k.oid = a.attcollation)
                 ELSE ''
            END
         || CASE a.attgenerated
                 WHEN '' THEN ''
                 ELSE (SELECT format(' GENERATED ALWAYS AS (%s) %s', pg_get_expr(d.adbin, d.adrelid),
                                     CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
                         FROM pg_attrdef d WHERE d.adrelid = rel AND d.adnum = a.attnum)
            END
    FROM pg_attribute a
    JOIN pg_type      t ON t.oid = a.atttypid
   WHERE a.attrelid = rel
     AND a.attnum > 0
     AND NOT a.attisdropped
  UNION ALL
  -- Defaults are worked out on the coordinator. Shards know those that need nothing else, such as a sequence.
  SELECT 'default', a.attnum::text, a.attname::text, pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute a
    JOIN pg_attrdef   d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attrelid = rel
     AND a.attgenerated = ''
     AND NOT EXISTS (SELECT FROM pg_depend
                      WHERE classid     = 'pg_attrdef'::regclass
                        AND objid       = d.oid
                        AND deptype     = 'n'
                        AND refclassid <> 'pg_type'::regclass)
  UNION ALL
  SELECT 'not null', a.attnum::text, a.attname::text, ''
    FROM pg_attribute a
   WHERE a.attrelid = rel
     AND a.attnum > 0
     AND a.attnotnull
     AND NOT a.attisdropped
  UNION ALL
  SELECT 'constraint', c.oid::text, c.conname::text, pg_get_constraintdef(c.oid)
    FROM pg_constraint c
   WHERE c.conrelid = rel
     AND c.contype IN ('c', 'p', 'u', 'x', 'f')
     AND NOT EXISTS (SELECT FROM pg_constraint WHERE oid = c.conparentid AND conrelid = rel)  -- for a child of the other table
  UNION ALL
  SELECT CASE WHEN i.indisunique THEN 'unique index' ELSE 'index' END, i.indexrelid::text, c.relname::text,
         substr(pg_get_indexdef(i.indexrelid),
                1 + length(format('CREATE %sINDEX %I ON %s%I.%I ',
                                  CASE WHEN i.indisunique  THEN 'UNIQUE ' END, c.relname,
                                  CASE WHEN c.relkind = 'I' THEN 'ONLY '   END, n.nspname, t.relname)))
    FROM pg_index     i
    JOIN pg_class     c ON c.oid = i.indexrelid
    JOIN pg_class     t ON t.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
   WHERE i.indrelid = rel
     AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
  UNION ALL
  -- The engine's superuser is there on every node; other roles are made where they are missing.
  SELECT 'owner', '', relowner::regrole::text, ''
    FROM pg_class
   WHERE oid = rel
     AND relowner <> 10
  UNION ALL
  SELECT 'privilege', format('%s %s %s', a.grantee, a.privilege_type, may.on_columns),
         CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
         a.privilege_type || may.on_columns || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM pg_class c,
         LATERAL (SELECT c.relacl, ''
                  UNION ALL
                  SELECT attacl, format(' (%I)', attname) FROM pg_attribute
                   WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped) may (acl, on_columns),
         aclexplode(may.acl) a
   WHERE c.oid = rel
     AND a.grantee <> c.relowner
$$;

CREATE FUNCTION citus_internal.remember_shape(rel regclass)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  DELETE FROM citus_internal.table_shape WHERE logicalrelid = rel;
  INSERT INTO citus_internal.table_shape SELECT rel, * FROM citus_internal.shape(rel);
$$;

-- The full name of a shard on its node.
CREATE FUNCTION citus_internal.shard(rel regclass, shardid bigint)
  RETURNS text
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT format('%I.%I', definition, citus_internal.shard_name(name, shardid))
    FROM citus_internal.table_shape
   WHERE logicalrelid = rel
     AND part = 'table'
$$;

-- The shard of another table that holds the same keys.
CREATE FUNCTION citus_internal.shard_beside(other regclass, shardid bigint)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.shard(other, there.shardid)
    FROM pg_dist_shard here
    JOIN pg_dist_shard there ON there.shardminvalue IS NOT DISTINCT FROM here.shardminvalue
   WHERE here.shardid       = $2
     AND there.logicalrelid = other
$$;

-- What makes a shard a partition of its parent's shard.
CREATE FUNCTION citus_internal.attach_command(child regclass, shardid bigint)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('ALTER TABLE %s ATTACH PARTITION %s %s', citus_internal.shard_beside(inhparent, $2),
                citus_internal.shard(child, $2), citus_internal.limits(child))
    FROM pg_inherits
   WHERE inhrelid = child
$$;

-- What gives a shard its owner, or a role its privilege.
CREATE FUNCTION citus_internal.grant_command(given citus_internal.table_shape, shard text)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT CASE given.part WHEN 'owner' THEN format(' ALTER TABLE %s OWNER TO %s', shard, given.name)
                         ELSE format(' GRANT %s ON %s TO %s%s', regexp_replace(given.definition, ' WITH GRANT OPTION$', ''), shard,
                                     given.name, substring(given.definition FROM ' WITH GRANT OPTION$')) END
$$;

-- The commands that give a table or an index other storage parameters.
CREATE FUNCTION citus_internal.options_commands(altered text, old_options text, new_options text)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
  SELECT concat_ws('; ', 'ALTER ' || altered || ' RESET (' || regexp_replace(old_options, ' = ''[^'']*''', '', 'g') || ')',
                         'ALTER ' || altered || ' SET ('   || new_options || ')')
$$;

-- The command that makes a table with the storage of another.
CREATE FUNCTION citus_internal.create_table_command(rel regclass, name text, definition text)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('CREATE %sTABLE %s %s%s',
                (SELECT 'UNLOGGED ' FROM citus_internal.table_shape WHERE logicalrelid = rel AND part = 'unlogged'),
                name, definition,
                (SELECT format(' WITH (%s)', t.definition) FROM citus_internal.table_shape t
                  WHERE logicalrelid = rel AND part = 'options'))
$$;

-- The commands that make an empty shard. CHECK constraints have the table's names here, and a shard's where ALTER TABLE adds them.
CREATE FUNCTION citus_internal.create_shard_command(rel regclass, shardid bigint)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH shape AS (
    SELECT * FROM citus_internal.table_shape WHERE logicalrelid = rel
  )
  SELECT citus_internal.create_table_command(rel, citus_internal.shard(rel, shardid), format('(%s)%s',
                concat_ws(', ',
                  (SELECT string_agg(format('%I %s', c.name, c.definition)
                                     || coalesce(' DEFAULT ' || d.definition, '')
                                     || CASE WHEN n.id IS NOT NULL THEN ' NOT NULL' ELSE '' END,
                                     ', ' ORDER BY c.id::int)
                     FROM shape c
                     LEFT JOIN shape d ON d.part = 'default'  AND d.id = c.id
                     LEFT JOIN shape n ON n.part = 'not null' AND n.id = c.id
                    WHERE c.part = 'column'),
                  (SELECT string_agg(format('CONSTRAINT %I %s',
                                            CASE WHEN definition ~ '^CHECK' THEN name
                                                 ELSE citus_internal.shard_name(name, shardid) END, definition),
                                     ', ' ORDER BY id::oid)
                     FROM shape
                    WHERE part = 'constraint'
                      AND definition !~ '^FOREIGN KEY')),
                ' PARTITION BY ' || (SELECT definition FROM shape WHERE part = 'partitioned'))) || ';'
         || coalesce((SELECT string_agg(format(' CREATE %s %I ON %s %s;', upper(part),
                                               citus_internal.shard_name(name, shardid),
                                               citus_internal.shard(rel, shardid), definition),
                                        '' ORDER BY id::oid)
                        FROM shape
                       WHERE part IN ('index', 'unique index')), '')
         || coalesce((SELECT string_agg(format(' ALTER INDEX %I.%I SET (%s);', t.definition,
                                               citus_internal.shard_name(o.name, shardid), o.definition),
                                        '' ORDER BY o.id)
                        FROM shape o, shape t
                       WHERE o.part = 'index options'
                         AND t.part = 'table'), '')
         || coalesce((SELECT string_agg(citus_internal.grant_command(given, citus_internal.shard(rel, shardid)) || ';',
                                        '' ORDER BY part, id)
                        FROM citus_internal.table_shape given
                       WHERE logicalrelid = rel
                         AND part IN ('owner', 'privilege')), '')
$$;

-- Roles that a table's owner and privileges name are made on the workers, where they are missing; those that Citus would not make
-- there (71-roles.sql) as names that privileges can be given to. Outside of the transaction, for it may reach a worker on
-- several connections.
CREATE FUNCTION citus_internal.ensure_roles(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  lacking text[] := ARRAY(SELECT DISTINCT name
                            FROM citus_internal.shape(rel)
                           WHERE part IN ('owner', 'privilege')
                             AND to_regrole(name)::oid >= 16384
                             AND NOT EXISTS (SELECT FROM citus_internal.told_object
                                              WHERE (classid, objid) = ('pg_authid'::regclass, to_regrole(name))));
BEGIN
  IF lacking <> '{}' THEN
    PERFORM citus_internal.tell_roles(outside => true);
    PERFORM citus_internal.run_on_workers_apart(string_agg(format('SELECT citus_internal.ensure_role(%L)', name), '; '))
       FROM unnest(lacking) name;
  END IF;
END $$;

CREATE FUNCTION citus_internal.ensure_role(role text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF to_regrole(role) IS NULL THEN
    EXECUTE format('CREATE ROLE %s', role);
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END $$;

-- The commands that take a shard from the shape it was told last to the one that the table has now. `usings` has the
-- expressions of columns that take another type, or other values.
CREATE FUNCTION citus_internal.alter_shard_commands(rel regclass, shardid bigint, usings jsonb)
  RETURNS SETOF text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH
  told AS MATERIALIZED (SELECT * FROM citus_internal.table_shape WHERE logicalrelid = rel),
  has  AS MATERIALIZED (SELECT * FROM citus_internal.shape(rel)),
  diff AS MATERIALIZED (
    SELECT part, id,
           told.name AS old_name, told.definition AS old_definition,
           has.name  AS new_name, has.definition  AS new_definition
      FROM told
      FULL JOIN has USING (part, id)
     WHERE (told.name, told.definition) IS DISTINCT FROM (has.name, has.definition)
  ),
  shard AS (
    SELECT old.name AS old_name, old.definition AS old_schema,
           new.name AS new_name, new.definition AS new_schema,
           format('%I.%I', new.definition, citus_internal.shard_name(new.name, shardid)) AS full_name
      FROM told old, has new
     WHERE old.part = 'table'
       AND new.part = 'table'
  ),
  commands (step, id, command) AS (
    SELECT 1, '', format('CREATE SCHEMA IF NOT EXISTS %3$I; ALTER TABLE %1$I.%2$I SET SCHEMA %3$I', s.old_schema,
                         citus_internal.shard_name(s.old_name, shardid), s.new_schema)
      FROM shard s
     WHERE s.old_schema <> s.new_schema
    UNION ALL
    SELECT 2, '', format('ALTER TABLE %I.%I RENAME TO %I', s.new_schema,
                         citus_internal.shard_name(s.old_name, shardid), citus_internal.shard_name(s.new_name, shardid))
      FROM shard s
     WHERE s.old_name <> s.new_name
    UNION ALL
    SELECT 3, '', format('ALTER TABLE %s DETACH PARTITION %s', citus_internal.shard_beside(d.id::oid, shardid), s.full_name)
      FROM diff d, shard s
     WHERE d.part = 'attached'
       AND d.new_definition IS NULL
    UNION ALL
    SELECT 3, d.id, format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', s.full_name, name)
      FROM diff d, shard s, unnest(ARRAY[citus_internal.shard_name(d.old_name, shardid),
                                         CASE WHEN d.old_definition ~ '^CHECK' THEN d.old_name END]) name
     WHERE name IS NOT NULL
       AND d.part = 'constraint'
       AND d.old_definition IS DISTINCT FROM d.new_definition
       AND d.old_definition IS NOT NULL
       AND NOT EXISTS (SELECT FROM diff c WHERE c.part = 'column' AND c.old_name <> c.new_name)
    UNION ALL
    SELECT 3, d.id, format('DROP INDEX IF EXISTS %I.%I',
                            s.new_schema, citus_internal.shard_name(d.old_name, shardid))
      FROM diff d, shard s
     WHERE d.part IN ('index', 'unique index')
       AND d.new_definition IS NULL
    UNION ALL
    SELECT 4, d.id, format('ALTER TABLE %s DROP COLUMN %I CASCADE', s.full_name, d.old_name)
      FROM diff d, shard s
     WHERE d.part = 'column'
       AND d.new_name IS NULL
    UNION ALL
    SELECT 5, d.id, format('ALTER TABLE %s RENAME COLUMN %I TO %I', s.full_name, d.old_name, d.new_name)
      FROM diff d, shard s
     WHERE d.part = 'column'
       AND d.old_name <> d.new_name
    UNION ALL
    SELECT 6, d.id, format('ALTER TABLE %s ADD COLUMN %I %s%s%s', s.full_name, d.new_name, d.new_definition,
                            ' DEFAULT ' || (SELECT definition FROM has WHERE part = 'default' AND id = d.id),
                            (SELECT ' NOT NULL' FROM has WHERE part = 'not null' AND id = d.id))
      FROM diff d, shard s
     WHERE d.part = 'column'
       AND d.old_name IS NULL
    UNION ALL
    SELECT 7, h.id, format('ALTER TABLE %s ALTER COLUMN %I TYPE %s%s', s.full_name, h.name, h.definition,
                            ' USING ' || (usings ->> h.name))
      FROM has h
      JOIN told t USING (part, id),
           shard s
     WHERE h.part = 'column'
       AND (t.definition <> h.definition OR usings ? h.name)
    UNION ALL
    SELECT 8, d.id, format('ALTER TABLE %s ALTER COLUMN %I %s', s.full_name, c.name,
                            CASE WHEN d.part = 'not null' AND d.old_name IS NULL       THEN 'SET NOT NULL'
                                 WHEN d.part = 'not null'                              THEN 'DROP NOT NULL'
                                 WHEN d.new_definition IS NULL                         THEN 'DROP DEFAULT'
                                 ELSE 'SET DEFAULT ' || d.new_definition
                            END)
      FROM diff d
      JOIN told o ON o.part = 'column' AND o.id = d.id   -- a new column has brought its own
      JOIN has  c ON c.part = 'column' AND c.id = d.id,
           shard s
     WHERE d.part IN ('default', 'not null')
       AND (d.old_definition IS DISTINCT FROM d.new_definition)
    UNION ALL
    SELECT 9, d.id, format('ALTER TABLE %s ADD CONSTRAINT %I %s', s.full_name,
                            CASE WHEN d.new_definition ~ '^CHECK'
                                  AND (coalesce(d.old_definition, '') !~ ' NOT VALID$'  -- that came with ALTER TABLE
                                       AND d.new_name IN (SELECT name FROM told WHERE part = 'constraint')
                                       OR citus_internal.is_parent(rel)) THEN d.new_name  -- which children to come have, too
                                 ELSE citus_internal.shard_name(d.new_name, shardid) END,
                            citus_internal.shard_constraint(d.id::oid, d.new_definition, shardid))
      FROM diff d, shard s
     WHERE d.part = 'constraint'
       AND d.new_definition IS NOT NULL
       AND d.old_definition IS DISTINCT FROM d.new_definition
       AND (d.old_definition IS NULL
            OR NOT EXISTS (SELECT FROM diff c WHERE c.part = 'column' AND c.old_name <> c.new_name))
    UNION ALL
    SELECT 9, d.id, format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', s.full_name,
                            citus_internal.shard_name(d.old_name, shardid), citus_internal.shard_name(d.new_name, shardid))
      FROM diff d, shard s
     WHERE d.part = 'constraint'
       AND d.old_name <> d.new_name
    UNION ALL
    SELECT 9, d.id, format('CREATE %s %I ON %s %s', upper(d.part),
                            citus_internal.shard_name(d.new_name, shardid), s.full_name, d.new_definition)
      FROM diff d, shard s
     WHERE d.part IN ('index', 'unique index')
       AND d.old_name IS NULL
    UNION ALL
    SELECT 9, d.id, format('ALTER INDEX %I.%I RENAME TO %I', s.new_schema,
                            citus_internal.shard_name(d.old_name, shardid), citus_internal.shard_name(d.new_name, shardid))
      FROM diff d, shard s
     WHERE d.part IN ('index', 'unique index')
       AND d.old_name <> d.new_name
    UNION ALL
    SELECT 10, '', format('ALTER TABLE %s SET %s', s.full_name, CASE WHEN d.new_name IS NULL THEN 'LOGGED' ELSE 'UNLOGGED' END)
      FROM diff d, shard s
     WHERE d.part = 'unlogged'
    UNION ALL
    SELECT 10, '', citus_internal.options_commands('TABLE ' || s.full_name, d.old_definition, d.new_definition)
      FROM diff d, shard s
     WHERE d.part = 'options'
    UNION ALL
    SELECT 10, d.id, citus_internal.options_commands(format('INDEX %I.%I', s.new_schema, citus_internal.shard_name(c.relname, shardid)),
                                                     d.old_definition, d.new_definition)
      FROM diff d
      JOIN pg_class c ON c.oid = d.id::oid,
           shard s
     WHERE d.part = 'index options'
       AND d.old_definition IS DISTINCT FROM d.new_definition
    UNION ALL
    SELECT 10, t.id, format('REVOKE %s ON %s FROM %s', regexp_replace(t.definition, ' WITH GRANT OPTION$', ''), s.full_name, t.name)
      FROM told t
      JOIN diff d USING (part, id),
           shard s
     WHERE t.part = 'privilege'
    UNION ALL
    SELECT 11, '', format('ALTER TABLE %s OWNER TO %I', s.full_name, citus_internal.superuser())
      FROM diff d, shard s
     WHERE d.part = 'owner'
       AND d.new_name IS NULL
    UNION ALL
    SELECT 12, h.id, citus_internal.grant_command((rel, h.part, h.id, h.name, h.definition)::citus_internal.table_shape, s.full_name)
      FROM has h
      JOIN diff d USING (part, id),
           shard s
     WHERE h.part IN ('owner', 'privilege')
    UNION ALL
    SELECT 13, '', citus_internal.attach_command(rel, shardid)
      FROM diff d
     WHERE d.part = 'attached'
       AND d.new_definition IS NOT NULL
  )
  SELECT command FROM commands ORDER BY step, id
$$;
