-- How the coordinator has a worker do something.
--
-- Every node has the view run_here. Whoever inserts a command into it has the command executed there. The
-- coordinator has a foreign table for the view of each node, so that
--   INSERT INTO citus_internal.run_on_group_1 VALUES ('CREATE TABLE …')
-- runs on the connection that postgres_fdw keeps for the transaction: the command sees what the transaction did on
-- that node, it is taken back by a ROLLBACK here, and its error arrives here as it was.

CREATE VIEW citus_internal.run_here AS
  SELECT NULL::text AS command;

CREATE FUNCTION citus_internal.run_here()
  RETURNS trigger
  LANGUAGE plpgsql
  SET citus_internal.engine_at_work = on
AS $$
BEGIN
  EXECUTE NEW.command;
  NEW.command := current_setting('citus_internal.answer', true);
  RETURN NEW;
END $$;

-- What a command that was run so has to say to the one who asked for it.
CREATE FUNCTION citus_internal.answer(text)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT set_config('citus_internal.answer', coalesce($1, ''), true)
$$;

CREATE TRIGGER run_here
  INSTEAD OF INSERT ON citus_internal.run_here
  FOR EACH ROW EXECUTE FUNCTION citus_internal.run_here();

-- Where a node of the metadata really is. The servers of a local cluster share one host: the setting lesson.addresses
-- maps their names, `worker-1=127.0.0.1:40001 …`. Without it a name is a host name.
CREATE FUNCTION citus_internal.address(nodename text, nodeport int, OUT host text, OUT port int)
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  addresses text := coalesce(current_setting('lesson.addresses', true), '');
  entry     text[];
BEGIN
  SELECT m INTO entry
    FROM regexp_matches(addresses, '(\S+)=(\S+):(\d+)', 'g') m
   WHERE m[1] = nodename
      OR m[1] = 'coordinator' AND nodename = 'localhost' AND nodeport = citus_internal.own_port();
  host := coalesce(entry[2], CASE nodename WHEN 'localhost' THEN '127.0.0.1' ELSE nodename END);
  port := coalesce(entry[3]::int, nodeport);
END $$;

-- The port that this server has in the metadata: 5432 where addresses are mapped.
CREATE FUNCTION citus_internal.own_port()
  RETURNS int
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT CASE WHEN coalesce(current_setting('lesson.addresses', true), '') = ''
              THEN current_setting('port')::int
              ELSE 5432
         END
$$;

CREATE FUNCTION citus_internal.superuser()
  RETURNS name
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT rolname FROM pg_roles WHERE oid = 10
$$;

CREATE FUNCTION citus_internal.own_nodeid()
  RETURNS integer
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT n.nodeid FROM pg_dist_node n JOIN pg_dist_local_group USING (groupid) WHERE n.noderole = 'primary'
$$;

-- What libpq says about a failed connection, as Citus puts it.
CREATE FUNCTION citus_internal.connection_failure(nodename text, nodeport int, detail text)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('connection to the remote node %s@%s:%s failed with the following error: %s',
                citus_internal.superuser(), nodename, nodeport,
                regexp_replace(rtrim(detail, E'\n'), '^connection to server at .*? failed: ', ''))
$$;

-- The foreign server of a group of nodes, named so that an error of postgres_fdw names the node. All that touches a
-- table in a transaction goes through the one connection of that server: two connections to a worker would not see
-- each other's work.
CREATE FUNCTION citus_internal.create_server(node pg_dist_node)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  place  record := citus_internal.address(node.nodename, node.nodeport);
  server text   := format('%s:%s', node.nodename, node.nodeport);
BEGIN
  EXECUTE format('CREATE SERVER %I FOREIGN DATA WRAPPER postgres_fdw '
                 'OPTIONS (host %L, port %L, dbname %L, connect_timeout %L, options %L, batch_size %L, fetch_size %L, '
                          'application_name %L)',
                 server, place.host, place.port, current_database(), '5', citus_internal.session_options(), '1000', '10000',
                 citus_internal.session_name());
  EXECUTE format('CREATE USER MAPPING FOR PUBLIC SERVER %I OPTIONS (user %L, password_required %L)',
                 server, citus_internal.superuser(), 'false');
  EXECUTE format('CREATE FOREIGN TABLE citus_internal.%I (command text) SERVER %I '
                 'OPTIONS (schema_name %L, table_name %L, batch_size %L)',
                 'run_on_group_' || node.groupid, server, 'citus_internal', 'run_here', '1');
  EXECUTE format('CREATE FOREIGN TABLE citus_internal.%I '
                 '(schema name, name name, relation_size bigint, table_size bigint, total_size bigint) '
                 'SERVER %I OPTIONS (schema_name %L, table_name %L)',
                 'sizes_of_group_' || node.groupid, server, 'citus_internal', 'sizes_here');
