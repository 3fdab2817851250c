-- Types that users made: enums, domains and composite types, as objects that are on every node (36-objects.sql). A type that
-- the workers were not told of is made there with the first distributed table that uses it.

-- The type's command, for a node that lacks it.
CREATE FUNCTION citus_internal.create_type_command(type pg_type)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT CASE type.typtype
         WHEN 'e' THEN format('CREATE TYPE %s AS ENUM (%s)', type.oid::regtype,
                              (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder)
                                 FROM pg_enum WHERE enumtypid = type.oid))
         WHEN 'd' THEN format('CREATE DOMAIN %s AS %s%s%s%s', type.oid::regtype, format_type(type.typbasetype, type.typtypmod),
                              ' DEFAULT ' || type.typdefault,
                              CASE WHEN type.typnotnull THEN ' NOT NULL' END,
                              (SELECT string_agg(format(' CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)), '')
                                 FROM pg_constraint WHERE contypid = type.oid AND contype = 'c'))
         WHEN 'c' THEN format('CREATE TYPE %s AS (%s)', type.oid::regtype,
                              (SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
                                 FROM pg_attribute WHERE attrelid = type.typrelid AND attnum > 0 AND NOT attisdropped))
         END
$$;

CREATE FUNCTION citus_internal.type_state(object oid)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT jsonb_build_object(
           'id', t.oid::regtype, 'schema', t.typnamespace::regnamespace, 'name', quote_ident(t.typname),
           'keyword', CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END,
           'command', citus_internal.create_type_command(t),
           'labels', (SELECT jsonb_object_agg(oid, enumlabel) FROM pg_enum WHERE enumtypid = t.oid),
           'order', (SELECT jsonb_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
           'attributes', (SELECT jsonb_object_agg(attnum, jsonb_build_array(quote_ident(attname), format_type(atttypid, atttypmod)))
                            FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped),
           'default', t.typdefault, 'not null', t.typnotnull,
           'checks', (SELECT jsonb_object_agg(oid, jsonb_build_array(quote_ident(conname), pg_get_constraintdef(oid)))
                        FROM pg_constraint WHERE contypid = t.oid AND contype = 'c'),
           'owner', nullif(t.typowner, 10)::regrole,
           'privileges', citus_internal.privileges(t.typacl, t.typowner))
    FROM pg_type t
    LEFT JOIN pg_class c ON c.oid = t.typrelid
   WHERE t.oid = object
     AND (t.typtype IN ('e', 'd') OR c.relkind = 'c')
     AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
$$;

-- In the place of a type of that name that is there and nobody uses.
CREATE FUNCTION citus_internal.replace_type_command(state jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT concat_ws('; ',
           format('SELECT citus_internal.drop_unused_type(%1$L), citus_internal.ensure_type(%2$L, %1$L, %3$L)',
                  state ->> 'id', state ->> 'schema', state ->> 'command'),
           (SELECT format('SELECT citus_internal.ensure_labels(%L, %L)', state ->> 'id', array_agg(label))
              FROM jsonb_array_elements_text(state -> 'order') label
            HAVING count(*) > 0),
           citus_internal.ownership_command(state ->> 'keyword', '{}', state))
$$;

CREATE FUNCTION citus_internal.alter_type_command(was jsonb, now_is jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH
  alter_it (command) AS (SELECT format('ALTER %s %s', now_is ->> 'keyword', now_is ->> 'id')),
  part AS (  -- what a composite type or a domain is made of, by what stays when it is renamed
    SELECT what, o.value ->> 0 AS old_name, o.value ->> 1 AS old_definition, n.value ->> 0 AS new_name, n.value ->> 1 AS new_definition
      FROM (SELECT 'ATTRIBUTE' AS what, * FROM jsonb_each(was -> 'attributes')
            UNION ALL
            SELECT 'CONSTRAINT', * FROM jsonb_each(was -> 'checks')) o (what, id, value)
      FULL JOIN
           (SELECT 'ATTRIBUTE' AS what, * FROM jsonb_each(now_is -> 'attributes')
            UNION ALL
            SELECT 'CONSTRAINT', * FROM jsonb_each(now_is -> 'checks')) n (what, id, value) USING (what, id)
     ORDER BY id
  ),
  commands (step, command) AS (
    SELECT 1, format('ALTER %s %s RENAME TO %s', was ->> 'keyword', was ->> 'id', now_is ->> 'name')
     WHERE was -> 'name' <> now_is -> 'name'
    UNION ALL
    SELECT 2, format('CREATE SCHEMA IF NOT EXISTS %1$s; ALTER %2$s %3$s SET SCHEMA %1$s',
                     now_is ->> 'schema', was ->> 'keyword', was ->> 'id')
     WHERE was -> 'schema' <> now_is -> 'schema'
    UNION ALL
    SELECT 3, format('%s DROP %s IF EXISTS %s CASCADE', command, what, old_name)
      FROM alter_it, part
     WHERE new_name IS NULL
    UNION ALL
    SELECT 4, format('%s RENAME %s %s TO %s', command, what, old_name, new_name)
      FROM alter_it, part
     WHERE old_name <> new_name
    UNION ALL
    SELECT 5, CASE what WHEN 'ATTRIBUTE' THEN format('%s ALTER ATTRIBUTE %s TYPE %s', command, new_name, new_definition)
                                         ELSE format('%s VALIDATE CONSTRAINT %s', command, new_name) END
      FROM alter_it, part
     WHERE old_definition <> new_definition
    UNION ALL
    SELECT 6, format('%s ADD %s %s %s', command, what, new_name, new_definition)
      FROM alter_it, part
     WHERE old_name IS NULL
    UNION ALL
    SELECT 7, command || coalesce(' SET DEFAULT ' || (now_is ->> 'default'), ' DROP DEFAULT')
      FROM alter_it
     WHERE was -> 'default' IS DISTINCT FROM now_is -> 'default'
    UNION ALL
    SELECT 7, command || CASE WHEN (now_is -> 'not null')::boolean THEN ' SET NOT NULL' ELSE ' DROP NOT NULL' END
      FROM alter_it
     WHERE was -> 'not null' <> now_is -> 'not null'
    UNION ALL
    SELECT 8, format('%s RENAME VALUE %L TO %L', command, o.label, n.label)
      FROM alter_it, jsonb_each_text(was -> 'labels') o (id, label)
      JOIN jsonb_each_text(now_is -> 'labels') n (id, label) USING (id)
     WHERE o.label <> n.label
    UNION ALL
    SELECT 9, format('SELECT citus_internal.ensure_labels(%L, %L)', now_is ->> 'id',
                     ARRAY(SELECT jsonb_array_elements_text(now_is -> 'order')))
     WHERE jsonb_array_length(now_is -> 'order') > coalesce(jsonb_array_length(was -> 'order'), 0)
    UNION ALL
    SELECT 10, citus_internal.ownership_command(now_is ->> 'keyword', was, now_is)
  )
  SELECT string_agg(command, '; ' ORDER BY step) FROM commands
$$;

-- On a worker.
CREATE FUNCTION citus_internal.ensure_type(schema text, type text, command text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF to_regtype(type) IS NULL THEN
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %s', schema);
    EXECUTE command;
  END IF;
END $$;

-- On a worker: gives an enum the labels that it lacks, in their places.
CREATE FUNCTION citus_internal.ensure_labels(type text, labels text[])
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  label    text;
  previous text;
BEGIN
  IF to_regtype(type) IS NULL THEN
    RETURN;
  END IF;
  FOREACH label IN ARRAY labels LOOP
    IF NOT EXISTS (SELECT FROM pg_enum WHERE enumtypid = to_regtype(type) AND enumlabel = label) THEN
      EXECUTE format('ALTER TYPE %s ADD VALUE %L %s', type, label,
                     CASE WHEN previous IS NULL
                          THEN format('BEFORE %L', (SELECT enumlabel FROM pg_enum WHERE enumtypid = to_regtype(type)
                                                     ORDER BY enumsortorder LIMIT 1))
                          ELSE format('AFTER %L', previous) END);
    END IF;
    previous := label;
  END LOOP;
END $$;

-- On a worker: unless somebody uses it for something else.
CREATE FUNCTION citus_internal.drop_unused_type(type text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET lock_timeout = '100ms'
AS $$
BEGIN
  IF to_regtype(type) IS NOT NULL THEN
    EXECUTE format('DROP TYPE %s', type);
  END IF;
EXCEPTION WHEN dependent_objects_still_exist OR wrong_object_type OR lock_not_available THEN
  NULL;
END $$;
