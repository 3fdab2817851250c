-- Partitions by time: which there are, making the next ones, dropping old ones.

CREATE VIEW citus.time_partitions AS
SELECT parent.partrelid::regclass AS parent_table,
       a.attname                  AS partition_column,
       c.oid::regclass            AS partition,
       bounds.limits[1]           AS from_value,
       bounds.limits[2]           AS to_value,
       coalesce(am.amname, 'heap') AS access_method
  FROM pg_partitioned_table AS parent
  JOIN pg_attribute         AS a ON a.attrelid = parent.partrelid AND a.attnum = parent.partattrs[0]
  JOIN pg_inherits          AS i ON i.inhparent = parent.partrelid
  JOIN pg_class             AS c ON c.oid = i.inhrelid
  LEFT JOIN pg_am           AS am ON am.oid = c.relam
 CROSS JOIN LATERAL (SELECT regexp_match(pg_get_expr(c.relpartbound, c.oid),
                                         '^FOR VALUES FROM \(''(.*)''\) TO \(''(.*)''\)$')) AS bounds (limits)
 WHERE parent.partstrat = 'r'
   AND parent.partnatts = 1
 ORDER BY parent.partrelid::regclass::text, from_value;

ALTER VIEW citus.time_partitions SET SCHEMA pg_catalog;
GRANT SELECT ON pg_catalog.time_partitions TO public;

-- The type of the column by which a table is partitioned.
CREATE FUNCTION citus_internal.time_partition_type(rel regclass)
  RETURNS regtype
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  name   text := quote_ident(citus_internal.bare_name(rel));
  parent pg_partitioned_table;
  type   regtype;
BEGIN
  SELECT * INTO parent FROM pg_partitioned_table WHERE partrelid = rel;
  SELECT atttypid INTO type FROM pg_attribute WHERE attrelid = rel AND attnum = parent.partattrs[0];
  IF parent IS NULL THEN
    RAISE EXCEPTION '% is not partitioned', name;
  ELSIF parent.partnatts <> 1 THEN
    RAISE EXCEPTION 'partitioned tables with multiple partition columns are not supported';
  ELSIF (type = ANY (ARRAY['date', 'timestamp', 'timestamptz']::regtype[])) IS NOT TRUE THEN
    RAISE EXCEPTION 'type of the partition column of the table % must be date, timestamp or timestamptz', name;
  END IF;
  RETURN type;
END $$;

-- Where the first partition begins: at a round time for its length.
CREATE FUNCTION citus_internal.round_time(at timestamptz, length interval)
  RETURNS timestamptz
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT date_trunc(CASE WHEN length < '1 hour'   THEN 'minute'
                         WHEN length < '1 day'    THEN 'hour'
                         WHEN length < '1 week'   THEN 'day'
                         WHEN length < '1 month'  THEN 'week'
                         WHEN length = '3 months' THEN 'quarter'
                         WHEN length < '1 year'   THEN 'month'
                         ELSE                          'year'
                    END, at)
$$;

CREATE FUNCTION citus_internal.time_partition_name(rel regclass, begins timestamptz, length interval)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT left(relname, 61 - length(suffix)) || '_p' || suffix
    FROM pg_class
   CROSS JOIN to_char(begins, CASE WHEN length = '3 months' THEN 'YYYY"q"Q'
                                   WHEN length = '1 week'   THEN 'IYYY"w"IW'
                                   WHEN length < '1 minute' THEN 'YYYY_MM_DD_HH24MISS'
                                   WHEN length < '1 day'    THEN 'YYYY_MM_DD_HH24MI'
                                   WHEN length < '1 month'  THEN 'YYYY_MM_DD'
                                   WHEN length < '1 year'   THEN 'YYYY_MM'
                                   ELSE                          'YYYY'
                              END) AS suffix
   WHERE oid = rel
$$;

CREATE FUNCTION pg_catalog.time_partition_range(table_name regclass, OUT lower_bound text, OUT upper_bound text)
  RETURNS record
  LANGUAGE plpgsql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  parent pg_partitioned_table;
