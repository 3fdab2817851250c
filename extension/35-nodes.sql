-- Nodes: telling the coordinator which servers there are.

-- Opens a connection of its own to a node. Returns the reason why it could not, NULL if it could.
CREATE FUNCTION citus_internal.connect(connection text, nodename text, nodeport int, timeout_s int DEFAULT 5)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  place  record := citus_internal.address(nodename, nodeport);
  detail text;
BEGIN
  IF nodeport NOT BETWEEN 1 AND 65535 THEN
    RETURN format('invalid port number: "%s"', nodeport);
  END IF;
  -- Where names are mapped, the map is all the names there are: no need to ask the network.
  IF place.host = nodename
     AND current_setting('lesson.addresses', true) <> ''
     AND nodename <> 'localhost'
     AND nodename !~ '[.:]'
  THEN
    RETURN format('could not translate host name "%s" to address: Name or service not known', nodename);
  END IF;
  PERFORM @extschema:dblink@.dblink_connect(
            connection,
            CASE WHEN NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
                 THEN (SELECT citus_internal.server_name(n.groupid)  -- whose user mapping has a password
                         FROM pg_dist_node n
                        WHERE n.nodename = connect.nodename AND n.nodeport = connect.nodeport)
                 ELSE (SELECT string_agg(format('%s=''%s''', key, replace(replace(value, '\', '\\'), '''', '\''')), ' ')
                         FROM (VALUES ('host', place.host), ('port', place.port::text), ('dbname', current_database()::text),
                                      ('user', citus_internal.superuser()::text), ('connect_timeout', timeout_s::text),
                                      ('application_name', 'citus_internal')) option (key, value))
            END);
  RETURN NULL;
EXCEPTION WHEN sqlclient_unable_to_establish_sqlconnection THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
  RETURN detail;
END $$;

-- Tells every worker which nodes there are, and which of them it is.
CREATE FUNCTION citus_internal.sync_nodes()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  nodes  text := (SELECT string_agg(format('SELECT (%L::pg_catalog.pg_dist_node).*', n), ' UNION ALL ')
                    FROM pg_dist_node n);
  worker pg_dist_node;
BEGIN
  FOR worker IN
    SELECT * FROM pg_dist_node WHERE groupid <> 0 AND isactive AND noderole = 'primary' ORDER BY nodeid
  LOOP
    BEGIN
      PERFORM citus_internal.run_on_group(worker.groupid,
                format('DELETE FROM pg_catalog.pg_dist_node; INSERT INTO pg_catalog.pg_dist_node %s; '
                       'UPDATE pg_catalog.pg_dist_local_group SET groupid = %s; '
                       'SELECT pg_catalog.set_config(%L, %L, true), citus_internal.refresh_addresses(), citus_internal.follow_coordinator()',
                       nodes, worker.groupid,
                       'lesson.addresses', coalesce(current_setting('lesson.addresses', true), '')));
    EXCEPTION WHEN connection_failure THEN
      NULL;  -- a node that is down is told with the next change
    END;
  END LOOP;
END $$;

CREATE FUNCTION pg_catalog.citus_set_coordinator_host(
                  host         text,
                  port         integer  DEFAULT citus_internal.own_port(),
                  node_role    noderole DEFAULT 'primary',
                  node_cluster name     DEFAULT 'default')
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  coordinator pg_dist_node;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  UPDATE pg_dist_node
     SET nodename = host,
         nodeport = port
   WHERE groupid  = 0
     AND noderole = 'primary';  -- whichever role is asked for
  IF FOUND THEN
    PERFORM citus_internal.refresh_addresses();
  ELSE
    INSERT INTO pg_dist_node (groupid, nodename, nodeport, noderole, nodecluster,
                              hasmetadata, metadatasynced, shouldhaveshards)
    VALUES (0, host, port, node_role, node_cluster, true, true, false)
    RETURNING * INTO coordinator;
    PERFORM citus_internal.create_server(coordinator);
  END IF;
  PERFORM citus_internal.sync_nodes();
END $$;

CREATE FUNCTION citus_internal.check_new_node(nodename text, groupid int, noderole noderole, nodecluster name)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF noderole <> 'primary' THEN
    PERFORM citus_internal.refuse('adding a secondary node');
  ELSIF groupid <> 0
        AND nodename <> 'localhost'
        AND EXISTS (SELECT FROM pg_dist_node n WHERE n.groupid = 0 AND n.nodename = 'localhost')
  THEN
    RAISE internal_error
    USING MESSAGE = 'cannot add a worker node when the coordinator hostname is set to localhost',
          DETAIL  = 'Worker nodes need to be able to connect to the coordinator to transfer data.',
          HINT    = 'Use SELECT citus_set_coordinator_host(''<hostname>'') to configure the coordinator hostname';
  ELSIF EXISTS (SELECT FROM pg_dist_node n WHERE n.groupid = check_new_node.groupid AND n.noderole = 'primary') THEN
    RAISE internal_error USING MESSAGE = format('group %s already has a primary node', groupid);
  ELSIF nodecluster <> 'default' THEN
    RAISE internal_error USING MESSAGE = 'primaries must be added to the default cluster';
  END IF;
END $$;

-- Nobody asks whether it is there: citus_activate_node does.
CREATE FUNCTION pg_catalog.citus_add_inactive_node(
                  nodename    text,
                  nodeport    integer,
                  groupid     integer  DEFAULT -1,
                  noderole    noderole DEFAULT 'primary',
                  nodecluster name     DEFAULT 'default')
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
#variable_conflict use_column
DECLARE
  node pg_dist_node;
BEGIN
  IF citus_add_inactive_node.groupid = 0 THEN
    RAISE internal_error USING MESSAGE = 'coordinator node cannot be added as inactive node';
  END IF;
  PERFORM citus_internal.refuse_on_worker();
  SELECT * INTO node
    FROM pg_dist_node
   WHERE nodename = citus_add_inactive_node.nodename
     AND nodeport = citus_add_inactive_node.nodeport;
  IF NOT FOUND THEN
    PERFORM citus_internal.check_new_node(citus_add_inactive_node.nodename, citus_add_inactive_node.groupid,
              citus_add_inactive_node.noderole, citus_add_inactive_node.nodecluster);
    INSERT INTO pg_dist_node (groupid, nodename, nodeport, isactive)
    VALUES (CASE WHEN citus_add_inactive_node.groupid = -1 THEN nextval('pg_dist_groupid_seq')
                 ELSE citus_add_inactive_node.groupid END,
            citus_add_inactive_node.nodename, citus_add_inactive_node.nodeport, false)
    RETURNING * INTO node;
    PERFORM citus_internal.create_server(node);
    PERFORM citus_internal.sync_nodes();
  END IF;
  RETURN node.nodeid;
END $$;

CREATE FUNCTION pg_catalog.citus_add_node(
                  nodename    text,
                  nodeport    integer,
                  groupid     integer  DEFAULT -1,
                  noderole    noderole DEFAULT 'primary',
                  nodecluster name     DEFAULT 'default')
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
#variable_conflict use_column
DECLARE
  node    pg_dist_node;
  failure text;
  remote  record;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  SELECT * INTO node
    FROM pg_dist_node
   WHERE nodename = citus_add_node.nodename
     AND nodeport = citus_add_node.nodeport;
  IF FOUND THEN
    RETURN node.nodeid;
  END IF;
  PERFORM citus_internal.check_new_node(nodename, groupid, noderole, nodecluster);
  IF groupid = 0 THEN
    PERFORM citus_set_coordinator_host(nodename, nodeport);
    RETURN citus_coordinator_nodeid();
  END IF;

  node.groupid := CASE WHEN groupid = -1 THEN nextval('pg_dist_groupid_seq') ELSE groupid END;
  node.nodeid  := nextval('pg_dist_node_nodeid_seq');  -- as in Citus, a failed attempt uses up a number

  failure := citus_internal.connect('citus_add_node', nodename, nodeport);
  IF failure IS NOT NULL THEN
    RAISE connection_failure
    USING MESSAGE = citus_internal.connection_failure(nodename, nodeport, failure);
  END IF;
  SELECT * INTO remote
    FROM @extschema:dblink@.dblink('citus_add_node',
           $q$SELECT current_setting('data_directory'), pg_postmaster_start_time()::text,
                     to_regclass('citus_internal.run_here') IS NOT NULL$q$)
      AS answer (data_directory text, started text, has_engine boolean);
  PERFORM @extschema:dblink@.dblink_disconnect('citus_add_node');

  -- In containers every server has its data in a folder of the same name.
  IF remote.data_directory = current_setting('data_directory')
     AND remote.started::timestamptz = pg_postmaster_start_time() THEN
    RAISE internal_error
    USING MESSAGE = 'Node cannot add itself as a worker.',
          HINT    = format('Add the node as a coordinator by using: SELECT citus_set_coordinator_host(%L, %s);',
                           nodename, nodeport);
  END IF;
  IF NOT remote.has_engine THEN
    RAISE internal_error
    USING MESSAGE = format('failure on connection marked as essential: %s:%s', nodename, nodeport),
          HINT    = format('Run CREATE EXTENSION citus in database "%s" of that node first.', current_database());
  END IF;

  INSERT INTO pg_dist_node (nodeid, groupid, nodename, nodeport, nodecluster, hasmetadata, metadatasynced)
  VALUES (node.nodeid, node.groupid, nodename, nodeport, nodecluster, true, true)
  RETURNING * INTO node;
  PERFORM citus_internal.create_server(node);
  PERFORM citus_internal.sync_nodes();
  PERFORM citus_internal.bring_objects(node.groupid);

  IF EXISTS (SELECT
               FROM pg_dist_placement p
               JOIN pg_dist_shard     s USING (shardid)
               JOIN pg_dist_partition t USING (logicalrelid)
              WHERE p.groupid   = 0
                AND t.repmodel <> 't'
                AND t.colocationid <> 0)
  THEN
    SELECT * INTO node FROM pg_dist_node WHERE groupid = 0;
    RAISE NOTICE USING
      MESSAGE = 'shards are still on the coordinator after adding the new node',
      HINT    = format('Use SELECT rebalance_table_shards(); to balance shards data between workers and coordinator '
                       'or SELECT citus_drain_node(%L,%s); to permanently move shards away from the coordinator.',
                       node.nodename, node.nodeport);
  END IF;
  RETURN (SELECT n.nodeid FROM pg_dist_node n
           WHERE n.nodename = citus_add_node.nodename AND n.nodeport = citus_add_node.nodeport);
END $$;

CREATE FUNCTION pg_catalog.citus_get_active_worker_nodes(OUT node_name text, OUT node_port bigint)
  RETURNS SETOF record
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT nodename, nodeport
    FROM pg_dist_node
   WHERE isactive
     AND groupid  <> 0
     AND noderole = 'primary'
   ORDER BY nodeid
$$;

CREATE FUNCTION pg_catalog.citus_is_coordinator()
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT groupid = 0 FROM pg_dist_local_group
$$;

CREATE FUNCTION pg_catalog.citus_coordinator_nodeid()
  RETURNS integer
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT nodeid FROM pg_dist_node WHERE groupid = 0 AND noderole = 'primary'
$$;

CREATE FUNCTION pg_catalog.citus_nodename_for_nodeid(nodeid integer)
  RETURNS text
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT nodename FROM pg_dist_node n WHERE n.nodeid = $1
$$;

CREATE FUNCTION pg_catalog.citus_nodeport_for_nodeid(nodeid integer)
  RETURNS integer
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT nodeport FROM pg_dist_node n WHERE n.nodeid = $1
$$;

CREATE FUNCTION pg_catalog.citus_check_connection_to_node(nodename text, nodeport integer DEFAULT 5432)
  RETURNS boolean
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  failure text := citus_internal.connect('citus_check_connection', nodename, nodeport);
BEGIN
  IF failure IS NULL THEN
    PERFORM @extschema:dblink@.dblink_disconnect('citus_check_connection');
    RETURN true;
  END IF;
  RAISE WARNING USING
    ERRCODE = 'connection_failure',
    MESSAGE = citus_internal.connection_failure(nodename, nodeport, failure);
  RETURN false;
END $$;

CREATE VIEW citus.citus_nodes AS
  SELECT nodename,
         nodeport,
         CASE WHEN groupid = 0 THEN 'coordinator' ELSE 'worker' END AS role,
         isactive AS active
    FROM pg_dist_node;

ALTER VIEW citus.citus_nodes SET SCHEMA pg_catalog;
GRANT SELECT ON pg_catalog.citus_nodes TO PUBLIC;
