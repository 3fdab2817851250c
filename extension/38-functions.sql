-- Functions, procedures and aggregates, as objects that are on every node (36-objects.sql).

CREATE FUNCTION citus_internal.function_state(object oid)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT jsonb_build_object(
           'id', p.oid::regprocedure, 'schema', p.pronamespace::regnamespace, 'name', quote_ident(p.proname),
           'definition', CASE p.prokind WHEN 'a' THEN citus_internal.aggregate_definition(p) ELSE pg_get_functiondef(p.oid) END,
           'owner', nullif(p.proowner, 10)::regrole,
           'privileges', citus_internal.privileges(p.proacl, p.proowner))
    FROM pg_proc p
   WHERE p.oid = object
     AND p.prokind <> 'w'
$$;

CREATE FUNCTION citus_internal.aggregate_definition(made pg_proc)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('CREATE OR REPLACE AGGREGATE %s.%I(%s) (%s)', made.pronamespace::regnamespace, made.proname,
                CASE made.pronargs WHEN 0 THEN '*' ELSE pg_get_function_arguments(made.oid) END,
                concat_ws(', ',
                  'SFUNC = ' || nullif(a.aggtransfn, 0)::regproc, 'STYPE = ' || a.aggtranstype::regtype,
                  'FINALFUNC = ' || nullif(a.aggfinalfn, 0)::regproc,
                  CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
                  'COMBINEFUNC = ' || nullif(a.aggcombinefn, 0)::regproc,
                  'SERIALFUNC = ' || nullif(a.aggserialfn, 0)::regproc,
                  'DESERIALFUNC = ' || nullif(a.aggdeserialfn, 0)::regproc,
                  'INITCOND = ' || quote_literal(a.agginitval),
                  CASE made.proparallel WHEN 's' THEN 'PARALLEL = SAFE' END,
                  CASE a.aggkind WHEN 'h' THEN 'HYPOTHETICAL' END))
    FROM pg_aggregate a
   WHERE a.aggfnoid = made.oid
$$;

CREATE FUNCTION citus_internal.create_function_command(state jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('SELECT citus_internal.make_if_possible(%L, %L)', state ->> 'schema',
                concat_ws('; ', state ->> 'definition', citus_internal.ownership_command('ROUTINE', '{}', state)))
$$;

CREATE FUNCTION citus_internal.alter_function_command(was jsonb, now_is jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('SELECT citus_internal.make_if_possible(%L, %L)', now_is ->> 'schema', concat_ws('; ',
           citus_internal.rename_command('ROUTINE', was, now_is),
           now_is ->> 'definition',
           citus_internal.ownership_command('ROUTINE', was, now_is)))
$$;

-- On a worker. What is about things that only the coordinator has stays there.
CREATE FUNCTION citus_internal.make_if_possible(schema text, command text)
  RETURNS void
  LANGUAGE plpgsql
  SET check_function_bodies = off
AS $$
BEGIN
  EXECUTE pg_catalog.format('CREATE SCHEMA IF NOT EXISTS %s', schema);
  EXECUTE command;
EXCEPTION WHEN undefined_table OR undefined_object OR undefined_function OR undefined_column THEN
  NULL;
END $$;

-- On a worker: unless something there still uses it.
CREATE FUNCTION citus_internal.drop_function(identity text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format('DROP ROUTINE IF EXISTS %s', identity);
EXCEPTION WHEN dependent_objects_still_exist OR undefined_object OR invalid_schema_name THEN
  NULL;
END $$;
