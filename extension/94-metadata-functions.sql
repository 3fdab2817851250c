-- Functions that tell of the metadata, or check them: seldom called, and answered as in Citus.

CREATE TABLE citus.pg_dist_authinfo (
  nodeid   integer NOT NULL,
  rolename name    NOT NULL,
  authinfo text    NOT NULL
);
CREATE TABLE citus.pg_dist_poolinfo (
  nodeid   integer NOT NULL PRIMARY KEY,
  poolinfo text    NOT NULL
);
CREATE TABLE citus.pg_dist_transaction (
  groupid   integer NOT NULL,
  gid       text    NOT NULL,
  outer_xid xid8
);
CREATE TABLE citus.pg_dist_background_task_depend (
  job_id     bigint NOT NULL,
  task_id    bigint NOT NULL,
  depends_on bigint NOT NULL
);
ALTER TABLE citus.pg_dist_authinfo               SET SCHEMA pg_catalog;
ALTER TABLE citus.pg_dist_poolinfo               SET SCHEMA pg_catalog;
ALTER TABLE citus.pg_dist_transaction            SET SCHEMA pg_catalog;
ALTER TABLE citus.pg_dist_background_task_depend SET SCHEMA pg_catalog;
GRANT SELECT ON pg_catalog.pg_dist_poolinfo, pg_catalog.pg_dist_transaction, pg_catalog.pg_dist_background_task_depend TO PUBLIC;

-- Tables and shards that belong together.
CREATE FUNCTION pg_catalog.distributed_tables_colocated(table1 regclass, table2 regclass)
  RETURNS boolean
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = table1)
       = (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = table2)
$$;

CREATE FUNCTION pg_catalog.get_colocated_table_array(rel regclass)
  RETURNS regclass[]
  LANGUAGE plpgsql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = rel) THEN
    RAISE internal_error USING MESSAGE = format('relation %s is not distributed', citus_internal.bare_name(rel));
  END IF;
  RETURN ARRAY(SELECT t.logicalrelid::regclass
                 FROM pg_dist_partition here
                 JOIN pg_dist_partition t USING (colocationid)
                WHERE here.logicalrelid = rel
                  AND (colocationid <> 0 OR t.logicalrelid = rel)
                ORDER BY t.logicalrelid::oid);
END $$;

CREATE FUNCTION pg_catalog.get_colocated_shard_array(shardid bigint)
  RETURNS bigint[]
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT ARRAY(SELECT s.shardid FROM citus_internal.colocated_shards(citus_internal.find_shard($1)) s)
$$;

CREATE FUNCTION pg_catalog.relation_is_a_known_shard(rel regclass)
  RETURNS boolean
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT EXISTS (SELECT
                   FROM pg_class c
                   JOIN pg_dist_shard s ON s.shardid = substring(c.relname FROM '_(\d{6,18})$')::bigint
                  WHERE c.oid = rel)
$$;

CREATE FUNCTION pg_catalog.citus_table_is_visible(rel oid)
  RETURNS boolean
  LANGUAGE sql
  STABLE STRICT
AS $$
  SELECT pg_catalog.pg_table_is_visible(rel) AND NOT pg_catalog.relation_is_a_known_shard(rel)
$$;

-- Nodes and numbers.
CREATE FUNCTION pg_catalog.get_nodeid_for_groupid(groupid integer)
  RETURNS integer
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT nodeid FROM pg_dist_node n WHERE n.groupid = $1 AND noderole = 'primary'
$$;

CREATE FUNCTION pg_catalog.citus_is_primary_node()
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT NOT pg_is_in_recovery() AND EXISTS (SELECT FROM pg_dist_node WHERE nodeid = citus_internal.own_nodeid())
$$;

CREATE FUNCTION pg_catalog.master_get_new_shardid()
  RETURNS bigint
  LANGUAGE sql
AS 'SELECT pg_catalog.nextval(''pg_catalog.pg_dist_shardid_seq'')';

