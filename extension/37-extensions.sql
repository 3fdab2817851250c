-- Extensions, as objects that are on every node (36-objects.sql).

CREATE FUNCTION citus_internal.extension_state(object oid)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT jsonb_build_object('id', quote_ident(extname), 'schema', extnamespace::regnamespace, 'version', extversion)
    FROM pg_extension
   WHERE oid = object
     AND extname NOT IN ('citus', 'postgres_fdw', 'dblink')  -- that a cluster brings along
$$;

CREATE FUNCTION citus_internal.create_extension_command(state jsonb)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('CREATE SCHEMA IF NOT EXISTS %2$s; CREATE EXTENSION IF NOT EXISTS %1$s SCHEMA %2$s VERSION %3$L CASCADE',
                state ->> 'id', state ->> 'schema', state ->> 'version')
$$;

CREATE FUNCTION citus_internal.alter_extension_command(was jsonb, now_is jsonb)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
  SELECT concat_ws('; ',
           CASE WHEN was -> 'schema' <> now_is -> 'schema'
                THEN format('CREATE SCHEMA IF NOT EXISTS %2$s; ALTER EXTENSION %1$s SET SCHEMA %2$s', now_is ->> 'id', now_is ->> 'schema')
           END,
           CASE WHEN was -> 'version' <> now_is -> 'version'
                THEN format('ALTER EXTENSION %s UPDATE TO %L', now_is ->> 'id', now_is ->> 'version')
           END)
$$;
