-- Schemas, as objects that are on every node (36-objects.sql).

CREATE FUNCTION citus_internal.schema_state(object oid)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT jsonb_build_object('id', quote_ident(nspname), 'name', quote_ident(nspname), 'owner', nullif(nspowner, 10)::regrole,
                            'privileges', citus_internal.privileges(nspacl, nspowner))
    FROM pg_namespace
   WHERE oid = object
     AND nspname !~ '^(pg_|information_schema$|citus$|citus_internal$|citus_shards_internal$)'
$$;

CREATE FUNCTION citus_internal.create_schema_command(state jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT concat_ws('; ', format('CREATE SCHEMA IF NOT EXISTS %s', state ->> 'id'),
                   citus_internal.ownership_command('SCHEMA', '{}', state))
$$;

CREATE FUNCTION citus_internal.alter_schema_command(was jsonb, now_is jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT concat_ws('; ',
           citus_internal.rename_command('SCHEMA', was, now_is),
           citus_internal.ownership_command('SCHEMA', was, now_is))
$$;
