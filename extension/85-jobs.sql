-- citus_rebalance_start: the moves as a job that is on record. Citus works on it in the background; here the job is done
-- when the function returns, and a ROLLBACK takes it back.

CREATE FUNCTION pg_catalog.citus_rebalance_start(
                  rebalance_strategy                 name    DEFAULT NULL,
                  drain_only                         boolean DEFAULT false,
                  shard_transfer_mode                citus.shard_transfer_mode DEFAULT 'auto',
                  parallel_transfer_reference_tables boolean DEFAULT false,
                  parallel_transfer_colocated_shards boolean DEFAULT false)
  RETURNS bigint
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  strategy pg_dist_rebalance_strategy := citus_internal.rebalance_strategy(rebalance_strategy);
  moves    int := 0;
  job      bigint;
  move     record;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  PERFORM citus_internal.ensure_reference_tables();
  FOR move IN
    SELECT * FROM citus_internal.plan_moves(NULL, strategy, strategy.default_threshold, strategy.improvement_threshold,
                    1000000, '{}', drain_only)
  LOOP
    PERFORM citus_internal.check_transfer_mode(s.logicalrelid, shard_transfer_mode)
       FROM citus_internal.colocated_shards(citus_internal.find_shard(move.shardid)) s;
    IF moves = 0 THEN
      INSERT INTO pg_dist_background_job (state, job_type, description, started_at)
      VALUES ('finished', 'rebalance', 'Rebalance all colocation groups', clock_timestamp())
      RETURNING job_id INTO job;
    END IF;
    PERFORM citus_internal.move_shards(citus_internal.find_shard(move.shardid),
              (SELECT groupid FROM pg_dist_node WHERE nodeid = move.source),
              (SELECT groupid FROM pg_dist_node WHERE nodeid = move.target));
    INSERT INTO pg_dist_background_task (job_id, status, command, message, nodes_involved)
    VALUES (job, 'done',
            format('SELECT pg_catalog.citus_move_shard_placement(%s,%s,%s,%L)',
                   move.shardid, move.source, move.target, shard_transfer_mode),
            E'SELECT 1\n', ARRAY[move.source, move.target]);
    moves := moves + 1;
  END LOOP;
  IF moves = 0 THEN
    RAISE NOTICE 'No moves available for rebalancing';
    RETURN NULL;
  END IF;
  UPDATE pg_dist_background_job SET finished_at = clock_timestamp() WHERE job_id = job;
  RAISE NOTICE 'Scheduled % moves as job %', moves, job
  USING DETAIL = 'Rebalance scheduled as background job',
        HINT   = 'To monitor progress, run: SELECT * FROM citus_rebalance_status();';
  RETURN job;
END $$;

CREATE FUNCTION pg_catalog.citus_job_status(job_id bigint, raw boolean DEFAULT false)
  RETURNS TABLE (job_id bigint, state citus_job_status, job_type name, description text,
                 started_at timestamp with time zone, finished_at timestamp with time zone, details jsonb)
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT j.job_id, j.state, j.job_type, j.description, j.started_at, j.finished_at,
         jsonb_build_object(
           'tasks', '[]'::jsonb,  -- those that wait or run
           'task_state_counts', (SELECT coalesce(jsonb_object_agg(status, number), '{}')
                                   FROM (SELECT t.status, count(*) AS number
                                           FROM pg_dist_background_task t
                                          WHERE t.job_id = j.job_id
                                          GROUP BY 1) counts))
    FROM pg_dist_background_job j
   WHERE j.job_id = $1
$$;

CREATE FUNCTION pg_catalog.citus_rebalance_status(raw boolean DEFAULT false)
  RETURNS TABLE (job_id bigint, state citus_job_status, job_type name, description text,
                 started_at timestamp with time zone, finished_at timestamp with time zone, details jsonb)
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT s.*
    FROM (SELECT max(j.job_id) AS last FROM pg_dist_background_job j WHERE j.job_type = 'rebalance') j,
         citus_job_status(j.last, raw) s
$$;

CREATE FUNCTION pg_catalog.citus_job_list()
  RETURNS TABLE (job_id bigint, state citus_job_status, job_type name, description text,
                 started_at timestamp with time zone, finished_at timestamp with time zone)
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT job_id, state, job_type, description, started_at, finished_at FROM pg_dist_background_job ORDER BY job_id
$$;

-- Whoever waits for a rebalance has started one: it is done, so there is nothing to wait for, and nothing to warn of.
CREATE FUNCTION pg_catalog.citus_rebalance_wait()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  IF NOT EXISTS (SELECT FROM pg_dist_background_job WHERE job_type = 'rebalance') THEN
    RAISE WARNING 'no ongoing rebalance that can be waited on';
  END IF;
END $$;

CREATE FUNCTION pg_catalog.citus_rebalance_stop()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  RAISE internal_error USING MESSAGE = 'no ongoing rebalance that can be stopped';
END $$;

CREATE FUNCTION pg_catalog.citus_job_wait(jobid bigint, desired_status citus_job_status DEFAULT NULL)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_dist_background_job WHERE job_id = jobid) THEN
    RAISE internal_error USING MESSAGE = format('no job found for job with jobid: %s', jobid);
  END IF;
END $$;

CREATE FUNCTION pg_catalog.citus_job_cancel(jobid bigint)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_dist_background_job WHERE job_id = jobid) THEN
    RAISE internal_error USING MESSAGE = format('could not find background jobs entry for job_id: %s', jobid);
  END IF;
END $$;
