-- How a plain table becomes a distributed one: in place.
--
-- Views, functions, grants, comments, sequences and prepared statements refer to a table by its oid. So the table
-- keeps its row in pg_class, and that row is changed from a plain table's into a partitioned table's. PostgreSQL has no
-- command for that. It has one to create a partitioned table: so a model is created with the partition key that is
-- wanted, the table takes over the model's key, and the model takes over the table's file, to be dropped with it.
CREATE FUNCTION citus_internal.make_partitioned(rel regclass, key_number smallint, operator_class name)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  plain pg_class;
  model oid;
BEGIN
  EXECUTE (SELECT format('CREATE TABLE citus_internal.model (key %s%s) PARTITION BY HASH (key citus_internal.%I)',
                         format_type(a.atttypid, a.atttypmod),
                         (SELECT format(' COLLATE %I.%I', n.nspname, k.collname)
                            FROM pg_collation k JOIN pg_namespace n ON n.oid = k.collnamespace
                           WHERE k.oid = a.attcollation),
                         operator_class)
             FROM pg_attribute a
            WHERE a.attrelid = rel
              AND a.attnum   = key_number);
  model := 'citus_internal.model'::regclass;
  SELECT * INTO STRICT plain FROM pg_class WHERE oid = rel;

  -- The partition key, and what it depends on.
  UPDATE pg_partitioned_table
     SET partrelid = rel,
         partattrs = key_number::text::int2vector
   WHERE partrelid = model;
  UPDATE pg_depend
     SET objid = rel
   WHERE classid     = 'pg_class'::regclass
     AND objid       = model
     AND objsubid    = 0
     AND refclassid IN ('pg_opclass'::regclass, 'pg_collation'::regclass);
  UPDATE pg_depend
     SET objid    = rel,
         objsubid = key_number,
         refobjid = rel
   WHERE classid    = 'pg_class'::regclass
     AND objid      = model
     AND objsubid   = 1
     AND refclassid = 'pg_class'::regclass
     AND refobjid   = model
     AND deptype    = 'i';

  -- The file, and the table for long values that goes with it.
  UPDATE pg_class
     SET relkind = 'p', relam = 0, relfilenode = 0, reltoastrelid = 0,
         relpages = 0, reltuples = -1, relallvisible = 0, relfrozenxid = '0', relminmxid = '0', relhasindex = false
   WHERE oid = rel;
  UPDATE pg_class
     SET relkind = 'r', relam = plain.relam, relfilenode = plain.relfilenode, reltoastrelid = plain.reltoastrelid,
         reltablespace = plain.reltablespace, relpersistence = plain.relpersistence,
         relfrozenxid = plain.relfrozenxid, relminmxid = plain.relminmxid
   WHERE oid = model;
  UPDATE pg_depend
     SET refobjid = model
   WHERE classid    = 'pg_class'::regclass
     AND objid      = plain.reltoastrelid
     AND refclassid = 'pg_class'::regclass
     AND refobjid   = rel;
  DROP TABLE citus_internal.model;
END $$;

