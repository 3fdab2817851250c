-- Collations, as objects that are on every node (36-objects.sql).

CREATE FUNCTION citus_internal.collation_state(object oid)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT jsonb_build_object(
           'id', format('%s.%I', collnamespace::regnamespace, collname), 'schema', collnamespace::regnamespace,
           'name', quote_ident(collname), 'owner', nullif(collowner, 10)::regrole,
           'definition', concat_ws(', ',
             'PROVIDER = ' || CASE collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
             'LOCALE = ' || quote_literal(colllocale),
             'LC_COLLATE = ' || quote_literal(collcollate), 'LC_CTYPE = ' || quote_literal(collctype),
             'RULES = ' || quote_literal(collicurules),
             'DETERMINISTIC = ' || collisdeterministic))
    FROM pg_collation
   WHERE oid = object
$$;

CREATE FUNCTION citus_internal.create_collation_command(state jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT concat_ws('; ',
           format('CREATE SCHEMA IF NOT EXISTS %s; CREATE COLLATION IF NOT EXISTS %s (%s)', state ->> 'schema', state ->> 'id',
                  state ->> 'definition'),
           citus_internal.ownership_command('COLLATION', '{}', state))
$$;

CREATE FUNCTION citus_internal.alter_collation_command(was jsonb, now_is jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT concat_ws('; ',
           citus_internal.rename_command('COLLATION', was, now_is),
           citus_internal.ownership_command('COLLATION', was, now_is))
$$;

-- On a worker: unless somebody uses it there.
CREATE FUNCTION citus_internal.drop_unused_collation(identity text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET lock_timeout = '100ms'
AS $$
BEGIN
  EXECUTE format('DROP COLLATION IF EXISTS %s', identity);
EXCEPTION WHEN dependent_objects_still_exist OR invalid_schema_name OR lock_not_available THEN
  NULL;
END $$;
