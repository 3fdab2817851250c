-- Which shard a row belongs to.
--
-- Citus hashes the key to 32 bits and cuts the range of hashes into n equal parts, the last of which takes what
-- is left over:  index = least((hash + 2^31) / (2^32 / n), n - 1).
--
-- PostgreSQL's PARTITION BY HASH takes a 64-bit hash modulo n. So the engine gives PostgreSQL an operator class
-- whose 64-bit hash *is* the index. PostgreSQL adds 0x49a0f4dd15e5a8e3 = 5305509591434766563 when it combines the
-- hashes of several columns, also when there is one: take that off beforehand, and `REMAINDER i` holds shard i.

-- The hash function of a type's default operator class, under a name that can be called on that type.
CREATE FUNCTION citus_internal.hash_function(hashed regtype)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  found record;
BEGIN
  SELECT p.proname, n.nspname, l.lanname, p.probin, p.prosrc, p.proargtypes[0] AS takes
    INTO STRICT found
    FROM pg_opclass   c
    JOIN pg_am        a  ON a.oid = c.opcmethod AND a.amname = 'hash'
    JOIN pg_amproc    ap ON ap.amprocfamily    = c.opcfamily
                        AND ap.amproclefttype  = c.opcintype
                        AND ap.amprocrighttype = c.opcintype
                        AND ap.amprocnum       = 1
    JOIN pg_proc      p  ON p.oid = ap.amproc
    JOIN pg_namespace n  ON n.oid = p.pronamespace
    JOIN pg_language  l  ON l.oid = p.prolang
   WHERE c.opcdefault
     AND c.opcintype = hashed;

  IF found.takes = hashed THEN
    RETURN format('%I.%I', found.nspname, found.proname);
  END IF;

  -- PostgreSQL hashes some types with the function of another, a cidr as an inet: give it a name for this one.
  IF to_regprocedure(format('citus_internal.hash_value(%s)', hashed)) IS NULL THEN
    EXECUTE format('CREATE FUNCTION citus_internal.hash_value(%s) RETURNS integer '
                   'LANGUAGE %I IMMUTABLE STRICT PARALLEL SAFE AS %s',
                   hashed, found.lanname, concat_ws(', ', quote_literal(found.probin), quote_literal(found.prosrc)));
  END IF;
  RETURN 'citus_internal.hash_value';
END $$;

-- The type whose hash function serves a column of this type: varchar is hashed as text, a domain as what it is made of, an
-- enum as anyenum, a composite type as record.
CREATE FUNCTION citus_internal.hashed_type(key_type regtype)
  RETURNS regtype
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  WITH RECURSIVE base AS (
    SELECT oid, typtype, typbasetype, typsubscript FROM pg_type WHERE oid = key_type
    UNION ALL
    SELECT t.oid, t.typtype, t.typbasetype, t.typsubscript FROM base b JOIN pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd'
  )
  SELECT c.opcintype::regtype
    FROM base       b
    JOIN pg_opclass c ON c.opcdefault
    JOIN pg_am      a ON a.oid = c.opcmethod AND a.amname = 'hash'
    JOIN pg_type    t ON t.oid = c.opcintype
   WHERE b.typtype <> 'd'
     AND (c.opcintype = b.oid
          OR c.opcintype = CASE WHEN b.typtype = 'e' THEN 'anyenum'::regtype
                                WHEN b.typtype = 'r' THEN 'anyrange'::regtype
                                WHEN b.typtype = 'm' THEN 'anymultirange'::regtype
                                WHEN b.typtype = 'c' THEN 'record'::regtype
                                WHEN b.typsubscript = 'array_subscript_handler'::regproc THEN 'anyarray'::regtype END
          OR EXISTS (SELECT FROM pg_cast
                      WHERE castsource  = b.oid
                        AND casttarget  = c.opcintype
                        AND castmethod  = 'b'
                        AND castcontext = 'i'))
   ORDER BY c.opcintype <> b.oid, NOT t.typispreferred
   LIMIT 1
$$;