END $$;

-- Nobody notices a deadlock over several servers: whoever waits too long gives up.
CREATE FUNCTION citus_internal.session_options()
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
  SELECT '-c lock_timeout=20s'
$$;

-- So that workers can tell a session of the engine from a person's, and whom it works for.
CREATE FUNCTION citus_internal.session_name()
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('citus_internal node=%s pid=%%p', coalesce(citus_internal.own_nodeid(), 0))
$$;

CREATE FUNCTION citus_internal.server_name(groupid int)
  RETURNS name
  LANGUAGE sql
  STABLE STRICT
  SET search_path = pg_catalog
AS $$
  SELECT s.srvname
    FROM pg_foreign_table  t
    JOIN pg_foreign_server s ON s.oid = t.ftserver
   WHERE t.ftrelid = to_regclass('citus_internal.run_on_group_' || groupid)
$$;

-- To be called where lesson.addresses has changed, or the database is a copy under another name.
CREATE FUNCTION citus_internal.refresh_addresses()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  runner record;
  place  record;
BEGIN
  -- The groups that a foreign server leads to are in the name of its table for commands.
  FOR runner IN
    SELECT s.srvname, string_to_array(substring(c.relname FROM '^run_on_groups?_(.*)$'), '_')::int[] AS groups
      FROM pg_class          c
      JOIN pg_foreign_table  t ON t.ftrelid = c.oid
      JOIN pg_foreign_server s ON s.oid     = t.ftserver
     WHERE c.relnamespace = 'citus_internal'::regnamespace
       AND c.relname LIKE 'run\_on\_group%'
  LOOP
    SELECT string_agg(format('%s:%s', n.nodename, n.nodeport), ',' ORDER BY g.copy) AS server,
           string_agg(a.host,       ',' ORDER BY g.copy) AS hosts,
           string_agg(a.port::text, ',' ORDER BY g.copy) AS ports
      INTO place
      FROM unnest(runner.groups) WITH ORDINALITY g (groupid, copy)
      JOIN pg_dist_node n ON n.groupid = g.groupid AND n.noderole = 'primary',
           citus_internal.address(n.nodename, n.nodeport) a;
    CONTINUE WHEN place.server IS NULL;  -- the node has left
    EXECUTE format('ALTER SERVER %I OPTIONS (SET host %L, SET port %L, SET dbname %L)',
                   runner.srvname, place.hosts, place.ports, current_database());
    IF runner.srvname <> place.server THEN
      EXECUTE format('ALTER SERVER %I RENAME TO %I', runner.srvname, place.server);
    END IF;
  END LOOP;
  IF (SELECT groupid FROM pg_dist_local_group) = 0 THEN
    PERFORM citus_internal.sync_nodes();  -- the workers have servers for each other
  END IF;
END $$;

-- Run a command on a group's node, inside the current transaction. Returns its answer, if it has one.
CREATE FUNCTION citus_internal.ask_group(groupid int, command text)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  answer text;
  detail text;
  node   pg_dist_node;
BEGIN
  EXECUTE format('INSERT INTO citus_internal.%I VALUES ($1) RETURNING command', 'run_on_group_' || groupid)
     INTO answer
    USING command;
  RETURN answer;
EXCEPTION WHEN sqlclient_unable_to_establish_sqlconnection THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
  SELECT * INTO node FROM pg_dist_node n WHERE n.groupid = ask_group.groupid AND n.noderole = 'primary';
  RAISE connection_failure
  USING MESSAGE = citus_internal.connection_failure(node.nodename, node.nodeport, detail);
END $$;

CREATE FUNCTION citus_internal.run_on_group(groupid int, command text)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.ask_group(groupid, command)
$$;
