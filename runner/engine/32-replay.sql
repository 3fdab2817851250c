-- Doing to a copy of a table what a statement did to the original. Rows arrive as JSON, which carries every type.
--
-- Rows need not have a key, and may be there twice. So a row of the copy is found by all it contains, and the n-th of
-- equal rows is matched with the n-th. A column may have any name, so whole rows are written alias.* throughout.

CREATE FUNCTION citus_internal.stored_columns(copy regclass, prefix text DEFAULT '')
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT string_agg(prefix || quote_ident(attname), ', ' ORDER BY attnum)
    FROM pg_attribute
   WHERE attrelid = copy
     AND attnum > 0
     AND NOT attisdropped
     AND attgenerated = ''
$$;

CREATE FUNCTION citus_internal.replay_insert(copy regclass, new_rows json)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM json_populate_recordset(NULL::%1$s, $1)',
                 copy, citus_internal.stored_columns(copy))
  USING new_rows;
END $$;

CREATE FUNCTION citus_internal.replay_delete(copy regclass, old_rows json)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format($q$
    WITH gone AS (
      SELECT (o.*)::text AS content, count(*) AS times
        FROM json_populate_recordset(NULL::%1$s, $1) o
       GROUP BY 1
    ),
    found AS (
      SELECT t.ctid, (t.*)::text AS content, row_number() OVER (PARTITION BY (t.*)::text) AS nth
        FROM %1$s t
    )
    DELETE FROM %1$s
     WHERE ctid = ANY (ARRAY(SELECT f.ctid FROM found f JOIN gone g USING (content) WHERE f.nth <= g.times))
    $q$, copy)
  USING old_rows;
END $$;

-- Old and new rows come in the same order.
CREATE FUNCTION citus_internal.replay_update(copy regclass, old_rows json, new_rows json)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format($q$
    WITH change AS (
      SELECT content, image, row_number() OVER (PARTITION BY content ORDER BY number) AS nth
        FROM (SELECT number, (json_populate_record(NULL::%1$s, value))::text AS content
                FROM json_array_elements($1) WITH ORDINALITY a (value, number)) before
        JOIN (SELECT number, json_populate_record(NULL::%1$s, value) AS image
                FROM json_array_elements($2) WITH ORDINALITY a (value, number)) after USING (number)
    ),
    found AS (
      SELECT t.ctid, (t.*)::text AS content, row_number() OVER (PARTITION BY (t.*)::text) AS nth
        FROM %1$s t
    ),
    target AS (
      SELECT f.ctid, c.image
        FROM found  f
        JOIN change c USING (content, nth)
    )
    UPDATE %1$s
       SET (%2$s) = ROW(%3$s)
      FROM target
     WHERE %1$s.ctid = target.ctid
    $q$, copy, citus_internal.stored_columns(copy), citus_internal.stored_columns(copy, '(target.image).'))
  USING old_rows, new_rows;
END $$;