CREATE FUNCTION pg_catalog.master_get_new_placementid()
  RETURNS bigint
  LANGUAGE sql
AS 'SELECT pg_catalog.nextval(''pg_catalog.pg_dist_placement_placementid_seq'')';

CREATE FUNCTION pg_catalog.role_exists(name)
  RETURNS boolean
  LANGUAGE sql
  STABLE STRICT
AS 'SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)';

-- A moment of the cluster: milliseconds, and a number that grows within one.
CREATE TYPE citus.cluster_clock AS (logical bigint, counter integer);
ALTER TYPE citus.cluster_clock SET SCHEMA pg_catalog;

CREATE FUNCTION pg_catalog.citus_get_node_clock()
  RETURNS cluster_clock
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT ROW(microseconds / 1000, microseconds % 1000)::cluster_clock
    FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS microseconds) now
$$;

CREATE FUNCTION pg_catalog.citus_get_transaction_clock()
  RETURNS cluster_clock
  LANGUAGE sql
AS 'SELECT pg_catalog.citus_get_node_clock()';

CREATE FUNCTION pg_catalog.citus_is_clock_after(clock_one cluster_clock, clock_two cluster_clock)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE STRICT
AS 'SELECT $1 > $2';

CREATE FUNCTION pg_catalog.cluster_clock_logical(cluster_clock)
  RETURNS bigint
  LANGUAGE sql
  IMMUTABLE STRICT
AS 'SELECT ($1).logical';

-- Locks on shards. Transactions that write here wait for each other at the rows, so there is nothing to lock.
CREATE FUNCTION citus_internal.check_lock(lock_mode integer, shard_ids bigint[])
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF lock_mode NOT IN (1, 3, 5, 7) THEN
    RAISE internal_error USING MESSAGE = format('unsupported lockmode %s', lock_mode);
  ELSIF cardinality(shard_ids) = 0 THEN
    RAISE internal_error USING MESSAGE = 'no locks specified';
  END IF;
END $$;

CREATE FUNCTION pg_catalog.lock_shard_metadata(lock_mode integer, shard_id bigint[])
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM citus_internal.check_lock(lock_mode, shard_id);
  PERFORM citus_internal.find_shard(s) FROM unnest(shard_id) s;
END $$;

CREATE FUNCTION pg_catalog.lock_shard_resources(lock_mode integer, shard_id bigint[])
  RETURNS void
  LANGUAGE plpgsql
  STRICT
AS $$
BEGIN
  PERFORM citus_internal.check_lock(lock_mode, shard_id);
END $$;

CREATE FUNCTION pg_catalog.check_distributed_deadlocks()
  RETURNS boolean
  LANGUAGE sql
AS 'SELECT false';

-- Shards that are made by hand belong to tables distributed by append, which are not there.
CREATE FUNCTION pg_catalog.master_create_empty_shard(relation_name text)
  RETURNS bigint
  LANGUAGE plpgsql
  STRICT
AS $$
DECLARE
  kind text := (SELECT CASE WHEN repmodel = 't'      THEN 'reference'
                            WHEN colocationid = 0    THEN 'local'
                            WHEN partkey IS NULL     THEN 'single shard'
                            ELSE                          'hash partitioned' END
                  FROM pg_catalog.pg_dist_partition
                 WHERE logicalrelid = relation_name::pg_catalog.regclass);
BEGIN
  IF kind IS NULL THEN
    RAISE internal_error USING MESSAGE = pg_catalog.format('relation "%s" is not a distributed table', relation_name);
  END IF;
  RAISE internal_error
  USING MESSAGE = pg_catalog.format('relation "%s" is a %s table', relation_name, kind),
        DETAIL  = pg_catalog.format('We currently don''t support creating shards on %s tables',
                                    pg_catalog.replace(kind, 'hash partitioned', 'hash-partitioned'));
