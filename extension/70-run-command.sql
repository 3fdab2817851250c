-- run_command_on_*: any command on any node, outside of the current transaction, as in Citus. Each node gets one
-- connection of its own; the nodes work side by side. Citus opens a new connection each time. Here a superuser's session
-- keeps the last ones, because connecting takes longer than most commands; DISCARD ALL makes them as good as new.

CREATE TYPE citus_internal.remote_result AS (number int, success boolean, result text);

CREATE FUNCTION citus_internal.run_commands(groups int[], commands text[])
  RETURNS SETOF citus_internal.remote_result
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  node        record;
  task        record;
  connections text[];  -- by the number of the group
  failures    jsonb := '{}';
  failure     text;
  answer      citus_internal.remote_result;
BEGIN
  FOR node IN
    SELECT n.groupid, n.nodename, n.nodeport
      FROM pg_dist_node n
     WHERE n.groupid = ANY (groups)
       AND n.noderole = 'primary'
  LOOP
    connections[node.groupid] := citus_internal.run_connection(node.groupid, node.nodename, node.nodeport);
    failure := citus_internal.connect_run(connections[node.groupid], node.nodename, node.nodeport);
    IF failure IS NOT NULL THEN
      failures := failures || jsonb_build_object(node.groupid, format('failed to connect to %s:%s', node.nodename, node.nodeport));
      connections[node.groupid] := NULL;
    END IF;
  END LOOP;

  -- In rounds: the next command of each node is sent to all of them, then their answers are waited for.
  FOR task IN
    SELECT array_agg(number ORDER BY number) AS numbers
      FROM (SELECT number, row_number() OVER (PARTITION BY g ORDER BY number) AS round
              FROM unnest(groups) WITH ORDINALITY u (g, number)) rounds
     GROUP BY round
     ORDER BY round
  LOOP
    FOREACH answer.number IN ARRAY task.numbers LOOP
      CONTINUE WHEN failures ? groups[answer.number]::text;
      PERFORM @extschema:dblink@.dblink_send_query(connections[groups[answer.number]], commands[answer.number]);
    END LOOP;
    FOREACH answer.number IN ARRAY task.numbers LOOP
      IF failures ? groups[answer.number]::text THEN
        answer.success := false;
        answer.result  := failures ->> groups[answer.number]::text;
      ELSE
        SELECT success, result INTO answer.success, answer.result
          FROM citus_internal.read_result(connections[groups[answer.number]], commands[answer.number]);
      END IF;
      RETURN NEXT answer;
    END LOOP;
  END LOOP;

  PERFORM citus_internal.release_run(name)
     FROM unnest(connections) name
    WHERE name IS NOT NULL;
EXCEPTION WHEN OTHERS OR query_canceled THEN
  PERFORM @extschema:dblink@.dblink_disconnect(name)
     FROM unnest(@extschema:dblink@.dblink_get_connections()) name
    WHERE name LIKE 'citus\_run\_%';
  RAISE;
END $$;

-- The name of the connection: another one where the node has moved, or for another role.
CREATE FUNCTION citus_internal.run_connection(groupid int, nodename text, nodeport int)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT format('citus_run_%s_%s', groupid, md5(format('%s:%s %s', a.host, a.port, current_user)))
    FROM citus_internal.address(nodename, nodeport) a
$$;

-- Connects unless there is such a connection and the node still answers on it. Returns the reason why it could not.
CREATE FUNCTION citus_internal.connect_run(connection text, nodename text, nodeport int)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF connection = ANY (@extschema:dblink@.dblink_get_connections()) THEN
    BEGIN
      PERFORM FROM @extschema:dblink@.dblink(connection, 'SELECT 1') answer (one int);
      RETURN NULL;
    EXCEPTION WHEN OTHERS THEN
      PERFORM @extschema:dblink@.dblink_disconnect(connection);
    END;
  END IF;
  RETURN citus_internal.connect(connection, nodename, nodeport);
END $$;

-- Keeps a connection without anything that a command has left in its session; one with an open transaction is closed.
CREATE FUNCTION citus_internal.release_run(connection text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET client_min_messages = error
AS $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) THEN
    PERFORM @extschema:dblink@.dblink_exec(connection, 'DISCARD ALL');
  ELSE
    PERFORM @extschema:dblink@.dblink_disconnect(connection);
  END IF;
