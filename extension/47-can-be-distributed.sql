-- What may become a distributed table, and by which column.

-- A setting of Citus is a placeholder to PostgreSQL, which takes any value: its range is checked when it is used.
CREATE FUNCTION citus_internal.setting(name text, lowest int, highest int)
  RETURNS int
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  value text := current_setting(name, true);
BEGIN
  IF value !~ '^\s*-?\d{1,9}\s*$' THEN
    RAISE invalid_parameter_value
    USING MESSAGE = format('invalid value for parameter "%s": "%s"', name, value);
  END IF;
  IF value::int NOT BETWEEN lowest AND highest THEN
    RAISE invalid_parameter_value
    USING MESSAGE = format('%s is outside the valid range for parameter "%s" (%s .. %s)', value, name, lowest, highest);
  END IF;
  RETURN value::int;
END $$;

CREATE FUNCTION citus_internal.check_shard_count(colocate_with text, shard_count int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF shard_count IS NOT NULL AND colocate_with NOT IN ('default', 'none') THEN
    RAISE internal_error
    USING MESSAGE = 'Cannot use colocate_with with a table and shard_count at the same time';
  END IF;
  IF shard_count NOT BETWEEN 1 AND 64000 THEN
    RAISE internal_error
    USING MESSAGE = format('%s is outside the valid range for parameter "shard_count" (1 .. 64000)', shard_count);
  END IF;
END $$;

-- Locks the table for the change.
CREATE FUNCTION citus_internal.check_can_be_distributed(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  class  pg_class;
  parent text := (SELECT citus_internal.bare_name(inhparent) FROM pg_inherits WHERE inhrelid = rel LIMIT 1);
BEGIN
  SELECT * INTO STRICT class FROM pg_class WHERE oid = rel;
  IF class.relkind NOT IN ('r', 'p', 'f')
     OR class.relkind = 'r' AND NOT class.relispartition AND EXISTS (SELECT FROM pg_inherits WHERE rel IN (inhrelid, inhparent))
  THEN
    RAISE wrong_object_type
    USING MESSAGE = format('%s is not a regular, foreign or partitioned table', class.relname);
  ELSIF class.relnamespace IN ('pg_catalog'::regnamespace, 'citus'::regnamespace, 'citus_internal'::regnamespace) THEN
    RAISE feature_not_supported
    USING MESSAGE = 'cannot create a citus table from a catalog table';
  END IF;

  EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', rel);
  IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = rel AND colocationid = 0) THEN
    PERFORM citus_internal.forget_table(rel);
  END IF;
  IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = rel) THEN
    RAISE invalid_table_definition
    USING MESSAGE = format('table "%s" is already distributed', class.relname);
  ELSIF class.relpersistence = 't' THEN
    RAISE feature_not_supported
    USING MESSAGE = 'cannot distribute a temporary table';
  ELSIF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = rel AND NOT tgisinternal) THEN
    RAISE internal_error
    USING MESSAGE = format('cannot distribute relation "%s" because it has triggers', class.relname),
          HINT    = format('Consider dropping all the triggers on "%s" and retry.', class.relname);
  ELSIF class.relispartition THEN
    RAISE internal_error
    USING MESSAGE = format('cannot distribute relation "%s" which is partition of "%s"', class.relname, parent),
          DETAIL  = 'Citus does not support distributing partitions if their parent is not distributed table.',
          HINT    = format('Distribute the partitioned table "%s" instead.', parent);
  ELSIF class.relkind = 'f' THEN
    PERFORM citus_internal.refuse('distributed foreign tables');
  ELSIF class.reloftype <> 0 THEN
    PERFORM citus_internal.refuse('distributed tables of a type');
  ELSIF class.relrowsecurity
     OR EXISTS (SELECT FROM pg_policy  WHERE polrelid = rel)
     OR EXISTS (SELECT FROM pg_rewrite WHERE ev_class = rel)
  THEN
    PERFORM citus_internal.refuse('rules and row security on distributed tables');
  END IF;
END $$;

CREATE FUNCTION citus_internal.check_distribution_column(rel regclass, distribution_column text)
  RETURNS pg_attribute
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  key  pg_attribute;
  type pg_type;
BEGIN
  SELECT * INTO key
    FROM pg_attribute
   WHERE attrelid = rel
     AND attname  = distribution_column
     AND NOT attisdropped;
  IF NOT FOUND THEN
    RAISE undefined_column
    USING MESSAGE = format('column "%s" of relation "%s" does not exist',
                           distribution_column, citus_internal.bare_name(rel));
  END IF;
  IF key.attnum < 0 OR key.attgenerated <> '' THEN
    RAISE feature_not_supported
    USING MESSAGE = format('cannot distribute relation: %s', citus_internal.bare_name(rel)),
          DETAIL  = CASE WHEN key.attnum < 0
                         THEN 'Distribution column must not be a system column.'
                         ELSE 'Distribution column must not use GENERATED ALWAYS AS (...) STORED.'
                    END;
  END IF;

  IF citus_internal.hashed_type(key.atttypid) IS NULL THEN
    SELECT * INTO type FROM pg_type WHERE oid = key.atttypid;
    IF type.typtype <> 'b' OR type.typsubscript = 'array_subscript_handler'::regproc THEN
      PERFORM citus_internal.refuse(format('distribution columns of type %s', format_type(type.oid, NULL)));
    END IF;
    RAISE undefined_object
    USING MESSAGE  = format('data type %s has no default operator class for specified partition method',
                            format_type(type.oid, NULL)),
          DETAIL   = 'Partition column types must have a default operator class defined.',
          DATATYPE = type.typname,
          SCHEMA   = type.typnamespace::regnamespace::text;
  END IF;

  PERFORM citus_internal.check_unique_keys(rel, key.attnum, true);
  RETURN key;
END $$;

-- A shard can only see to it that its own rows differ. So the key must be in what is unique.
-- A table that is distributed already hears of an index in other words than one that is to be.
CREATE FUNCTION citus_internal.check_unique_keys(rel regclass, key_number smallint, is_new boolean)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  unsafe record;
BEGIN
  SELECT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x')) AS is_constraint
    INTO unsafe
    FROM pg_index i
   WHERE i.indrelid = rel
     AND (i.indisunique OR i.indisexclusion)
     AND key_number <> ALL ((i.indkey::int2[])[0:i.indnkeyatts - 1])
   LIMIT 1;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF NOT unsafe.is_constraint AND NOT is_new THEN
    RAISE feature_not_supported
    USING MESSAGE = 'creating unique indexes on non-partition columns is currently unsupported';
  END IF;
  RAISE feature_not_supported
  USING MESSAGE = format('cannot create constraint on "%s"', citus_internal.bare_name(rel)),
        DETAIL  = 'Distributed relations cannot have UNIQUE, EXCLUDE, or PRIMARY KEY constraints that do not include '
                  'the partition column (with an equality operator if EXCLUDE).';
END $$;