BEGIN
  SELECT p.* INTO parent FROM pg_inherits i JOIN pg_partitioned_table p ON p.partrelid = i.inhparent WHERE i.inhrelid = table_name;
  IF NOT FOUND THEN
    RAISE internal_error USING MESSAGE = format('relation "%s" is not a partition', citus_internal.bare_name(table_name));
  ELSIF parent.partstrat <> 'r' OR parent.partnatts <> 1 THEN
    RAISE internal_error
    USING MESSAGE = format('relation "%s" is not a range partition', citus_internal.bare_name(table_name)),
          DETAIL  = 'time_partition_range can only be used for partitions of range-partitioned tables with a single partition column';
  END IF;
  SELECT from_value, to_value INTO lower_bound, upper_bound FROM time_partitions WHERE partition = table_name;
END $$;

CREATE FUNCTION pg_catalog.get_missing_time_partition_ranges(table_name regclass, partition_interval interval,
                                                             to_value timestamptz, from_value timestamptz DEFAULT now())
  RETURNS TABLE (partition_name text, range_from_value text, range_to_value text)
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
#variable_conflict use_column
DECLARE
  type   regtype     := citus_internal.time_partition_type(table_name);
  starts timestamptz := get_missing_time_partition_ranges.from_value;
  begins timestamptz;
  ends   timestamptz;
  other  record;
BEGIN
  IF type = 'date'::regtype AND date_trunc('day', partition_interval) <> partition_interval THEN
    RAISE EXCEPTION 'partition interval of date partitioned table must be day or multiple days';
  END IF;

  SELECT min(p.from_value::timestamptz) INTO begins FROM time_partitions p WHERE p.parent_table = table_name;
  IF begins IS NULL THEN
    begins := citus_internal.round_time(starts, partition_interval);
  ELSIF begins > starts THEN
    WHILE begins > starts LOOP begins := begins - partition_interval; END LOOP;
  ELSE
    WHILE begins < starts LOOP begins := begins + partition_interval; END LOOP;
  END IF;

  WHILE begins < get_missing_time_partition_ranges.to_value LOOP
    ends := begins + partition_interval;
    SELECT * INTO other
      FROM time_partitions p
     WHERE p.parent_table = table_name AND p.from_value::timestamptz < ends AND p.to_value::timestamptz > begins
     LIMIT 1;
    IF NOT FOUND THEN
      partition_name   := citus_internal.time_partition_name(table_name, begins, partition_interval);
      range_from_value := CASE type WHEN 'date'::regtype      THEN begins::date::text
                                    WHEN 'timestamp'::regtype THEN begins::timestamp::text
                                    ELSE                           begins::text END;
      range_to_value   := CASE type WHEN 'date'::regtype      THEN ends::date::text
                                    WHEN 'timestamp'::regtype THEN ends::timestamp::text
                                    ELSE                           ends::text END;
      RETURN NEXT;
    ELSIF (other.from_value::timestamptz, other.to_value::timestamptz) <> (begins, ends) THEN
      RAISE EXCEPTION 'partition % with the range from % to % does not align with the initial partition given the partition '
                      'interval',
                      quote_ident(citus_internal.bare_name(other.partition)), other.from_value, other.to_value
      USING HINT = 'Only use partitions of the same size, without gaps between partitions.';
    END IF;
    begins := ends;
  END LOOP;
END $$;

CREATE FUNCTION pg_catalog.create_time_partitions(table_name regclass, partition_interval interval,
                                                  end_at timestamptz, start_from timestamptz DEFAULT now())
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  schema  name := (SELECT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = table_name);
  missing record;
  created boolean := false;
BEGIN
  IF start_from >= end_at THEN
    RAISE EXCEPTION 'start_from (%) must be older than end_at (%)', start_from, end_at;
  END IF;
  FOR missing IN
    SELECT * FROM get_missing_time_partition_ranges(table_name, partition_interval, end_at, start_from)
  LOOP
    EXECUTE format('CREATE TABLE %I.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
                   schema, missing.partition_name, table_name, missing.range_from_value, missing.range_to_value);
    created := true;
  END LOOP;
  RETURN created;
END $$;

CREATE PROCEDURE pg_catalog.drop_old_time_partitions(table_name regclass, older_than timestamptz)
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  old record;
BEGIN
  PERFORM citus_internal.time_partition_type(table_name);
  FOR old IN
    SELECT partition, from_value, to_value
      FROM time_partitions
     WHERE parent_table = table_name AND to_value::timestamptz <= older_than
     ORDER BY to_value::timestamptz
  LOOP
    RAISE NOTICE 'dropping % with start time % and end time %',
                 quote_ident(citus_internal.bare_name(old.partition)), old.from_value, old.to_value;
    EXECUTE format('DROP TABLE %s', old.partition);
  END LOOP;
END $$;
