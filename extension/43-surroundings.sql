-- What a table needs on a worker before it has shards there: its schema, and the types of its columns.

-- The types of a table's columns that users or extensions made, with those that they are made of, which are deeper.
CREATE FUNCTION citus_internal.used_types(rel regclass)
  RETURNS TABLE (type oid, extension oid, depth int)
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
  SELECT u.type, d.refobjid, max(u.depth)
    FROM used u
    LEFT JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = u.type AND d.deptype = 'e'
   GROUP BY 1, 2
$$;

-- The commands that make all types that a table uses, those that others are made of first. NULL where there are none.
CREATE FUNCTION citus_internal.type_commands(rel regclass)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT string_agg(command || '; ', '' ORDER BY depth DESC, type)
    FROM (SELECT u.depth, u.type,
                 CASE WHEN u.extension IS NOT NULL
                      THEN citus_internal.create_extension_command(citus_internal.extension_state(u.extension))
                      ELSE format('SELECT citus_internal.ensure_type(%L, %L, %L)', t.typnamespace::regnamespace, u.type::regtype,
                                  citus_internal.create_type_command(t)) END
            FROM citus_internal.used_types(rel) u
            JOIN pg_type t ON t.oid = u.type) commands (depth, type, command)
$$;

-- Notes that the workers have the schema and the types of a table.
CREATE FUNCTION citus_internal.remember_surroundings(rel regclass)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.remember_object(classid, objid, citus_internal.object_state(classid, objid))
    FROM (SELECT depth, CASE WHEN extension IS NULL THEN 'pg_type'::regclass ELSE 'pg_extension'::regclass END,
                 coalesce(extension, type)
            FROM citus_internal.used_types(rel)
          UNION ALL
          SELECT 1000, 'pg_namespace'::regclass, relnamespace
            FROM pg_class
           WHERE oid = rel
             AND relnamespace <> 'public'::regnamespace) used (depth, classid, objid)
   WHERE NOT EXISTS (SELECT FROM citus_internal.told_object t WHERE (t.classid, t.objid) = (used.classid, used.objid))
     AND citus_internal.object_state(classid, objid) IS NOT NULL
   ORDER BY depth DESC, objid
$$;

-- The schema and the types of a table with several copies, on all workers, outside of the transaction. For the copies are
-- made on connections from worker to worker as well: two of them that create the same schema would wait for each other.
CREATE FUNCTION citus_internal.prepare_workers(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  schema name := (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel);
  types  text := coalesce(citus_internal.type_commands(rel), '');
BEGIN
  IF schema <> 'public' OR types <> '' THEN
    PERFORM citus_internal.run_on_workers_apart(format('SET lock_timeout = ''5s''; CREATE SCHEMA IF NOT EXISTS %I; %s', schema,
                                                       rtrim(types, '; ')));
  END IF;
END $$;