END $$;

-- Shards go with their table.
CREATE FUNCTION pg_catalog.citus_drop_all_shards(
                  logicalrelid regclass, schema_name text, table_name text, drop_shards_metadata_only boolean DEFAULT false)
  RETURNS integer
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_dist_partition t WHERE t.logicalrelid = $1) THEN
    PERFORM citus_internal.refuse('function citus_drop_all_shards (DROP TABLE drops them)');
  END IF;
  RETURN -1;
END $$;

-- The names of indexes on shards are those that PostgreSQL gives to partitions.
CREATE FUNCTION pg_catalog.fix_partition_shard_index_names(table_name regclass)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = table_name) THEN
    RAISE internal_error USING MESSAGE = 'fix_partition_shard_index_names can only be called for Citus tables';
  ELSIF NOT citus_internal.is_parent(table_name) AND citus_internal.parent(table_name) IS NULL THEN
    RAISE internal_error
    USING MESSAGE = format('Fixing shard index names is only applicable to partitioned tables or partitions, and %L is neither',
                           citus_internal.bare_name(table_name));
  END IF;
END $$;

CREATE FUNCTION pg_catalog.fix_all_partition_shard_index_names()
  RETURNS SETOF regclass
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT logicalrelid::regclass FROM pg_dist_partition WHERE citus_internal.is_parent(logicalrelid)
$$;

-- Tables are kept as heaps.
CREATE FUNCTION pg_catalog.alter_table_set_access_method(table_name regclass, access_method text)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  qualified text := (SELECT format('%I.%I', nspname, relname)
                       FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = table_name);
  found     boolean;
BEGIN
  SELECT EXISTS (SELECT FROM pg_am a WHERE a.amname = access_method AND a.amtype = 't') INTO found;
  IF EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = table_name)
     AND (citus_internal.is_parent(table_name) OR NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = table_name))
  THEN
    RAISE internal_error USING MESSAGE = 'you cannot alter access method of a partitioned table';
  ELSIF (SELECT relkind FROM pg_class WHERE oid = table_name) = 'v' THEN
    RAISE internal_error USING MESSAGE = 'you cannot alter access method of a view';
  ELSIF access_method = 'heap' THEN
    RAISE internal_error USING MESSAGE = format('the access method of %s is already heap', qualified);
  ELSIF found OR access_method = 'columnar' THEN
    PERFORM citus_internal.refuse('access method ' || access_method);
  END IF;
  RAISE NOTICE 'creating a new table for %', qualified;
  RAISE undefined_object USING MESSAGE = format('access method "%s" does not exist', access_method);
END $$;

CREATE PROCEDURE pg_catalog.alter_old_partitions_set_access_method(
                   parent_table_name regclass, older_than timestamptz, new_access_method name)
  LANGUAGE plpgsql
AS $$
DECLARE
  old record;
BEGIN
  FOR old IN
    SELECT partition, from_value, to_value
      FROM pg_catalog.time_partitions
     WHERE parent_table = parent_table_name
       AND to_value::timestamptz <= older_than
       AND new_access_method <> 'heap'
     ORDER BY to_value::timestamptz
  LOOP
    RAISE NOTICE 'converting % with start time % and end time %',
                 pg_catalog.quote_ident(citus_internal.bare_name(old.partition)), old.from_value, old.to_value;
    PERFORM pg_catalog.alter_table_set_access_method(old.partition, new_access_method);
  END LOOP;
END $$;

-- Jobs, restore points, and the sync of metadata, which here are always in sync.
CREATE FUNCTION pg_catalog.citus_task_wait(taskid bigint, desired_status citus_task_status DEFAULT NULL)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_dist_background_task WHERE task_id = taskid) THEN
    RAISE internal_error USING MESSAGE = format('no task found with taskid: %s', taskid);
  END IF;
END $$;

