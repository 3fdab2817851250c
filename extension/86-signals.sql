-- Cancelling and ending sessions by their global pid, on whichever node they are.

CREATE FUNCTION citus_internal.signal(call text, global_pid bigint)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  number int := citus_nodeid_for_gpid(global_pid);
  node   pg_dist_node;
  answer boolean;
BEGIN
  SELECT * INTO node FROM pg_dist_node WHERE nodeid = number;
  IF NOT FOUND THEN
    RAISE internal_error
    USING MESSAGE = format('node with node id %s could not be found', number);
  ELSIF number = citus_internal.own_nodeid() THEN
    EXECUTE 'SELECT ' || call INTO answer;
  ELSIF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    PERFORM citus_internal.refuse('signals to other nodes for roles that are not superusers');
  ELSE
    SELECT success AND result::boolean
      INTO answer
      FROM citus_internal.run_commands(ARRAY[node.groupid], ARRAY['SELECT ' || call]);
  END IF;
  RETURN answer;
END $$;

CREATE FUNCTION pg_catalog.pg_cancel_backend(global_pid bigint)
  RETURNS boolean
  LANGUAGE sql
  STRICT
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.signal(format('pg_cancel_backend(%s)', citus_pid_for_gpid(global_pid)), global_pid)
$$;

CREATE FUNCTION pg_catalog.pg_terminate_backend(global_pid bigint, timeout bigint DEFAULT 0)
  RETURNS boolean
  LANGUAGE sql
  STRICT
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.signal(format('pg_terminate_backend(%s, %s)', citus_pid_for_gpid(global_pid), timeout), global_pid)
$$;
