-- What happens to a distributed table later: ALTER TABLE, CREATE INDEX, GRANT.
-- PostgreSQL changes the table and its partitions on the coordinator; event triggers bring the shards along, inside
-- the same transaction.

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
  IF citus_internal.stands_aside() THEN
    RETURN;
  END IF;
  statement := citus_internal.without_strings(current_query());

  FOR named IN
    SELECT p.logicalrelid AS rel, column_to_column_name(p.logicalrelid, p.partkey) AS key, c.relkind = 'p' AS is_partitioned
      FROM pg_dist_partition p
      JOIN pg_class          c ON c.oid = p.logicalrelid
     WHERE citus_internal.names(statement, c.relname)
  LOOP
    IF TG_TAG = 'ALTER TABLE' THEN
      PERFORM citus_internal.check_subcommands(statement, named.rel, named.key);
    ELSIF TG_TAG = 'CREATE TABLE' AND statement ~* '\minherits\s*\(' THEN
      RAISE internal_error
      USING MESSAGE = 'non-distributed tables cannot inherit distributed tables';
    ELSIF TG_TAG = 'CREATE INDEX' AND statement ~* '\mtablespace\M' THEN
      RAISE feature_not_supported
      USING MESSAGE = 'specifying tablespaces with CREATE INDEX statements is currently unsupported';
    END IF;
    CONTINUE WHEN NOT named.is_partitioned;
    IF statement ~* '\m(unique|primary\s+key|foreign\s+key|references|exclude)\M'
       OR TG_TAG = 'ALTER TABLE' AND statement ~* '\mtype\M.*\musing\M'  -- which cannot be done to a foreign table
       OR TG_TAG = 'ALTER TABLE' AND statement ~* '\mtype\M'              -- nor can a key be made anew, with the column's new type
          AND EXISTS (SELECT FROM pg_index WHERE indrelid = named.rel AND indisunique AND indnatts > 1)
          AND NOT citus_internal.is_parent(named.rel)
    THEN
      PERFORM citus_internal.hide_partitions(named.rel);
    ELSIF statement ~* '\mpartition\M' THEN
      PERFORM citus_internal.hide_partitions(partdefid)  -- whose rows the workers look at
         FROM pg_partitioned_table WHERE partrelid = named.rel AND partdefid <> 0;
      PERFORM citus_internal.hide_partitions(named.rel) WHERE NOT citus_internal.is_parent(named.rel);
      PERFORM citus_internal.hide_partitions(other) FROM citus_internal.tables_referred_to(named.rel) other
        WHERE statement ~* '\mdetach\M';
    END IF;
  END LOOP;
END $$;

-- What Citus refuses of ALTER TABLE before it begins.
CREATE FUNCTION citus_internal.check_subcommands(statement text, rel regclass, key name)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  said record;
  name text := citus_internal.bare_name(rel);
BEGIN
  FOR said IN
    SELECT command, count(*) OVER (PARTITION BY statement_number) AS commands,
           substring(command FROM '(?i)^add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?("[^"]*"|[\w$]+)') AS adds,
           substring(command FROM '(?i)^(?:drop\s+(?:column\s+)?(?:if\s+exists\s+)?|alter\s+(?:column\s+)?'
                                  '(?=\S+\s+(?:(?:set\s+data\s+)?type|(?:set|drop)\s+default|drop\s+not\s+null)\M))'
                                  '("[^"]*"|[\w$]+)') AS changes
      FROM citus_internal.subcommands(statement, name)
  LOOP
    PERFORM citus_internal.check_refused_subcommand(said.command, rel);
    IF citus_internal.is_name_of(said.changes, key) THEN
      RAISE internal_error
      USING MESSAGE = 'cannot execute ALTER TABLE command involving partition column';
    ELSIF lower(said.adds) IN ('constraint', 'check', 'unique', 'primary', 'foreign', 'exclude') THEN
      IF said.commands > 1 THEN
        RAISE feature_not_supported
        USING MESSAGE = 'cannot execute ADD CONSTRAINT command with other subcommands',
              HINT    = 'You can issue each subcommand separately';
      END IF;
    ELSIF said.adds IS NOT NULL AND said.command ~* '\mcheck\s*\(' AND said.command !~* '\mconstraint\M' THEN
      RAISE feature_not_supported
      USING MESSAGE = 'cannot execute ADD COLUMN command with PRIMARY KEY, UNIQUE, FOREIGN and CHECK constraints',
            DETAIL  = 'Adding a column with a constraint in one command is not supported because all constraints in Citus must '
                      'have explicit names',
            HINT    = 'You can issue each command separately: ADD COLUMN, then ADD CONSTRAINT.';
    ELSIF said.command ~* '^add\s+(column\s+)?(if\s+not\s+exists\s+)?("[^"]*"|[\w$]+)\s+(small|big)?serial[248]?\M' THEN
      RAISE feature_not_supported
      USING MESSAGE = 'cannot execute ADD COLUMN commands involving serial pseudotypes when metadata is synchronized to workers';
    ELSIF said.adds IS NOT NULL AND said.command ~* '\mgenerated\s+(always|by\s+default)\s+as\s+identity\M' THEN
      RAISE feature_not_supported
      USING MESSAGE = 'cannot execute ADD COLUMN commands involving identity columns when metadata is synchronized to workers';
    END IF;
  END LOOP;