EXCEPTION WHEN OTHERS THEN
  PERFORM @extschema:dblink@.dblink_disconnect(connection);
END $$;

-- One answer, as Citus puts it: a single value, a command's tag, or what is wrong.
CREATE FUNCTION citus_internal.read_result(connection text, command text, OUT success boolean, OUT result text)
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  row_count int;
BEGIN
  BEGIN
    SELECT count(*), min(value) INTO row_count, result
      FROM @extschema:dblink@.dblink_get_result(connection) answer (value text);
    success := row_count <= 1;
    result  := CASE WHEN success THEN coalesce(result, '') ELSE 'expected a single row in query result' END;
  EXCEPTION
    WHEN datatype_mismatch THEN
      success := false;
      result  := 'expected a single column in query target';
    WHEN OTHERS THEN
      success := false;
      result  := 'ERROR:  ' || split_part(SQLERRM, E'\n', 1);
  END;

  -- The connection is free again when the answers to all statements of the command, and the end, have been read.
  FOR statement IN 1 .. 1 + regexp_count(command, ';') LOOP
    BEGIN
      PERFORM FROM @extschema:dblink@.dblink_get_result(connection, false) answer (value text);
    EXCEPTION WHEN datatype_mismatch THEN
      NULL;
    END;
  END LOOP;
END $$;

CREATE FUNCTION pg_catalog.run_command_on_workers(
                  command  text,
                  parallel boolean DEFAULT true,
                  OUT nodename text, OUT nodeport integer, OUT success boolean, OUT result text)
  RETURNS SETOF record
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.tell_roles(outside => true);
  WITH worker AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY nodeid) AS number
      FROM pg_dist_node
     WHERE groupid <> 0
       AND isactive
       AND noderole = 'primary'
  )
  SELECT w.nodename, w.nodeport, r.success, r.result
    FROM worker w
    JOIN citus_internal.run_commands((SELECT array_agg(groupid ORDER BY number) FROM worker),
                                     (SELECT array_agg($1      ORDER BY number) FROM worker)) r USING (number)
   ORDER BY number
$$;

CREATE FUNCTION pg_catalog.run_command_on_all_nodes(
                  command                            text,
                  parallel                           boolean DEFAULT true,
                  give_warning_for_connection_errors boolean DEFAULT false,
                  OUT nodeid integer, OUT success boolean, OUT result text)
  RETURNS SETOF record
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.tell_roles(outside => true);
  WITH node AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY nodeid) AS number
      FROM pg_dist_node
     WHERE isactive
       AND noderole = 'primary'
  )
  SELECT n.nodeid, r.success, r.result
    FROM node n
    JOIN citus_internal.run_commands((SELECT array_agg(groupid ORDER BY number) FROM node),
                                     (SELECT array_agg($1      ORDER BY number) FROM node)) r USING (number)
   ORDER BY number
$$;

CREATE FUNCTION pg_catalog.run_command_on_coordinator(
                  command                            text,
                  give_warning_for_connection_errors boolean DEFAULT false,
                  OUT nodeid integer, OUT success boolean, OUT result text)
  RETURNS SETOF record
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT n.nodeid, r.success, r.result
    FROM pg_dist_node n,
         citus_internal.run_commands(ARRAY[0], ARRAY[$1]) r
   WHERE n.groupid  = 0
     AND n.noderole = 'primary'
$$;

-- The name of a placement on its node; the coordinator's copy of a reference table is the table itself.
CREATE FUNCTION citus_internal.placement_name(shard pg_dist_shard, groupid int)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT CASE WHEN groupid = 0 AND (repmodel = 't' OR colocationid = 0)
              THEN shard.logicalrelid::text
              ELSE shard_name(shard.logicalrelid, shard.shardid)
         END
    FROM pg_dist_partition
   WHERE logicalrelid = shard.logicalrelid
$$;

