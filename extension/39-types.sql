-- Types that users made: an enum, a domain or a composite type that a distributed table uses is made on the workers, too.

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

-- The commands that make all types that a table uses, those that others are made of first. NULL where there are none.
CREATE FUNCTION citus_internal.type_commands(rel regclass)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH RECURSIVE used (type, depth) AS (
    SELECT atttypid, 0
      FROM pg_attribute
     WHERE attrelid = rel
       AND attnum > 0
       AND NOT attisdropped
       AND atttypid >= 16384
    UNION
    SELECT part, depth + 1
      FROM used u
      JOIN pg_type t ON t.oid = u.type,
           LATERAL (SELECT t.typbasetype
                    UNION ALL
                    SELECT t.typelem
                    UNION ALL
                    SELECT atttypid FROM pg_attribute
                     WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped) made_of (part)
     WHERE part >= 16384
  )
  SELECT string_agg(format('SELECT citus_internal.ensure_type(%L, %L, %L); ', n.nspname, t.oid::regtype,
                           citus_internal.create_type_command(t)), '' ORDER BY depth DESC, t.oid)
    FROM (SELECT type, max(depth) AS depth FROM used GROUP BY 1) u
    JOIN pg_type      t ON t.oid = u.type
    JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_class c ON c.oid = t.typrelid
   WHERE (t.typtype IN ('e', 'd') OR c.relkind = 'c')
     AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
$$;

-- The schema and the types of a table with several copies, on all workers, outside of the transaction. For the copies are
-- made on connections from worker to worker as well: two of them that create the same schema would wait for each other.
CREATE FUNCTION citus_internal.prepare_workers(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  schema  name  := (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel);
  types   text  := coalesce(citus_internal.type_commands(rel), '');
  groups  int[] := ARRAY(SELECT groupid FROM pg_dist_node WHERE groupid <> 0 AND isactive AND noderole = 'primary');
BEGIN
  IF schema <> 'public' OR types <> '' THEN
    PERFORM citus_internal.run_commands(groups,
              array_fill(format('SET lock_timeout = ''5s''; CREATE SCHEMA IF NOT EXISTS %I; %s', schema, rtrim(types, '; ')),
                         ARRAY[cardinality(groups)]));
  END IF;
END $$;

-- On a worker.
CREATE FUNCTION citus_internal.ensure_type(schema name, type text, command text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF to_regtype(type) IS NULL THEN
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', schema);
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