END $$;

CREATE FUNCTION citus_internal.on_ddl_end()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  changed record;
BEGIN
  IF citus_internal.stands_aside() THEN
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
    SELECT DISTINCT p.logicalrelid, p.colocationid = 0 AS is_local, d.command_tag
      FROM pg_event_trigger_ddl_commands() d
      LEFT JOIN pg_index   i ON d.classid = 'pg_class'::regclass   AND i.indexrelid = d.objid
      LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid        = d.objid
      LEFT JOIN pg_policy  y ON d.classid = 'pg_policy'::regclass  AND y.oid        = d.objid
      LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid        = d.objid
      JOIN pg_dist_partition p
        ON p.logicalrelid = coalesce(i.indrelid, t.tgrelid, y.polrelid, r.ev_class, d.objid)
  LOOP
    CONTINUE WHEN changed.is_local AND changed.command_tag LIKE 'CREATE %';
    CASE changed.command_tag
      WHEN 'CREATE TRIGGER' THEN
        PERFORM citus_internal.refuse_triggers(changed.logicalrelid);
      WHEN 'CREATE POLICY', 'CREATE RULE' THEN
        PERFORM citus_internal.refuse('rules and row security on distributed tables');
      ELSE
        PERFORM citus_internal.check_foreign_keys(changed.logicalrelid);
        PERFORM citus_internal.pass_on_keys(changed.logicalrelid);
        PERFORM citus_internal.reshape(changed.logicalrelid);
    END CASE;
  END LOOP;

  FOR changed IN
    SELECT DISTINCT p.partrelid::regclass AS parent
      FROM pg_event_trigger_ddl_commands() d
      LEFT JOIN pg_inherits     i ON i.inhrelid = d.objid
      JOIN pg_partitioned_table p ON p.partrelid = coalesce(i.inhparent, d.objid)
     WHERE d.classid = 'pg_class'::regclass
       AND TG_TAG IN ('CREATE TABLE', 'ALTER TABLE')
  LOOP
    IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = changed.parent) THEN
      PERFORM citus_internal.drop_foreign_key_triggers(changed.parent);
      PERFORM citus_internal.follow_children(changed.parent);
    ELSIF EXISTS (SELECT FROM citus_internal.children(changed.parent) c JOIN pg_dist_partition p ON p.logicalrelid = c) THEN
      RAISE internal_error
      USING MESSAGE = 'non-citus partitioned tables cannot have citus table partitions',
            HINT    = format('Distribute the partitioned table "%s" instead, or add it to metadata',
                             citus_internal.bare_name(changed.parent));
    END IF;
  END LOOP;
END $$;

