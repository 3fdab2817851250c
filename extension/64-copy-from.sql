-- What COPY … FROM says otherwise than INSERT.

CREATE FUNCTION citus_internal.check_copy(statement text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF statement ~* '\mwhere\M' THEN
    RAISE internal_error
    USING MESSAGE = 'Citus does not support COPY FROM with WHERE';
  END IF;
END $$;

-- Tells the shard that gets rows without a key what to say of them. A worker that is down says it otherwise.
CREATE FUNCTION citus_internal.begin_copy(rel regclass, statement text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  first_shard bigint := (SELECT shardid FROM pg_dist_shard WHERE logicalrelid = rel AND shardminvalue = '-2147483648');
BEGIN
  PERFORM citus_internal.check_copy(statement);
  IF first_shard IS NOT NULL THEN
    PERFORM citus_internal.run_on_copies_of(citus_internal.copies(first_shard),
              format('SELECT pg_catalog.set_config(''citus_internal.copy_into'', %L, true)',
                     (SELECT format('%I.%I', definition, name) FROM citus_internal.table_shape
                       WHERE logicalrelid = rel AND part = 'table')));
  END IF;
EXCEPTION WHEN connection_failure OR sqlclient_unable_to_establish_sqlconnection THEN
  NULL;
END $$;

CREATE FUNCTION citus_internal.guard_copy()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  statement text := citus_internal.without_strings(current_query());
BEGIN
  IF statement ~* '^\s*copy\M' THEN
    PERFORM citus_internal.check_copy(statement);
  ELSIF statement !~* '\mselect\M' THEN
    PERFORM citus_internal.refuse_change_of_view(TG_RELID, substring(statement FROM '(?i)^\s*insert\s+into\s+((?:"[^"]*"|[\w$.])+)'));
  END IF;
  RETURN NULL;
END $$;
