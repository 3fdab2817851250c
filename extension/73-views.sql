-- Views, as objects that are on every node (36-objects.sql). Those that are about tables stay on the coordinator.

CREATE FUNCTION citus_internal.view_state(object oid)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT jsonb_build_object('id', oid::regclass, 'schema', relnamespace::regnamespace, 'name', quote_ident(relname),
                            'options', array_to_string(reloptions, ', '), 'definition', rtrim(pg_get_viewdef(oid), ';'),
                            'owner', nullif(relowner, 10)::regrole, 'privileges', citus_internal.privileges(relacl, relowner))
    FROM pg_class
   WHERE oid = object
     AND relkind = 'v'
$$;

CREATE FUNCTION citus_internal.create_view_command(state jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.alter_view_command('{}', state)
$$;

CREATE FUNCTION citus_internal.alter_view_command(was jsonb, now_is jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('SELECT citus_internal.make_if_possible(%L, %L)', now_is ->> 'schema', concat_ws('; ',
           citus_internal.rename_command('VIEW', was, now_is),
           format('CREATE OR REPLACE VIEW %s%s AS %s', now_is ->> 'id', ' WITH (' || (now_is ->> 'options') || ')',
                  now_is ->> 'definition'),
           citus_internal.ownership_command('TABLE', was, now_is)))
$$;