-- What was done while the partitions were hidden may be about keys, or about types; and nothing else.
CREATE FUNCTION citus_internal.check_hidden_change(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  changed record;
  named   regclass := coalesce(citus_internal.parent(rel), rel);
BEGIN
  PERFORM citus_internal.check_foreign_keys(rel);
  PERFORM citus_internal.drop_foreign_key_triggers(rel);
  PERFORM citus_internal.check_unique_keys(logicalrelid, citus_internal.var_to_column(partkey), false)
     FROM pg_dist_partition
    WHERE logicalrelid IN (rel, named)
    ORDER BY logicalrelid <> named;
  FOR changed IN
    SELECT part, told.name AS old_name, has.name AS new_name, has.definition
      FROM (SELECT part, id, name, definition FROM citus_internal.table_shape WHERE logicalrelid = rel) told
      FULL JOIN citus_internal.shape(rel) has USING (part, id)
     WHERE part IN ('table', 'column', 'default')
       AND (told.name, told.definition) IS DISTINCT FROM (has.name, has.definition)
  LOOP
    IF changed.new_name IS DISTINCT FROM changed.old_name
       OR NOT EXISTS (SELECT
                        FROM citus_internal.subcommands(citus_internal.without_strings(current_query()), citus_internal.bare_name(named)) s,
                             substring(s.command FROM '(?i)^alter\s+(?:column\s+)?("[^"]*"|[\w$]+)\s+(?:set\s+data\s+)?type\M') retyped
                       WHERE citus_internal.is_name_of(retyped, changed.new_name))
    THEN
      PERFORM citus_internal.refuse('ALTER TABLE of keys and columns at once (one after the other works)');
    ELSIF changed.part = 'column' THEN
      PERFORM citus_internal.retype_partitions(rel, changed.new_name, changed.definition);
    END IF;
  END LOOP;
END $$;

-- The foreign tables hold no rows: their columns take another type as they are.
CREATE FUNCTION citus_internal.retype_partitions(rel regclass, column_name name, definition text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  partition regclass;
BEGIN
  FOR partition IN SELECT citus_internal.partitions(rel) LOOP
    UPDATE pg_attribute SET attinhcount = 0, attislocal = true  WHERE attrelid = partition AND attname = column_name;
    EXECUTE format('ALTER FOREIGN TABLE %s ALTER COLUMN %I DROP DEFAULT, ALTER COLUMN %2$I TYPE %3$s',
                   partition, column_name, definition);
    UPDATE pg_attribute SET attinhcount = 1, attislocal = false WHERE attrelid = partition AND attname = column_name;
  END LOOP;
END $$;

CREATE EVENT TRIGGER citus_ddl_start
  ON ddl_command_start
  WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE INDEX')
  EXECUTE FUNCTION citus_internal.on_ddl_start();

-- PostgreSQL does not say what a GRANT was about: whatever has another owner now, or other privileges.
CREATE FUNCTION citus_internal.tell_privileges()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM citus_internal.reshape(p.logicalrelid)
     FROM pg_dist_partition p
    WHERE EXISTS (SELECT
                    FROM (SELECT part, id, name, definition FROM citus_internal.table_shape
                           WHERE logicalrelid = p.logicalrelid AND part IN ('owner', 'privilege')) told
                    FULL JOIN
                         (SELECT part, id, name, definition FROM citus_internal.shape(p.logicalrelid)
                           WHERE part IN ('owner', 'privilege')) has
                           USING (part, id)
                   WHERE (told.name, told.definition) IS DISTINCT FROM (has.name, has.definition));
  PERFORM citus_internal.make_object('pg_namespace'::regclass, n.oid)  -- public, when somebody first says who may use it
     FROM pg_namespace       n
     JOIN pg_init_privs      i ON i.classoid = 'pg_namespace'::regclass AND i.objoid = n.oid
    WHERE n.nspname = 'public'
      AND n.nspacl <> i.initprivs
      AND NOT EXISTS (SELECT FROM citus_internal.told_object t WHERE (t.classid, t.objid) = ('pg_namespace'::regclass, n.oid));
  PERFORM citus_internal.alter_objects();
END $$;

CREATE FUNCTION citus_internal.on_grant()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT citus_internal.stands_aside() THEN
    PERFORM citus_internal.tell_privileges();
  END IF;
END $$;

CREATE EVENT TRIGGER citus_grant
  ON ddl_command_end
  WHEN TAG IN ('GRANT', 'REVOKE', 'DROP OWNED')
  EXECUTE FUNCTION citus_internal.on_grant();

CREATE EVENT TRIGGER citus_ddl_end
  ON ddl_command_end
  WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE INDEX', 'ALTER INDEX', 'CREATE TRIGGER', 'CREATE POLICY', 'CREATE RULE')
  EXECUTE FUNCTION citus_internal.on_ddl_end();