CREATE FUNCTION pg_catalog.run_command_on_placements(
                  table_name regclass,
                  command    text,
                  parallel   boolean DEFAULT true,
                  OUT nodename text, OUT nodeport integer, OUT shardid bigint, OUT success boolean, OUT result text)
  RETURNS SETOF record
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  WITH placement AS MATERIALIZED (
    SELECT n.groupid, n.nodename, n.nodeport, s.shardid,
           format($2, citus_internal.placement_name(s, p.groupid))     AS command,
           row_number() OVER (ORDER BY s.shardid, n.nodename, n.nodeport) AS number
      FROM pg_dist_shard     s
      JOIN pg_dist_placement p USING (shardid)
      JOIN pg_dist_node      n ON n.groupid = p.groupid AND n.noderole = 'primary'
     WHERE s.logicalrelid = $1
  )
  SELECT p.nodename, p.nodeport, p.shardid, r.success, r.result
    FROM placement p
    JOIN citus_internal.run_commands((SELECT array_agg(groupid ORDER BY number) FROM placement),
                                     (SELECT array_agg(command ORDER BY number) FROM placement)) r USING (number)
   ORDER BY number
$$;

CREATE FUNCTION pg_catalog.run_command_on_shards(
                  table_name regclass,
                  command    text,
                  parallel   boolean DEFAULT true,
                  OUT shardid bigint, OUT success boolean, OUT result text)
  RETURNS SETOF record
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  WITH shard AS MATERIALIZED (
    SELECT s.shardid, p.groupid,
           format($2, citus_internal.placement_name(s, p.groupid)) AS command,
           row_number() OVER (ORDER BY s.shardid)                  AS number
      FROM pg_dist_shard s,
           LATERAL (SELECT (citus_internal.copies(s.shardid))[1] AS groupid) p
     WHERE s.logicalrelid = $1
  )
  SELECT s.shardid, r.success, r.result
    FROM shard s
    JOIN citus_internal.run_commands((SELECT array_agg(groupid ORDER BY number) FROM shard),
                                     (SELECT array_agg(command ORDER BY number) FROM shard)) r USING (number)
   ORDER BY number
$$;

-- For each pair of shards that keep the same keys, on each node that has both. The names of both go into the command.
CREATE FUNCTION pg_catalog.run_command_on_colocated_placements(
                  table_name1 regclass,
                  table_name2 regclass,
                  command     text,
                  parallel    boolean DEFAULT true,
                  OUT nodename text, OUT nodeport integer, OUT shardid1 bigint, OUT shardid2 bigint,
                  OUT success boolean, OUT result text)
  RETURNS SETOF record
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = table_name1)
     IS DISTINCT FROM
     (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = table_name2)
  THEN
    RAISE EXCEPTION 'tables % and % are not co-located', citus_internal.bare_name(table_name1), citus_internal.bare_name(table_name2);
  END IF;
  RETURN QUERY
  WITH pair AS MATERIALIZED (
    SELECT n.groupid, n.nodename, n.nodeport, a.shardid AS shardid1, b.shardid AS shardid2,
           format($3, shard_name(a.logicalrelid, a.shardid), shard_name(b.logicalrelid, b.shardid)) AS command,
           row_number() OVER (ORDER BY a.shardid, n.nodename, n.nodeport)                           AS number
      FROM pg_dist_shard     a
      JOIN pg_dist_shard     b ON (b.shardminvalue, b.shardmaxvalue) = (a.shardminvalue, a.shardmaxvalue)
      JOIN pg_dist_placement p ON p.shardid = a.shardid
      JOIN pg_dist_placement q ON q.shardid = b.shardid AND q.groupid = p.groupid
      JOIN pg_dist_node      n ON n.groupid = p.groupid AND n.noderole = 'primary'
     WHERE a.logicalrelid = table_name1
       AND b.logicalrelid = table_name2
       AND table_name1 <> table_name2
  )
  SELECT p.nodename, p.nodeport, p.shardid1, p.shardid2, r.success, r.result
    FROM pair p
    JOIN citus_internal.run_commands((SELECT array_agg(groupid    ORDER BY number) FROM pair),
                                     (SELECT array_agg(pair.command ORDER BY number) FROM pair)) r USING (number)
   ORDER BY number;
END $$;