-- PostgreSQL refuses keys on a partitioned table whose partitions are foreign tables, because it could not enforce
-- them. The shards enforce them; the table has them for those who ask, and for the planner. They are created while
-- the table looks as if it had no partitions and no partition key; what a key must contain is Citus's rule to give.
CREATE FUNCTION citus_internal.hide_partitions(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  holder regclass;
BEGIN
  FOR holder IN SELECT citus_internal.tables_with_rows(rel) LOOP
    UPDATE pg_inherits          SET inhparent = 0     WHERE inhparent = holder;
    UPDATE pg_partitioned_table SET partnatts = 0     WHERE partrelid = holder;
    UPDATE pg_class             SET relname = relname WHERE oid = holder;  -- so that every session looks at it anew
  END LOOP;
END $$;

CREATE FUNCTION citus_internal.partitions(rel regclass)
  RETURNS SETOF regclass
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT d.objid::regclass
    FROM pg_depend d
    JOIN pg_class  c ON c.oid = d.objid AND c.relkind = 'f'
   WHERE d.classid    = 'pg_class'::regclass
     AND d.refclassid = 'pg_class'::regclass
     AND d.refobjid   = rel
     AND d.deptype    = 'a'
$$;

CREATE FUNCTION citus_internal.show_partitions(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  holder  regclass;
  lacking record;
BEGIN
  FOR holder IN SELECT citus_internal.tables_with_rows(rel) LOOP
    UPDATE pg_inherits          SET inhparent = holder WHERE inhrelid IN (SELECT citus_internal.partitions(holder));
    UPDATE pg_partitioned_table SET partnatts = 1      WHERE partrelid = holder;
    UPDATE pg_class             SET relname = relname  WHERE oid = holder;
  END LOOP;

  -- A primary key has made columns NOT NULL, out of sight of the partitions.
  FOR lacking IN
    SELECT child, c.conname, a.attname
      FROM citus_internal.tables_with_rows(rel) t
      JOIN pg_constraint c ON c.conrelid = t
      JOIN pg_attribute  a ON a.attrelid = t AND a.attnum = c.conkey[1],
           citus_internal.partitions(t) child
     WHERE c.contype  = 'n'
       AND NOT EXISTS (SELECT FROM pg_attribute
                        WHERE attrelid = child AND attname = a.attname AND attnotnull)
  LOOP
    EXECUTE format('ALTER FOREIGN TABLE %s ADD CONSTRAINT %I NOT NULL %I',
                   lacking.child, lacking.conname, lacking.attname);
    UPDATE pg_constraint
       SET conislocal  = false,
           coninhcount = 1
     WHERE conrelid = lacking.child
       AND conname  = lacking.conname;
  END LOOP;
END $$;

-- The command that gives a constraint's index its storage parameters again, which are not in the constraint's definition.
CREATE FUNCTION citus_internal.restore_options_command(constraint_id oid)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('UPDATE pg_class SET reloptions = %L WHERE oid = %L::regclass', i.reloptions, i.oid::regclass)
    FROM pg_constraint c
    JOIN pg_class      i ON i.oid = c.conindid AND i.reloptions IS NOT NULL
   WHERE c.oid = constraint_id
$$;

-- The commands that take keys and indexes away from a table, and those that give them back under their names.
-- Foreign keys of other tables that refer to its keys go first and come back last; so do its own.
CREATE FUNCTION citus_internal.key_commands(rel regclass, OUT take text[], OUT give text[])
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH keys AS (
    SELECT 1 AS step, id::oid AS id,
           CASE WHEN part = 'constraint' THEN format('ALTER TABLE %s DROP CONSTRAINT %I', rel, name)
                                         ELSE format('DROP INDEX %s', id::oid::regclass) END AS take,
           CASE WHEN part = 'constraint' THEN concat_ws('; ', format('ALTER TABLE %s ADD CONSTRAINT %I %s', rel, name, definition),
                                                        citus_internal.restore_options_command(id::oid))
                                         ELSE format('CREATE %s %I ON %s %s', upper(part), name, rel, definition) END AS give
      FROM citus_internal.shape(rel)
     WHERE part = 'constraint' AND definition !~ '^(CHECK|FOREIGN KEY)'
        OR part IN ('index', 'unique index')
    UNION ALL
    SELECT 2, oid, format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
                   format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID', conrelid::regclass, conname,
                          pg_get_constraintdef(oid))
      FROM pg_constraint
     WHERE contype = 'f'
       AND conparentid = 0
       AND rel IN (conrelid, confrelid)
  )
  SELECT array_agg(take ORDER BY step DESC, id), array_agg(give ORDER BY step, id) FROM keys
$$;

-- Gives the keys back to a table that is distributed now. `others` are distributed tables that its foreign keys refer to.
CREATE FUNCTION citus_internal.give_keys(rel regclass, commands text[], others regclass[])
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  command text;
  other   regclass;
BEGIN
  FOREACH other IN ARRAY rel || others LOOP
    PERFORM citus_internal.hide_partitions(other);
  END LOOP;
  FOREACH command IN ARRAY commands LOOP
    EXECUTE command;
  END LOOP;
  UPDATE pg_constraint SET convalidated = true WHERE contype = 'f' AND rel IN (conrelid, confrelid);
  PERFORM citus_internal.drop_foreign_key_triggers(rel);
  FOREACH other IN ARRAY rel || others LOOP
    PERFORM citus_internal.show_partitions(other);
  END LOOP;
  PERFORM citus_internal.remember_shape(rel);
END $$;
