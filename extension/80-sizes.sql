-- Sizes, and the views that show tables and shards.

-- What this server holds. The coordinator has a foreign table for this view of each node.
CREATE VIEW citus_internal.sizes_here AS
  SELECT n.nspname                          AS schema,
         c.relname                          AS name,
         pg_relation_size(c.oid)            AS relation_size,
         pg_table_size(c.oid)               AS table_size,
         pg_total_relation_size(c.oid)      AS total_size
    FROM pg_class     c
    JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p')
     AND c.relname ~ '_\d{6,}$';

-- The size of every placement, asked inside the current transaction. A node that does not answer gives a warning, or
-- an error where one is wanted.
CREATE FUNCTION citus_internal.placement_sizes(rel regclass, fail_on_error boolean)
  RETURNS TABLE (shardid bigint, groupid int, relation_size bigint, table_size bigint, total_size bigint)
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  node   pg_dist_node;
  detail text;
BEGIN
  IF NOT citus_is_coordinator() THEN
    RETURN QUERY
      SELECT * FROM citus_internal.coordinators_sizes z
       WHERE rel IS NULL OR z.shardid IN (SELECT s.shardid FROM pg_dist_shard s WHERE s.logicalrelid = rel);
    RETURN;
  END IF;
  FOR node IN
    SELECT n.*
      FROM pg_dist_node n
     WHERE n.noderole = 'primary'
       AND n.isactive
       AND EXISTS (SELECT FROM pg_dist_placement p JOIN pg_dist_shard s ON s.shardid = p.shardid
                    WHERE p.groupid = n.groupid AND (rel IS NULL OR s.logicalrelid = rel))
     ORDER BY n.nodeid
  LOOP
    BEGIN
      RETURN QUERY EXECUTE format($q$
        SELECT s.shardid, p.groupid, z.relation_size, z.table_size, z.total_size
          FROM pg_dist_placement          p
          JOIN pg_dist_shard              s USING (shardid)
          JOIN citus_internal.table_shape t ON t.logicalrelid = s.logicalrelid AND t.part = 'table'
          JOIN citus_internal.%I          z ON z.schema = t.definition
                                           AND z.name   = citus_internal.shard_name(t.name, s.shardid)
         WHERE p.groupid = $1
           AND ($2 IS NULL OR s.logicalrelid = $2)
        UNION ALL  -- the coordinator's copy of a reference table is the table itself; so is a local table
        SELECT s.shardid, p.groupid, pg_relation_size(s.logicalrelid), pg_table_size(s.logicalrelid),
               pg_total_relation_size(s.logicalrelid)
          FROM pg_dist_placement p
          JOIN pg_dist_shard     s USING (shardid)
          JOIN pg_dist_partition t USING (logicalrelid)
         WHERE p.groupid = 0
           AND $1 = 0
           AND (t.repmodel = 't' OR t.colocationid = 0)
           AND ($2 IS NULL OR s.logicalrelid = $2)
        $q$, 'sizes_of_group_' || node.groupid)
      USING node.groupid, rel;
    EXCEPTION WHEN sqlclient_unable_to_establish_sqlconnection THEN
      GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
      RAISE WARNING USING
        ERRCODE = 'connection_failure',
        MESSAGE = citus_internal.connection_failure(node.nodename, node.nodeport, detail);
      IF fail_on_error THEN
        RAISE connection_failure
        USING MESSAGE = format('could not connect to %s:%s to get size of relation "%s"',
                               node.nodename, node.nodeport, citus_internal.bare_name(rel));
      END IF;
    END;
  END LOOP;
END $$;

-- For the workers (44-any-node.sql).
CREATE VIEW citus_internal.all_sizes AS
  SELECT * FROM citus_internal.placement_sizes(NULL, false);

CREATE FUNCTION citus_internal.check_is_distributed(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = rel) THEN
    RAISE invalid_table_definition
    USING MESSAGE = format('cannot calculate the size because relation %L is not distributed',
                           citus_internal.bare_name(rel));
  END IF;
END $$;

CREATE FUNCTION pg_catalog.citus_relation_size(logicalrelid regclass)
  RETURNS bigint
  LANGUAGE sql
  STRICT
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.check_is_distributed($1);
  SELECT coalesce(sum(relation_size), 0)::bigint FROM citus_internal.placement_sizes($1, true)
