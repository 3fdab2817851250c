-- Nodes that change: removed, moved to another address, kept free of shards.

CREATE FUNCTION citus_internal.find_node(nodename text, nodeport int)
  RETURNS pg_dist_node
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  node pg_dist_node;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  SELECT * INTO node
    FROM pg_dist_node n
   WHERE n.nodename = find_node.nodename
     AND n.nodeport = find_node.nodeport;
  IF NOT FOUND THEN
    RAISE internal_error
    USING MESSAGE = format('node at "%s:%s" does not exist', nodename, nodeport);
  END IF;
  RETURN node;
END $$;

-- Rows that are nowhere else must not be lost from sight.
CREATE FUNCTION citus_internal.check_holds_no_only_copy(node pg_dist_node)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  only_copy pg_dist_shard;
BEGIN
  SELECT s.* INTO only_copy
    FROM pg_dist_shard     s
    JOIN pg_dist_placement p USING (shardid)
   WHERE p.groupid = node.groupid
     AND NOT EXISTS (SELECT
                       FROM pg_dist_placement other
                       JOIN pg_dist_node      n USING (groupid)
                      WHERE other.shardid = s.shardid
                        AND other.groupid <> node.groupid
                        AND n.isactive)
   ORDER BY p.placementid
   LIMIT 1;
  IF FOUND THEN
    -- "because because" is how Citus words it.
    RAISE internal_error
    USING MESSAGE = format('cannot remove or disable the node %s:%s because because it contains the only shard placement '
                           'for shard %s', node.nodename, node.nodeport, only_copy.shardid),
          DETAIL  = format('One of the table(s) that prevents the operation complete successfully is %s',
                           only_copy.logicalrelid),
          HINT    = 'To proceed, either drop the tables or use undistribute_table() function to convert them to local tables';
  END IF;
END $$;

CREATE FUNCTION pg_catalog.citus_remove_node(nodename text, nodeport integer)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  node pg_dist_node := citus_internal.find_node(nodename, nodeport);
BEGIN
  PERFORM citus_internal.check_holds_no_only_copy(node);
  UPDATE pg_dist_node n SET isactive = false WHERE n.nodeid = node.nodeid;
  PERFORM citus_internal.go_on_without(node.groupid);
  DELETE FROM pg_dist_placement WHERE groupid = node.groupid;
  DELETE FROM pg_dist_cleanup WHERE node_group_id = node.groupid;
  DELETE FROM pg_dist_node n WHERE n.nodeid = node.nodeid;
  IF node.noderole = 'primary' THEN
    BEGIN  -- a worker that is there learns that it is on its own now
      PERFORM citus_internal.run_on_group(node.groupid,
                'SELECT citus_internal.leave_coordinator(); DELETE FROM pg_catalog.pg_dist_node; UPDATE pg_catalog.pg_dist_local_group SET groupid = 0')
        WHERE node.groupid <> 0;
    EXCEPTION WHEN connection_failure THEN
      NULL;
    END;
    PERFORM citus_internal.drop_server(node.groupid);
  END IF;
  PERFORM citus_internal.sync_nodes();
END $$;

CREATE FUNCTION citus_internal.drop_server(groupid int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  server name := citus_internal.server_name(groupid);
  shared record;
BEGIN
  EXECUTE format('DROP FOREIGN TABLE citus_internal.%I, citus_internal.%I',
                 'run_on_group_' || groupid, 'sizes_of_group_' || groupid);
  EXECUTE format('DROP USER MAPPING FOR PUBLIC SERVER %I', server);
  EXECUTE format('DROP SERVER %I', server);
  -- and those of lists that it is in
  FOR shared IN
    SELECT c.relname, s.srvname
      FROM pg_class          c
      JOIN pg_foreign_table  t ON t.ftrelid = c.oid
      JOIN pg_foreign_server s ON s.oid     = t.ftserver
     WHERE c.relnamespace = 'citus_internal'::regnamespace
       AND c.relname LIKE 'run\_on\_groups\_%'
       AND groupid::text = ANY (string_to_array(substring(c.relname FROM '^run_on_groups_(.*)$'), '_'))
  LOOP
    EXECUTE format('DROP FOREIGN TABLE citus_internal.%I', shared.relname);
    EXECUTE format('DROP USER MAPPING FOR PUBLIC SERVER %I', shared.srvname);
    EXECUTE format('DROP SERVER %I', shared.srvname);
  END LOOP;
END $$;

-- A standby that was promoted takes the place of its primary: same node, other address.
CREATE FUNCTION pg_catalog.citus_update_node(
                  node_id       integer,
                  new_node_name text,
                  new_node_port integer,
                  force         boolean DEFAULT false,
                  lock_cooldown integer DEFAULT 10000)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  IF EXISTS (SELECT FROM pg_dist_node
              WHERE (nodename, nodeport) = (new_node_name, new_node_port)
                AND nodeid <> node_id)
  THEN
    RAISE object_not_in_prerequisite_state
    USING MESSAGE = 'there is already another node with the specified hostname and port';
  END IF;
  UPDATE pg_dist_node
     SET nodename = new_node_name,
         nodeport = new_node_port
   WHERE nodeid = node_id;
  IF NOT FOUND THEN
    RAISE no_data_found
    USING MESSAGE = format('node %s not found', node_id);
  END IF;
  PERFORM citus_internal.refresh_addresses();
  PERFORM citus_internal.sync_nodes();
END $$;

CREATE FUNCTION pg_catalog.citus_set_node_property(nodename text, nodeport integer, property text, value boolean)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  node pg_dist_node := citus_internal.find_node(nodename, nodeport);
BEGIN
  IF property <> 'shouldhaveshards' THEN
    RAISE internal_error
    USING MESSAGE = 'only the ''shouldhaveshards'' property can be set using this function';
  END IF;
  UPDATE pg_dist_node n SET shouldhaveshards = value WHERE n.nodeid = node.nodeid;
  PERFORM citus_internal.sync_nodes();
END $$;

-- Each node is asked whether it reaches each other one. One that cannot be asked has no answer.
CREATE FUNCTION pg_catalog.citus_check_cluster_node_health(
                  OUT from_nodename text, OUT from_nodeport integer,
                  OUT to_nodename   text, OUT to_nodeport   integer, OUT result boolean)
  RETURNS SETOF record
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  WITH pair AS MATERIALIZED (
    SELECT f.groupid, f.nodename AS from_nodename, f.nodeport AS from_nodeport,
           t.nodename AS to_nodename, t.nodeport AS to_nodeport,
           row_number() OVER (ORDER BY f.nodeid, t.nodeid) AS number
      FROM pg_dist_node f, pg_dist_node t
     WHERE f.isactive AND f.noderole = 'primary'
       AND t.isactive AND t.noderole = 'primary'
  )
  SELECT p.from_nodename, p.from_nodeport, p.to_nodename, p.to_nodeport,
         CASE WHEN r.success THEN r.result::boolean END
    FROM pair p
    JOIN citus_internal.run_commands(
           (SELECT array_agg(groupid ORDER BY number) FROM pair),
           (SELECT array_agg(format('SELECT pg_catalog.citus_check_connection_to_node(%L, %s)', to_nodename, to_nodeport)
                             ORDER BY number) FROM pair)) r USING (number)
   ORDER BY number
$$;
