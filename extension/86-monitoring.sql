-- Watching the cluster: who does what on which node, who waits for whom.
--
-- A global pid is nodeid * 10000000000 + pid. The sessions that nodes open on others tell in the name of their
-- application whom they work for.

CREATE FUNCTION pg_catalog.citus_calculate_gpid(nodeid integer, pid integer)
  RETURNS bigint
  LANGUAGE sql
  IMMUTABLE STRICT
AS 'SELECT nodeid * 10000000000 + pid';

CREATE FUNCTION pg_catalog.citus_nodeid_for_gpid(global_pid bigint)
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE STRICT
AS 'SELECT (global_pid / 10000000000)::integer';

CREATE FUNCTION pg_catalog.citus_pid_for_gpid(global_pid bigint)
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE STRICT
AS 'SELECT (global_pid % 10000000000)::integer';

-- Whom a session works for: itself, or the session on the coordinator that has opened it.
CREATE FUNCTION citus_internal.gpid(application_name text, pid integer)
  RETURNS bigint
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT citus_calculate_gpid(coalesce(other[1]::int, citus_internal.own_nodeid(), 0), coalesce(other[2]::int, pid))
    FROM regexp_match(application_name, '^citus_internal node=(\d+) pid=(\d+)$') other
$$;

CREATE FUNCTION pg_catalog.citus_backend_gpid()
  RETURNS bigint
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.gpid(current_setting('application_name'), pg_backend_pid())
$$;

CREATE FUNCTION pg_catalog.citus_blocking_pids(pblockedpid integer)
  RETURNS integer[]
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT pg_blocking_pids(pblockedpid)
$$;

-- What a node shows of itself. The engine's own sessions that watch are left out.
CREATE VIEW citus_internal.activity_here AS
  SELECT citus_internal.gpid(application_name, pid) AS global_pid,
         citus_internal.own_nodeid()                AS nodeid,
         application_name LIKE 'citus_internal%'    AS is_worker_query,
         datid, datname, pid, leader_pid, usesysid, usename, application_name, client_addr, client_hostname, client_port,
         backend_start, xact_start, query_start, state_change, wait_event_type, wait_event, state, backend_xid,
         backend_xmin, query_id, query, backend_type
    FROM pg_stat_activity
   WHERE application_name <> 'citus_internal';

CREATE VIEW citus_internal.locks_here AS
  SELECT citus_internal.gpid(a.application_name, l.pid) AS global_pid,
         citus_internal.own_nodeid()                    AS nodeid,
         l.locktype, l.database, l.relation,
         CASE WHEN l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              THEN l.relation::regclass::text END       AS relation_name,
         l.page, l.tuple, l.virtualxid, l.transactionid, l.classid, l.objid, l.objsubid, l.virtualtransaction, l.pid,
         l.mode, l.granted, l.fastpath, l.waitstart
    FROM pg_locks         l
    JOIN pg_stat_activity a USING (pid)
   WHERE a.application_name <> 'citus_internal';

CREATE VIEW citus_internal.waits_here AS
  SELECT citus_internal.gpid(w.application_name, w.pid) AS waiting_gpid,
         citus_internal.gpid(b.application_name, b.pid) AS blocking_gpid
    FROM pg_stat_activity w,
         unnest(pg_blocking_pids(w.pid)) blocker (pid)
    JOIN pg_stat_activity b ON b.pid = blocker.pid;

-- Asks every node for its part, each on a connection of its own, as run_command_* does.
CREATE FUNCTION citus_internal.from_all_nodes(view text)
  RETURNS SETOF json
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  WITH node AS MATERIALIZED (
    SELECT groupid, row_number() OVER (ORDER BY nodeid) AS number
      FROM pg_dist_node
     WHERE isactive
       AND noderole = 'primary'
       AND groupid <> (SELECT groupid FROM pg_dist_local_group)
  )
  SELECT part
    FROM citus_internal.run_commands((SELECT array_agg(groupid ORDER BY number) FROM node),
           (SELECT array_agg(format('SELECT coalesce(json_agg(v.*), ''[]'') FROM citus_internal.%I v', view)) FROM node)) r,
         json_array_elements(CASE WHEN r.success THEN r.result::json END) part
   WHERE EXISTS (SELECT FROM node)
$$;

CREATE VIEW citus.citus_stat_activity AS
  SELECT * FROM citus_internal.activity_here
  UNION ALL
  SELECT a.*
    FROM citus_internal.from_all_nodes('activity_here') part,
         json_populate_record(NULL::citus_internal.activity_here, part) a;

CREATE VIEW citus.citus_dist_stat_activity AS
  SELECT * FROM citus.citus_stat_activity WHERE NOT is_worker_query;

CREATE VIEW citus.citus_locks AS
  SELECT * FROM citus_internal.locks_here
  UNION ALL
  SELECT l.*
    FROM citus_internal.from_all_nodes('locks_here') part,
         json_populate_record(NULL::citus_internal.locks_here, part) l;

