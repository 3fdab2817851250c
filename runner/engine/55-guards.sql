-- What Citus refuses where PostgreSQL would go ahead: triggers on each distributed table, and what they say.
-- They are marked internal, as Citus's own triggers are, and so do not show in \d.

CREATE FUNCTION citus_internal.add_guards(rel regclass, key name)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER citus_guard_insert BEFORE INSERT ON %s '
                 'FOR EACH STATEMENT EXECUTE FUNCTION citus_internal.guard_insert()', rel);
  EXECUTE format('CREATE TRIGGER citus_guard_update BEFORE UPDATE ON %s '
                 'FOR EACH STATEMENT EXECUTE FUNCTION citus_internal.guard_update()', rel);
  IF key IS NOT NULL THEN
    EXECUTE format('CREATE TRIGGER citus_guard_key BEFORE UPDATE OF %I ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION citus_internal.guard_key()', key, rel);
  END IF;
  IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = rel AND repmodel = 'c') THEN
    EXECUTE format('CREATE TRIGGER citus_guard_copies BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION citus_internal.guard_copies()', rel);
  END IF;
  UPDATE pg_trigger
     SET tgisinternal = true
   WHERE tgrelid = rel
     AND tgname LIKE 'citus_guard_%';
END $$;

-- A row never moves to another shard.
CREATE FUNCTION citus_internal.guard_key()
  RETURNS trigger
  LANGUAGE plpgsql
AS $$
BEGIN
  RAISE feature_not_supported
  USING MESSAGE = 'modifying the partition value of rows is not allowed';
END $$;

-- INSERT INTO t (other columns): the first shard would refuse each row, for its key is NULL. Citus refuses the
-- statement, and says why. A trigger does not see the statement; the text that the client sent shows the common case.
CREATE FUNCTION citus_internal.guard_insert()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  statement text   := citus_internal.without_strings(current_query());
  insert    text[] := regexp_match(statement,
                        '(?i)^\s*insert\s+into\s+((?:"[^"]*"|[\w$.])+)\s*(?:\(([\w$,\s"]*)\)\s*(?:values|select))?');
  key       pg_attribute;
BEGIN
  IF insert IS NULL OR NOT citus_internal.is_name_of(insert[1], TG_TABLE_NAME) THEN
    RETURN NULL;
  END IF;
  IF statement ~* '\mon\s+conflict\s*(\(|on\s+constraint\M|do\s+update\M)' THEN
    PERFORM citus_internal.refuse('ON CONFLICT for distributed tables but for ON CONFLICT DO NOTHING without columns');
  END IF;
  SELECT a.* INTO key
    FROM pg_dist_partition t
    JOIN pg_attribute      a ON a.attrelid = t.logicalrelid AND a.attnum = citus_internal.var_to_column(t.partkey)
   WHERE t.logicalrelid = TG_RELID;
  IF insert[2] IS NOT NULL
     AND key.attname IS NOT NULL
     AND NOT key.atthasdef
     AND key.attidentity = ''
     AND NOT EXISTS (SELECT
                       FROM regexp_split_to_table(insert[2], ',') listed
                      WHERE citus_internal.is_name_of(listed, key.attname))
  THEN
    RAISE null_value_not_allowed
    USING MESSAGE = 'cannot perform an INSERT without a partition column value';
  END IF;
  RETURN NULL;
END $$;

-- A volatile function would give each copy of a row another value. Citus looks at the statement; here, too, the text
-- that the client sent has to do.
CREATE FUNCTION citus_internal.guard_update()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  statement text := citus_internal.without_strings(current_query());
BEGIN
  IF citus_internal.is_name_of(substring(statement FROM '(?i)^\s*update\s+(?:only\s+)?((?:"[^"]*"|[\w$.])+)'), TG_TABLE_NAME)
     AND EXISTS (SELECT
                   FROM regexp_matches(statement, '([\w$]+)\s*\(', 'g') call
                   JOIN pg_proc ON proname = lower(call[1])
                  GROUP BY proname
                 HAVING bool_and(provolatile = 'v' AND prokind = 'f'))
  THEN
    RAISE feature_not_supported
    USING MESSAGE = 'functions used in UPDATE queries on distributed tables must not be VOLATILE';
  END IF;
  RETURN NULL;
END $$;

-- The text of a statement, its strings emptied, so that what stands in them is not taken for SQL.
CREATE FUNCTION citus_internal.without_strings(statement text)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog
AS $$
  SELECT regexp_replace(statement, '''(?:[^'']|'''')*''', '''''', 'g')
$$;

-- Whether a name as it was written, perhaps with a schema and quotes, means this one.
CREATE FUNCTION citus_internal.is_name_of(written text, name text)
  RETURNS boolean
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  parts text[];
BEGIN
  parts := parse_ident(written);
  RETURN coalesce(parts[cardinality(parts)] = name, false);
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN false;
END $$;
