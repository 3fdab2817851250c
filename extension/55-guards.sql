-- What Citus refuses where PostgreSQL would go ahead: triggers on each distributed table, and what they say.
-- They are marked internal, as Citus's own triggers are, and so do not show in \d.

CREATE FUNCTION citus_internal.add_guards(rel regclass, key name)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  model  "char" := (SELECT repmodel FROM pg_dist_partition WHERE logicalrelid = rel);
  limits text   := CASE WHEN citus_internal.is_parent(rel) THEN citus_internal.partition_columns(rel) END;
  guard  record;
BEGIN
  FOR guard IN
    SELECT * FROM (VALUES ('insert', 'insert', 'BEFORE INSERT',                                 model <> 't'),
                          ('copy',   'copy',   'BEFORE INSERT',                                 model = 't'),
                          ('upsert', 'upsert', 'AFTER INSERT',                                  model <> 't'),
                          ('change', 'change', 'BEFORE UPDATE OR DELETE',                       true),
                          ('key',    'key',    'BEFORE UPDATE OF ' || quote_ident(key),         key IS NOT NULL),
                          ('limits', 'limits', 'BEFORE UPDATE OF ' || limits,                   limits IS NOT NULL),
                          ('moved',  'limits', 'AFTER UPDATE OF '  || limits,                   limits IS NOT NULL),
                          ('copies', 'copies', 'BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE', model IN ('c', 't')))
                          guards (name, function, event, wanted)
     WHERE wanted
  LOOP
    EXECUTE format('CREATE TRIGGER %I %s ON %s FOR EACH STATEMENT EXECUTE FUNCTION citus_internal.%I()',
                   'citus_guard_' || guard.name, guard.event, rel, 'guard_' || guard.function);
  END LOOP;
  UPDATE pg_trigger
     SET tgisinternal = true
   WHERE tgrelid = rel
     AND tgname LIKE 'citus_guard_%';
END $$;

