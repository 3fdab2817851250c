-- Doing to a copy of a table what a statement did to the original. A row arrives as PostgreSQL prints it, `(1,"a, b",)`,
-- and is read as a row of the copy: every type reads what it prints.
--
-- Rows need not have a key, and may be there twice. So a row of the copy is found by all it contains, and the n-th of
-- equal rows is matched with the n-th. A column may have any name, so columns are written alias.column throughout.

-- The columns that a table keeps: those that are generated it works out itself.
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

CREATE FUNCTION citus_internal.replay_insert(copy regclass, new_rows text[])
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format('INSERT INTO %1$s (%2$s) '
                 'SELECT %3$s FROM (SELECT content::%1$s AS row FROM unnest($1) content OFFSET 0) n',
                 copy, citus_internal.stored_columns(copy), citus_internal.stored_columns(copy, '(n.row).'))
  USING new_rows;
END $$;

CREATE FUNCTION citus_internal.replay_delete(copy regclass, old_rows text[])
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format($q$
    WITH gone AS (
      SELECT ROW(%2$s)::text AS content, count(*) AS times
        FROM (SELECT content::%1$s AS row FROM unnest($1) content OFFSET 0) o
       GROUP BY 1
    ),
    found AS (
      SELECT t.ctid, ROW(%3$s)::text AS content, row_number() OVER (PARTITION BY ROW(%3$s)::text) AS nth
        FROM %1$s t
    )
    DELETE FROM %1$s
     WHERE ctid = ANY (ARRAY(SELECT f.ctid FROM found f JOIN gone g USING (content) WHERE f.nth <= g.times))
    $q$, copy, citus_internal.stored_columns(copy, '(o.row).'), citus_internal.stored_columns(copy, 't.'))
  USING old_rows;
END $$;

-- Old and new rows come in the same order.
CREATE FUNCTION citus_internal.replay_update(copy regclass, old_rows text[], new_rows text[])
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format($q$
    WITH change AS (
      SELECT content, image, row_number() OVER (PARTITION BY content ORDER BY number) AS nth
        FROM (SELECT ROW(%4$s)::text AS content, image, number
                FROM (SELECT old::%1$s AS row, new::%1$s AS image, number
                        FROM unnest($1, $2) WITH ORDINALITY both_ (old, new, number) OFFSET 0) o) changed
    ),
    found AS (
      SELECT t.ctid, ROW(%5$s)::text AS content, row_number() OVER (PARTITION BY ROW(%5$s)::text) AS nth
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
    $q$, copy, citus_internal.stored_columns(copy), citus_internal.stored_columns(copy, '(target.image).'),
         citus_internal.stored_columns(copy, '(o.row).'), citus_internal.stored_columns(copy, 't.'))
  USING old_rows, new_rows;
END $$;