$$;

CREATE FUNCTION pg_catalog.citus_table_size(logicalrelid regclass)
  RETURNS bigint
  LANGUAGE sql
  STRICT
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.check_is_distributed($1);
  SELECT coalesce(sum(table_size), 0)::bigint FROM citus_internal.placement_sizes($1, true)
$$;

CREATE FUNCTION pg_catalog.citus_total_relation_size(logicalrelid regclass, fail_on_error boolean DEFAULT true)
  RETURNS bigint
  LANGUAGE sql
  STRICT
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.check_is_distributed($1);
  SELECT coalesce(sum(total_size), 0)::bigint FROM citus_internal.placement_sizes($1, $2)
$$;

CREATE FUNCTION pg_catalog.citus_shard_sizes(OUT shard_id integer, OUT size bigint)
  RETURNS SETOF record
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT shardid::int, total_size FROM citus_internal.placement_sizes(NULL, false)
$$;

CREATE FUNCTION citus_internal.table_type(distributed pg_dist_partition)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT CASE WHEN distributed.repmodel = 't' THEN 'reference'
              WHEN distributed.colocationid = 0 THEN 'local'
              WHEN EXISTS (SELECT FROM pg_dist_schema s WHERE s.colocationid = distributed.colocationid) THEN 'schema'
              ELSE 'distributed'
         END
$$;

CREATE VIEW citus.pg_dist_shard_placement AS
  SELECT p.shardid, p.shardstate, p.shardlength, n.nodename, n.nodeport, p.placementid
    FROM pg_dist_placement p
    JOIN pg_dist_node      n ON n.groupid = p.groupid AND n.noderole = 'primary'
   ORDER BY n.nodeid, p.placementid;

CREATE VIEW citus.citus_shards AS
  SELECT s.logicalrelid::regclass            AS table_name,
         s.shardid,
         shard_name(s.logicalrelid, s.shardid) AS shard_name,
         citus_internal.table_type(t)        AS citus_table_type,
         t.colocationid                      AS colocation_id,
         n.nodename,
         n.nodeport,
         z.size                              AS shard_size
    FROM pg_dist_shard     s
    JOIN pg_dist_partition t USING (logicalrelid)
    JOIN pg_dist_placement p USING (shardid)
    JOIN pg_dist_node      n ON n.groupid = p.groupid
    LEFT JOIN (SELECT shard_id, max(size) AS size
                 FROM citus_shard_sizes()
                GROUP BY shard_id) z ON z.shard_id = s.shardid
   WHERE p.shardstate = 1
   ORDER BY s.logicalrelid::text, s.shardid, n.nodeid;

CREATE VIEW public.citus_tables AS
  SELECT t.logicalrelid::regclass                                AS table_name,
         citus_internal.table_type(t)                            AS citus_table_type,
         coalesce(column_to_column_name(t.logicalrelid, t.partkey), '<none>') AS distribution_column,
         t.colocationid                                          AS colocation_id,
         pg_size_pretty(citus_total_relation_size(t.logicalrelid, false)) AS table_size,
         (SELECT count(*) FROM pg_dist_shard s WHERE s.logicalrelid = t.logicalrelid) AS shard_count,
         pg_get_userbyid(c.relowner)                             AS table_owner,
         CASE WHEN NOT citus_internal.is_parent(c.oid) THEN coalesce(a.amname, 'heap') END AS access_method
    FROM pg_dist_partition t
    JOIN pg_class          c ON c.oid = t.logicalrelid
    LEFT JOIN pg_am        a ON a.oid = c.relam
   ORDER BY t.logicalrelid::text;

ALTER VIEW citus.pg_dist_shard_placement SET SCHEMA pg_catalog;
ALTER VIEW citus.citus_shards            SET SCHEMA pg_catalog;
GRANT SELECT ON pg_catalog.pg_dist_shard_placement, pg_catalog.citus_shards, public.citus_tables TO PUBLIC;

CREATE FUNCTION pg_catalog.citus_version()
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('lesson built-in engine %s (not Citus), on PostgreSQL %s',
                (SELECT extversion FROM pg_extension WHERE extname = 'citus'), current_setting('server_version'))
$$;
