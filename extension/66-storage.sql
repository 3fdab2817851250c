-- Storage parameters, and tables that are not logged: ALTER TABLE … SET (fillfactor = 70), SET UNLOGGED; ALTER INDEX … SET (…).
--
-- PostgreSQL refuses them for partitioned tables and their indexes. So while such a statement runs, the name that it uses means a
-- stand-in: a plain table like the table, without rows, or an index on one. PostgreSQL alters that, or says why not. Then the
-- table takes over what was altered, and its shards are told.

CREATE TABLE citus_internal.stand_in (
  id       oid NOT NULL PRIMARY KEY,
  original oid NOT NULL
);

-- What a statement is about, if it is about storage only: the tables and indexes whose names it uses.
CREATE FUNCTION citus_internal.named_for_storage(tag text, statement text)
  RETURNS TABLE (id oid, rel regclass, command text)
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  about_storage text := '(?i)^((re)?set\s*\(|set\s+(un)?logged\s*;?\s*$)';
BEGIN
  IF tag = 'ALTER INDEX' THEN
    RETURN QUERY
      SELECT i.indexrelid, i.indrelid::regclass, said[2]
        FROM regexp_matches(statement, '(?i)\malter\s+index\s+(?:if\s+exists\s+)?((?:"[^"]*"|[\w$.])+)\s+([^;]*)', 'g') said
        JOIN pg_class          c ON c.relkind = 'I' AND citus_internal.is_name_of(said[1], c.relname)
        JOIN pg_index          i ON i.indexrelid = c.oid
        JOIN pg_dist_partition p ON p.logicalrelid = i.indrelid
       WHERE said[2] ~ about_storage
         AND NOT citus_internal.is_parent(i.indrelid);
    RETURN;
  END IF;
  FOR id, rel, command IN
    SELECT c.oid, c.oid, string_agg(s.command, ', ')
      FROM pg_dist_partition p
      JOIN pg_class          c ON c.oid = p.logicalrelid AND c.relkind = 'p',
           citus_internal.subcommands(statement, c.relname) s
     WHERE NOT citus_internal.is_parent(c.oid)
     GROUP BY c.oid
    HAVING bool_or(s.command ~ about_storage)
  LOOP
    IF EXISTS (SELECT FROM citus_internal.subcommands(statement, citus_internal.bare_name(rel)) s WHERE s.command !~ about_storage) THEN
      PERFORM citus_internal.refuse('ALTER TABLE of storage and columns at once (one after the other works)');
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;

CREATE FUNCTION citus_internal.on_storage_start()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  statement text := citus_internal.without_strings(citus_internal.statement());
  named     record;
BEGIN
  IF citus_internal.stands_aside() OR statement !~* '\m(re)?set\s*\(|\mset\s+(un)?logged\M' THEN
    RETURN;
  END IF;
  FOR named IN SELECT * FROM citus_internal.named_for_storage(TG_TAG, statement) LOOP
    IF named.command ~* '[(,]\s*toast\s*\.' THEN
      PERFORM citus_internal.refuse('storage parameters for the TOAST tables of shards');
    END IF;
    EXECUTE format('LOCK TABLE ONLY %s IN %s MODE', named.rel,
                   CASE WHEN named.command ~* 'logged' THEN 'ACCESS EXCLUSIVE' ELSE 'SHARE UPDATE EXCLUSIVE' END);
    PERFORM citus_internal.check_logged(named.rel, lower(substring(named.command FROM '(?i)\mset\s+((?:un)?logged)\M')));
    PERFORM citus_internal.let_stand_in(named.id, named.rel);
  END LOOP;
END $$;

-- A logged table cannot refer to one that is not. The stand-in has no foreign keys.
CREATE FUNCTION citus_internal.check_logged(rel regclass, becomes text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  other regclass := (SELECT o.oid
                       FROM pg_constraint c
                       JOIN pg_class      o ON o.oid = CASE becomes WHEN 'logged' THEN c.confrelid ELSE c.conrelid END
                      WHERE c.contype = 'f'
                        AND rel   = CASE becomes WHEN 'logged' THEN c.conrelid ELSE c.confrelid END
                        AND o.oid <> rel
                        AND o.relpersistence = CASE becomes WHEN 'logged' THEN 'u' WHEN 'unlogged' THEN 'p' END
                      LIMIT 1);
BEGIN
  IF other IS NOT NULL THEN
    RAISE invalid_table_definition
    USING MESSAGE = format('could not change table "%s" to %s because it references %s table "%s"', citus_internal.bare_name(rel),
                           becomes, CASE becomes WHEN 'logged' THEN 'unlogged' ELSE 'logged' END, citus_internal.bare_name(other));
  END IF;
END $$;

-- Gives a stand-in the name of a table or an index.
CREATE FUNCTION citus_internal.let_stand_in(original oid, rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  name  text := 'citus_internal.stand_in_' || original;
  class pg_class;
  id    oid;
BEGIN
  SELECT * INTO STRICT class FROM pg_class WHERE oid = original;
  EXECUTE citus_internal.create_table_command(rel, name, format('(LIKE %s)', rel));
  IF original <> rel THEN
    EXECUTE (SELECT format('CREATE INDEX stand_in_index ON %s%s', name, substring(pg_get_indexdef(original) FROM ' USING .*$')));
  END IF;
  EXECUTE format('ALTER TABLE %s OWNER TO %s', name, class.relowner::regrole);
  id := CASE WHEN original = rel THEN name ELSE 'citus_internal.stand_in_index' END::regclass;
  INSERT INTO citus_internal.stand_in VALUES (id, original);
  UPDATE pg_class SET relname = 'citus_' || original                                  WHERE oid = original;
  UPDATE pg_class SET relname = class.relname, relnamespace = class.relnamespace WHERE oid = id;
END $$;

CREATE FUNCTION citus_internal.on_storage_end()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  stand_in citus_internal.stand_in;
BEGIN
  IF citus_internal.stands_aside() OR NOT EXISTS (SELECT FROM citus_internal.stand_in) THEN
    RETURN;
  END IF;
  FOR stand_in IN DELETE FROM citus_internal.stand_in RETURNING * LOOP
    PERFORM citus_internal.take_over(stand_in);
    PERFORM citus_internal.reshape(coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = stand_in.original), stand_in.original));
  END LOOP;
END $$;

-- The table gets its name back, and the storage of its stand-in.
CREATE FUNCTION citus_internal.take_over(stand_in citus_internal.stand_in)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  altered pg_class;
BEGIN
  SELECT * INTO STRICT altered FROM pg_class WHERE oid = stand_in.id;
  UPDATE pg_class
     SET relname      = CASE relkind WHEN 'i' THEN 'stand_in_index' ELSE 'stand_in_' || stand_in.original END,
         relnamespace = 'citus_internal'::regnamespace
   WHERE oid = altered.oid;
  UPDATE pg_class
     SET relname = altered.relname, reloptions = altered.reloptions, relpersistence = altered.relpersistence
   WHERE oid = stand_in.original;
  EXECUTE format('DROP TABLE citus_internal.stand_in_%s', stand_in.original);
END $$;

-- The stand-in is gone before other triggers look at what there is.
CREATE EVENT TRIGGER citus_after_storage
  ON ddl_command_end
  WHEN TAG IN ('ALTER TABLE', 'ALTER INDEX')
  EXECUTE FUNCTION citus_internal.on_storage_end();

CREATE EVENT TRIGGER citus_storage
  ON ddl_command_start
  WHEN TAG IN ('ALTER TABLE', 'ALTER INDEX')
  EXECUTE FUNCTION citus_internal.on_storage_start();