CREATE FUNCTION citus_internal.drop_triggers(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  name name;
BEGIN
  UPDATE pg_trigger
     SET tgisinternal = false
   WHERE tgrelid = rel
     AND tgname LIKE 'citus\_%';
  FOR name IN SELECT tgname FROM pg_trigger WHERE tgrelid = rel AND tgname LIKE 'citus\_%' LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', name, rel);
  END LOOP;
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
-- statement, and says why.
CREATE FUNCTION citus_internal.guard_insert()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  statement text   := citus_internal.without_strings(citus_internal.statement());
  insert    text[] := regexp_match(statement,
                        '(?i)^\s*insert\s+into\s+((?:"[^"]*"|[\w$.])+)\s*(?:\(([\w$,\s"]*)\)\s*(?:values|select))?');
  key       pg_attribute;
  place     bigint;  -- of the key, among the values of a row
BEGIN
  IF statement ~* '\mon\s+conflict\s*(\(|on\s+constraint\M|do\s+update\M)' THEN
    PERFORM citus_internal.check_conflict_clause(substring(statement FROM '(?i)\mdo\s+update\s+set\M(.*)'));
    PERFORM citus_internal.begin_upsert(TG_RELID::regclass);
  END IF;
  IF statement ~* '^\s*copy\M' THEN
    PERFORM citus_internal.begin_copy(TG_RELID, statement);
  END IF;
  IF insert IS NULL OR NOT citus_internal.is_name_of(insert[1], TG_TABLE_NAME) THEN
    IF statement !~* '\mselect\M' THEN
      PERFORM citus_internal.refuse_change_of_view(TG_RELID, insert[1]);
    END IF;
    RETURN NULL;
  END IF;
  IF statement ~* '^[^;]*?\mvalues\s*\(.*\(\s*select\M' THEN
    RAISE feature_not_supported
    USING MESSAGE = 'subqueries are not supported within INSERT queries',
          HINT    = 'Try rewriting your queries with ''INSERT INTO ... SELECT'' syntax.';
  END IF;
  SELECT a.* INTO key
    FROM pg_dist_partition t
    JOIN pg_attribute      a ON a.attrelid = t.logicalrelid AND a.attnum = citus_internal.var_to_column(t.partkey)
   WHERE t.logicalrelid = TG_RELID;
  IF key.attname IS NULL OR key.atthasdef OR key.attidentity <> '' THEN
    RETURN NULL;
  END IF;
  place := CASE WHEN insert[2] IS NULL
                THEN (SELECT count(*) FROM pg_attribute
                       WHERE attrelid = TG_RELID AND attnum BETWEEN 1 AND key.attnum AND NOT attisdropped)
                ELSE (SELECT number
                        FROM regexp_split_to_table(insert[2], ',') WITH ORDINALITY listed (name, number)
                       WHERE citus_internal.is_name_of(name, key.attname))
           END;
  IF place IS NULL OR statement ~* '\mdefault\M' AND citus_internal.inserts_default(statement, place) THEN
    RAISE null_value_not_allowed
    USING MESSAGE = 'cannot perform an INSERT without a partition column value';
  END IF;
  RETURN NULL;
END $$;

-- PostgreSQL has put the table in the place of a view that the statement names. A view with triggers is their affair.
CREATE FUNCTION citus_internal.refuse_change_of_view(rel oid, target text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF EXISTS (SELECT
               FROM pg_depend  d
               JOIN pg_rewrite r ON r.oid = d.objid
               JOIN pg_class   v ON v.oid = r.ev_class AND v.relkind = 'v' AND NOT v.relhastriggers
              WHERE d.classid    = 'pg_rewrite'::regclass
                AND d.refclassid = 'pg_class'::regclass
                AND d.refobjid   = rel
                AND citus_internal.is_name_of(target, v.relname))
  THEN
    RAISE feature_not_supported
    USING MESSAGE = 'cannot modify views when the query contains citus tables';
  END IF;
END $$;

-- What comes after DO UPDATE SET is worked out by each shard.
CREATE FUNCTION citus_internal.check_conflict_clause(clause text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  condition text := substring(clause FROM '(?i)\mwhere\M(.*?)(\mreturning\M.*)?$');
BEGIN
  IF clause ~* '\(\s*select\M' THEN
    RAISE feature_not_supported
    USING MESSAGE = 'subqueries are not supported within INSERT queries',
          HINT    = 'Try rewriting your queries with ''INSERT INTO ... SELECT'' syntax.';
  ELSIF NOT citus_internal.is_same_everywhere(regexp_replace(clause, '(?i)\m(where|returning)\M.*$', '')) THEN
    RAISE feature_not_supported
    USING MESSAGE = 'functions used in the DO UPDATE SET clause of INSERTs on distributed tables must be marked IMMUTABLE';
  ELSIF NOT citus_internal.is_same_everywhere(condition) THEN
    RAISE feature_not_supported
    USING MESSAGE = 'functions used in the WHERE clause of the ON CONFLICT clause of INSERTs on distributed tables must be '
                    'marked IMMUTABLE';
  END IF;
END $$;

-- A volatile function would give each copy of a row another value.
CREATE FUNCTION citus_internal.guard_change()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  statement text   := citus_internal.without_strings(citus_internal.statement());
  change    text[] := regexp_match(statement,
                        '(?i)^\s*(update|delete\s+from)\s+(?:only\s+)?((?:"[^"]*"|[\w$.])+)(.*?)(\mwhere\M.*)?$');
BEGIN
  IF citus_internal.is_name_of(change[2], TG_TABLE_NAME) THEN
    IF change[1] ILIKE 'update' AND citus_internal.calls_volatile(change[3]) THEN
      RAISE feature_not_supported
      USING MESSAGE = 'functions used in UPDATE queries on distributed tables must not be VOLATILE';
    ELSIF citus_internal.calls_volatile(change[4]) THEN
      RAISE feature_not_supported
      USING MESSAGE = 'functions used in the WHERE/ON/WHEN clause of modification queries on distributed tables must not '
                      'be VOLATILE';
    END IF;
  ELSIF change IS NOT NULL THEN
    PERFORM citus_internal.refuse_change_of_view(TG_RELID, change[2]);
  END IF;
  RETURN NULL;
END $$;
