-- Names: a shard is called table_102008, its index index_102008, and so on.

-- As Citus: a name that would be too long is cut and gets its hash, so that two long names stay different.
CREATE FUNCTION citus_internal.shard_name(name text, shardid bigint)
  RETURNS text
  LANGUAGE plpgsql
  IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog
AS $$
DECLARE
  suffix text := '_' || shardid;
  room   int  := 63 - length(suffix);
  start  text := name;
BEGIN
  IF octet_length(name) <= room THEN
    RETURN name || suffix;
  END IF;
  WHILE octet_length(start) > room - 9 LOOP
    start := left(start, -1);
  END LOOP;
  RETURN start || '_' || lpad(to_hex(hashtext(name COLLATE "C")), 8, '0') || suffix;
END $$;

CREATE FUNCTION pg_catalog.shard_name(object_name regclass, shard_id bigint, skip_qualify_public boolean DEFAULT true)
  RETURNS text
  LANGUAGE sql
  STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog
AS $$
  SELECT CASE WHEN n.nspname = 'public' AND skip_qualify_public THEN '' ELSE quote_ident(n.nspname) || '.' END
         || quote_ident(citus_internal.shard_name(c.relname, shard_id))
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.oid = object_name
$$;

-- The key of a distributed table is kept as PostgreSQL prints a column reference inside a query tree.
CREATE FUNCTION citus_internal.column_to_var(rel regclass, column_number smallint)
  RETURNS text
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT format('{VAR :varno 1 :varattno %s :vartype %s :vartypmod %s :varcollid %s :varnullingrels (b)'
                ' :varlevelsup 0 :varreturningtype 0 :varnosyn 1 :varattnosyn %1$s :location -1}',
                attnum, atttypid, atttypmod, attcollation)
    FROM pg_attribute
   WHERE attrelid = rel
     AND attnum   = column_number
$$;

CREATE FUNCTION citus_internal.var_to_column(column_var_text text)
  RETURNS smallint
  LANGUAGE sql
  IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog
AS $$
  SELECT substring(column_var_text FROM ':varattno (\d+)')::smallint
$$;

CREATE FUNCTION pg_catalog.column_to_column_name(table_name regclass, column_var_text text)
  RETURNS text
  LANGUAGE sql
  STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog
AS $$
  SELECT attname::text
    FROM pg_attribute
   WHERE attrelid = table_name
     AND attnum   = citus_internal.var_to_column(column_var_text)
$$;

-- How Citus speaks of a table in its messages: without the schema where it is on the search path.
CREATE FUNCTION citus_internal.bare_name(rel regclass)
  RETURNS text
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT relname::text FROM pg_class WHERE oid = rel
$$;

-- With the schema, whatever the search path is.
CREATE FUNCTION citus_internal.full_name(rel regclass)
  RETURNS text
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT rel::text
$$;