CREATE VIEW citus.citus_lock_waits AS
  WITH waits AS (
    SELECT * FROM citus_internal.waits_here
    UNION
    SELECT w.*
      FROM citus_internal.from_all_nodes('waits_here') part,
           json_populate_record(NULL::citus_internal.waits_here, part) w
  ),
  session AS MATERIALIZED (
    SELECT global_pid, query FROM citus.citus_dist_stat_activity
  )
  SELECT waits.waiting_gpid,
         waits.blocking_gpid,
         waiting.query                              AS blocked_statement,
         blocking.query                             AS current_statement_in_blocking_process,
         citus_nodeid_for_gpid(waits.waiting_gpid)  AS waiting_nodeid,
         citus_nodeid_for_gpid(waits.blocking_gpid) AS blocking_nodeid
    FROM waits
    JOIN session waiting  ON waiting.global_pid  = waits.waiting_gpid
    JOIN session blocking ON blocking.global_pid = waits.blocking_gpid
   WHERE waits.waiting_gpid <> waits.blocking_gpid;

-- As in Citus: it counts on top of pg_stat_statements, which is not there.
CREATE FUNCTION pg_catalog.citus_stat_statements(
                  OUT queryid bigint, OUT userid oid, OUT dbid oid, OUT query text, OUT executor text,
                  OUT partition_key text, OUT calls bigint)
  RETURNS SETOF record
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements') THEN
    RAISE 'pg_stat_statements is not installed'
    USING HINT = 'install pg_stat_statements extension and try again';
  END IF;
  PERFORM citus_internal.refuse('view citus_stat_statements');
END $$;

CREATE FUNCTION pg_catalog.citus_stat_statements_reset()
  RETURNS void
  LANGUAGE plpgsql
AS 'BEGIN END';

CREATE VIEW citus.citus_stat_statements AS
  SELECT * FROM pg_catalog.citus_stat_statements();

-- Tenants are not counted: nothing calls an engine in SQL for each statement. By default Citus does not count them either.
CREATE FUNCTION citus_internal.check_tenants_are_not_tracked()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF current_setting('citus.stat_tenants_track', true) <> 'none' THEN
    PERFORM citus_internal.refuse('statistics of tenants (citus.stat_tenants_track)');
  END IF;
END $$;

CREATE FUNCTION pg_catalog.citus_stat_tenants_local_reset()
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.check_tenants_are_not_tracked()
$$;

CREATE FUNCTION pg_catalog.citus_stat_tenants_reset()
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_stat_tenants_local_reset()
$$;

CREATE FUNCTION pg_catalog.citus_stat_tenants_local(
                  return_all_tenants boolean DEFAULT false,
                  OUT colocation_id integer, OUT tenant_attribute text,
                  OUT read_count_in_this_period integer, OUT read_count_in_last_period integer,
                  OUT query_count_in_this_period integer, OUT query_count_in_last_period integer,
                  OUT cpu_usage_in_this_period double precision, OUT cpu_usage_in_last_period double precision,
                  OUT score bigint)
  RETURNS SETOF record
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM citus_internal.check_tenants_are_not_tracked();
END $$;

CREATE FUNCTION pg_catalog.citus_stat_tenants(
                  return_all_tenants boolean DEFAULT false,
                  OUT nodeid integer,
                  OUT colocation_id integer, OUT tenant_attribute text,
                  OUT read_count_in_this_period integer, OUT read_count_in_last_period integer,
                  OUT query_count_in_this_period integer, OUT query_count_in_last_period integer,
                  OUT cpu_usage_in_this_period double precision, OUT cpu_usage_in_last_period double precision,
                  OUT score bigint)
  RETURNS SETOF record
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.own_nodeid(), t.* FROM citus_stat_tenants_local(return_all_tenants) t
$$;

CREATE VIEW citus.citus_stat_tenants AS
  SELECT nodeid, colocation_id, tenant_attribute, read_count_in_this_period, read_count_in_last_period, query_count_in_this_period,
         query_count_in_last_period, cpu_usage_in_this_period, cpu_usage_in_last_period
    FROM pg_catalog.citus_stat_tenants();

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['citus_stat_activity', 'citus_dist_stat_activity', 'citus_locks', 'citus_lock_waits',
                              'citus_stat_statements', 'citus_stat_tenants']
  LOOP
    EXECUTE format('ALTER VIEW citus.%I SET SCHEMA pg_catalog', name);
    EXECUTE format('GRANT SELECT ON pg_catalog.%I TO PUBLIC', name);
  END LOOP;
END $$;

-- Connections of this node to the others: the sessions there that are ours.
CREATE FUNCTION pg_catalog.citus_remote_connection_stats(
                  OUT hostname text, OUT port integer, OUT database_name text, OUT connection_count_to_node integer)
  RETURNS SETOF record
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT n.nodename, n.nodeport, a.datname::text, count(*)::integer
    FROM citus_stat_activity a
    JOIN pg_dist_node        n USING (nodeid)
   WHERE a.is_worker_query
     AND citus_nodeid_for_gpid(a.global_pid) = citus_internal.own_nodeid()
   GROUP BY 1, 2, 3
   ORDER BY 1, 2
$$;