CREATE FUNCTION pg_catalog.citus_create_restore_point(name text)
  RETURNS pg_lsn
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  here pg_lsn := pg_create_restore_point(name);
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  PERFORM run_command_on_workers(format('SELECT pg_catalog.pg_create_restore_point(%L)', name));
  RETURN here;
END $$;

CREATE FUNCTION pg_catalog.citus_pause_node_within_txn(
                  node_id integer, force boolean DEFAULT false, lock_cooldown integer DEFAULT 10000)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_dist_node WHERE nodeid = node_id) THEN
    RAISE no_data_found USING MESSAGE = format('node %s not found', node_id);
  END IF;
  PERFORM citus_internal.refuse('function citus_pause_node_within_txn');
END $$;

CREATE FUNCTION pg_catalog.start_metadata_sync_to_node(nodename text, nodeport integer)
  RETURNS void
  LANGUAGE sql
  STRICT
  SET search_path = pg_catalog
AS $$
  SELECT citus_activate_node(nodename, nodeport);
  SELECT
$$;

CREATE FUNCTION pg_catalog.start_metadata_sync_to_all_nodes()
  RETURNS boolean
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.refuse_on_worker();
  SELECT true
$$;

CREATE FUNCTION pg_catalog.stop_metadata_sync_to_node(nodename text, nodeport integer, clear_metadata boolean DEFAULT true)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  node pg_dist_node;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  SELECT * INTO node FROM pg_dist_node n WHERE (n.nodename, n.nodeport) = ($1, $2);
  IF NOT FOUND THEN
    RAISE object_not_in_prerequisite_state USING MESSAGE = format('node (%s,%s) does not exist', nodename, nodeport);
  ELSIF node.groupid <> 0 THEN
    PERFORM citus_internal.refuse('function stop_metadata_sync_to_node');
  END IF;
  RAISE NOTICE 'node (%,%) is the coordinator and should have metadata, skipping stopping the metadata sync', nodename, nodeport;
END $$;

CREATE FUNCTION pg_catalog.citus_finalize_upgrade_to_citus11(enforce_version_check boolean DEFAULT true)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  RAISE NOTICE 'Preparing to sync the metadata to all nodes';
  RETURN true;
END $$;

-- Statements are not counted: nothing calls an engine in SQL for each of them. By default Citus does not count them either.
CREATE FUNCTION pg_catalog.citus_stat_counters(
                  database oid DEFAULT 0,
                  OUT database_id oid,
                  OUT connection_establishment_succeeded bigint, OUT connection_establishment_failed bigint,
                  OUT connection_reused bigint, OUT query_execution_single_shard bigint, OUT query_execution_multi_shard bigint,
                  OUT stats_reset timestamp with time zone)
  RETURNS SETOF record
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF current_setting('citus.enable_stat_counters', true) = 'on' THEN
    PERFORM citus_internal.refuse('statistics of statements (citus.enable_stat_counters)');
  END IF;
END $$;

CREATE FUNCTION pg_catalog.citus_stat_counters_reset(database_oid oid DEFAULT 0)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS 'BEGIN END';

CREATE VIEW citus.citus_stat_counters AS
  SELECT d.oid,
         d.datname                                         AS name,
         coalesce(s.connection_establishment_succeeded, 0) AS connection_establishment_succeeded,
         coalesce(s.connection_establishment_failed, 0)    AS connection_establishment_failed,
         coalesce(s.connection_reused, 0)                  AS connection_reused,
         coalesce(s.query_execution_single_shard, 0)       AS query_execution_single_shard,
         coalesce(s.query_execution_multi_shard, 0)        AS query_execution_multi_shard,
         s.stats_reset
    FROM pg_database d
    LEFT JOIN pg_catalog.citus_stat_counters(0) s ON s.database_id = d.oid;

ALTER VIEW citus.citus_stat_counters SET SCHEMA pg_catalog;
GRANT SELECT ON pg_catalog.citus_stat_counters TO PUBLIC;