-- Where the shards of a table begin, but the first: equal parts, until a shard is split.
CREATE FUNCTION citus_internal.equal_starts(shard_count int)
  RETURNS int[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
  SELECT coalesce(array_agg((i * (4294967296 / shard_count) - 2147483648)::int ORDER BY i), '{}')
    FROM generate_series(1, shard_count - 1) i
$$;

CREATE FUNCTION citus_internal.starts(rel regclass)
  RETURNS int[]
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT coalesce((array_agg(shardminvalue::int ORDER BY shardminvalue::int))[2:], '{}')
    FROM pg_dist_shard
   WHERE logicalrelid = rel
$$;

-- The index of the shard for a hash, as an expression.
CREATE FUNCTION citus_internal.index_expression(hash text, starts int[])
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
  SELECT CASE WHEN starts = citus_internal.equal_starts(parts)
              THEN format('least((%s + 2147483648) / %s, %s)', hash, 4294967296 / parts, parts - 1)
              ELSE format('width_bucket(%s, %L::int[])', hash, starts) END
    FROM (SELECT 1 + cardinality(starts) AS parts) counted
$$;

-- The operator class for keys of a type in such shards; made when it is first needed, with its whole family, so that
-- `bigint_key = 7` finds one shard although 7 is an integer.
CREATE FUNCTION citus_internal.shard_operator_class(key_type regtype, starts int[])
  RETURNS name
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  hashed   regtype := citus_internal.hashed_type(key_type);
  source   oid;
  family   name;
  class    name;
  hash_fn  text;
  stand_in regtype;
  layout   text := concat_ws('_', 1 + cardinality(starts),
                             CASE WHEN starts <> citus_internal.equal_starts(1 + cardinality(starts)) THEN left(md5(starts::text), 8) END);
  index_fn text := format('citus_internal.shard_index_of_%s', layout);
  member   record;
BEGIN
  SELECT f.oid, f.opfname || '_' || layout
    INTO source, family
    FROM pg_opclass  c
    JOIN pg_am       a ON a.oid = c.opcmethod AND a.amname = 'hash'
    JOIN pg_opfamily f ON f.oid = c.opcfamily
   WHERE c.opcdefault
     AND c.opcintype = hashed;
  class := (SELECT typname FROM pg_type WHERE oid = hashed) || '_in_' || layout;

  IF EXISTS (SELECT FROM pg_opclass WHERE opcname = class AND opcnamespace = 'citus_internal'::regnamespace) THEN
    RETURN class;
  END IF;

  EXECUTE format('CREATE OPERATOR FAMILY citus_internal.%I USING hash', family);
  FOR member IN
    SELECT ap.amproclefttype::regtype AS type, t.typname, t.typnamespace::regnamespace AS schema
      FROM pg_amproc ap
      JOIN pg_type   t ON t.oid = ap.amproclefttype
     WHERE ap.amprocfamily    = source
       AND ap.amprocnum       = 1
       AND ap.amprocrighttype = ap.amproclefttype
  LOOP
    hash_fn  := citus_internal.hash_function(member.type);
    -- Placing a row, PostgreSQL does not tell a function what an anyenum is. A value says it itself; an enum's is an oid.
    stand_in := CASE member.type WHEN 'anyenum'::regtype  THEN 'oid'
                                 WHEN 'anyarray'::regtype THEN 'text[]'
                                 WHEN 'anyrange'::regtype THEN 'int4range'
                                 WHEN 'anymultirange'::regtype THEN 'int4multirange'
                                 ELSE member.type END;
    EXECUTE format('CREATE OR REPLACE FUNCTION %s(%s, bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS %L',
                   index_fn, stand_in,
                   format('BEGIN RETURN %s - 5305509591434766563; END', citus_internal.index_expression(
                     citus_internal.hash_function(citus_internal.hashed_type(stand_in)) || '($1)', starts)));
    EXECUTE format('CREATE OPERATOR CLASS citus_internal.%1$I FOR TYPE %2$s USING hash FAMILY citus_internal.%3$I AS '
                   'OPERATOR 1 %7$s.=, FUNCTION 1 %4$s(%2$s), FUNCTION 2 (%2$s, %2$s) %5$s(%6$s, bigint)',
                   member.typname || '_in_' || layout, member.type, family, hash_fn, index_fn, stand_in, member.schema);
  END LOOP;
  FOR member IN
    SELECT amoplefttype::regtype AS lefttype, amoprighttype::regtype AS righttype
      FROM pg_amop
     WHERE amopfamily    = source
       AND amoplefttype <> amoprighttype
  LOOP
    EXECUTE format('ALTER OPERATOR FAMILY citus_internal.%I USING hash ADD OPERATOR 1 = (%s, %s)',
                   family, member.lefttype, member.righttype);
  END LOOP;
  RETURN class;
END $$;

-- Operator classes of an extension's types keep it from being dropped: those that no table uses go before.
CREATE FUNCTION citus_internal.drop_unused_operator_classes()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  unused record;
BEGIN
  FOR unused IN
    SELECT DISTINCT f.opfname, p.amproc::regprocedure AS index_function
      FROM pg_opfamily f
      JOIN pg_amproc   p ON p.amprocfamily = f.oid AND p.amprocnum = 2
     WHERE f.opfnamespace = 'citus_internal'::regnamespace
       AND p.amproclefttype >= 16384
       AND NOT EXISTS (SELECT FROM pg_partitioned_table t JOIN pg_opclass c ON c.oid = t.partclass[0] WHERE c.opcfamily = f.oid)
  LOOP
    EXECUTE format('DROP OPERATOR FAMILY citus_internal.%I USING hash CASCADE; DROP FUNCTION %s', unused.opfname, unused.index_function);
  END LOOP;
END $$;

CREATE EVENT TRIGGER citus_before_drop_extension
  ON ddl_command_start
  WHEN TAG IN ('DROP EXTENSION')
  EXECUTE FUNCTION citus_internal.drop_unused_operator_classes();

-- The hash of a table's key, as an expression of its value.
CREATE FUNCTION citus_internal.hash_expression(rel regclass, value text)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('%s(CAST(%s AS %s)%s)', citus_internal.hash_function(citus_internal.hashed_type(a.atttypid)), value,
                format_type(a.atttypid, a.atttypmod),
                CASE WHEN k.collname IS NOT NULL THEN format(' COLLATE %I.%I', n.nspname, k.collname) END)
    FROM pg_dist_partition p
    JOIN pg_attribute      a ON a.attrelid = p.logicalrelid AND a.attnum = citus_internal.var_to_column(p.partkey)
    LEFT JOIN pg_collation k ON k.oid = a.attcollation
    LEFT JOIN pg_namespace n ON n.oid = k.collnamespace
   WHERE p.logicalrelid = rel
$$;

CREATE FUNCTION citus_internal.hash_of_key(rel regclass, key_value text)
  RETURNS int
  LANGUAGE plpgsql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  found int;
BEGIN
  EXECUTE 'SELECT ' || citus_internal.hash_expression(rel, '$1') INTO found USING key_value;
  RETURN found;
END $$;

-- Volatile, for a shard may have been split in the same statement.
CREATE FUNCTION citus_internal.shard_of_value(rel regclass, key_value text)
  RETURNS bigint
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  distributed pg_dist_partition;
  hash        int;
BEGIN
  SELECT * INTO distributed FROM pg_dist_partition WHERE logicalrelid = rel;
  IF NOT FOUND THEN
    RAISE invalid_table_definition USING MESSAGE = 'relation is not distributed';
  END IF;
  IF distributed.partkey IS NULL THEN
    RETURN (SELECT shardid FROM pg_dist_shard WHERE logicalrelid = rel);
  END IF;
  IF key_value IS NULL THEN
    RAISE null_value_not_allowed
    USING MESSAGE = 'distribution value cannot be NULL for tables other than reference tables.';
  END IF;

  hash := citus_internal.hash_of_key(rel, key_value);
  RETURN (SELECT shardid
            FROM pg_dist_shard
           WHERE logicalrelid = rel
             AND hash BETWEEN shardminvalue::int AND shardmaxvalue::int);
END $$;

-- Stable, though what it calls is not: then tables can be joined by it without calling it for each pair of rows.
CREATE FUNCTION pg_catalog.get_shard_id_for_distribution_column(table_name regclass, distribution_value text DEFAULT NULL)
  RETURNS bigint
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
BEGIN
  RETURN citus_internal.shard_of_value(table_name, distribution_value);
END $$;

-- Citus takes "any" here, which only functions in C can. A literal without a type goes to the function above.
CREATE FUNCTION pg_catalog.get_shard_id_for_distribution_column(table_name regclass, distribution_value anyelement)
  RETURNS bigint
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT get_shard_id_for_distribution_column(table_name, distribution_value::text)
$$;

CREATE FUNCTION pg_catalog.worker_hash(value anyelement)
  RETURNS integer
  LANGUAGE plpgsql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  hashed regtype := citus_internal.hashed_type(pg_typeof(value));
  found  int;
BEGIN
  IF hashed IS NULL THEN
    RAISE undefined_function
    USING MESSAGE = format('could not identify a hash function for type %s', pg_typeof(value));
  END IF;
  EXECUTE format('SELECT %s($1)', citus_internal.hash_function(hashed)) INTO found USING value;
  RETURN found;
END $$;
