-- Shards with several copies (replication factor above 1).
--
-- The first placement of a shard is its primary copy: reads and writes go there. Triggers on it pass on what each
-- statement did to the other copies, from worker to worker, in the same transaction. All that concerns such a shard
-- goes this way, for two connections to a worker would not see each other's work.
--
-- The foreign server of such shards has all their nodes in its list of hosts: where the first is down, libpq takes the
-- next, so reads go on. Writes do not: the other copies take them only from the primary. A connection of this kind ends
-- with its transaction, or the session would not come back to the first node when that is up again.

-- The foreign server for shards whose copies are on these groups, in this order.
CREATE FUNCTION citus_internal.server_for(groups int[])
  RETURNS name
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  runner text := 'run_on_groups_' || array_to_string(groups, '_');
  server text;
  hosts  text;
  ports  text;
BEGIN
  IF cardinality(groups) = 1 THEN
    RETURN citus_internal.server_name(groups[1]);
  END IF;
  SELECT string_agg(format('%s:%s', n.nodename, n.nodeport), ',' ORDER BY g.copy),
         string_agg(a.host,       ',' ORDER BY g.copy),
         string_agg(a.port::text, ',' ORDER BY g.copy)
    INTO server, hosts, ports
    FROM unnest(groups) WITH ORDINALITY g (groupid, copy)
    JOIN pg_dist_node n ON n.groupid = g.groupid AND n.noderole = 'primary',
         citus_internal.address(n.nodename, n.nodeport) a;
  IF to_regclass('citus_internal.' || runner) IS NULL THEN
    EXECUTE format('CREATE SERVER %I FOREIGN DATA WRAPPER postgres_fdw '
                   'OPTIONS (host %L, port %L, dbname %L, connect_timeout %L, options %L, batch_size %L, fetch_size %L, '
                            'application_name %L, keep_connections %L)',
                   server, hosts, ports, current_database(), '5', citus_internal.session_options(), '1000', '10000',
                   citus_internal.session_name(), 'off');
    EXECUTE format('CREATE USER MAPPING FOR PUBLIC SERVER %I OPTIONS (user %L, password_required %L)',
                   server, citus_internal.superuser(), 'false');
    EXECUTE format('CREATE FOREIGN TABLE citus_internal.%I (command text) SERVER %I '
                   'OPTIONS (schema_name %L, table_name %L, batch_size %L)',
                   runner, server, 'citus_internal', 'run_here', '1');
  END IF;
  RETURN server;
END $$;

-- Run a command on the nodes of all copies: on the first, which passes it on.
CREATE FUNCTION citus_internal.run_on_copies_of(groups int[], command text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  server name := citus_internal.server_for(groups);
BEGIN
  IF cardinality(groups) = 1 THEN
    PERFORM citus_internal.run_on_group(groups[1], command);
  ELSE
    EXECUTE format('INSERT INTO citus_internal.%I VALUES ($1)', 'run_on_groups_' || array_to_string(groups, '_'))
    USING format('SELECT citus_internal.expect_group(%s); SELECT citus_internal.ensure_servers(); %s; %s', groups[1], command,
                 (SELECT string_agg(format('SELECT citus_internal.run_on_group(%s, %L)', g, command), '; ')
                    FROM unnest(groups[2:]) g));
  END IF;
END $$;

-- The copies of a shard on nodes that are active, the primary first.
CREATE FUNCTION citus_internal.copies(shardid bigint)
  RETURNS int[]
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT array_agg(p.groupid ORDER BY p.placementid)
    FROM pg_dist_placement p
    JOIN pg_dist_node      n ON n.groupid = p.groupid AND n.noderole = 'primary' AND n.isactive
   WHERE p.shardid = $1
$$;

-- On a worker: raises the error of a node that is down, where the list of hosts has led to the wrong one.
CREATE FUNCTION citus_internal.expect_group(expected int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  node pg_dist_node;
BEGIN
  IF (SELECT groupid FROM pg_dist_local_group) <> expected THEN
    SELECT * INTO node FROM pg_dist_node WHERE groupid = expected AND noderole = 'primary';
    RAISE connection_failure
    USING MESSAGE = citus_internal.connection_failure(node.nodename, node.nodeport,
                      E'Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?');
  END IF;
END $$;

-- On a worker: the way to the other nodes.
CREATE FUNCTION citus_internal.ensure_servers()
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.create_server(n)
    FROM pg_dist_node n
   WHERE n.noderole = 'primary'
     AND n.groupid <> (SELECT groupid FROM pg_dist_local_group)
     AND to_regclass('citus_internal.run_on_group_' || n.groupid) IS NULL
$$;

-- On a worker: the triggers of a copy.
CREATE FUNCTION citus_internal.wire_copy(shard regclass, groups int[])
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM citus_internal.drop_triggers(shard);
  IF groups[1] <> (SELECT groupid FROM pg_dist_local_group) THEN
    EXECUTE format('CREATE TRIGGER citus_only_from_primary BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION citus_internal.only_from_primary(%L)', shard, groups[1]);
  ELSIF cardinality(groups) > 1 THEN
    PERFORM citus_internal.pass_on_changes(shard, groups[2:]);
  END IF;
END $$;

CREATE FUNCTION citus_internal.only_from_primary()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF coalesce(current_setting('citus_internal.engine_at_work', true), '') <> 'on' THEN
    PERFORM citus_internal.expect_group(TG_ARGV[0]::int);
  END IF;
  RETURN NULL;
END $$;

-- The triggers that pass on what a statement did: its old rows, its new rows. To these groups; without any, to where
-- the metadata has copies of the table.
CREATE FUNCTION citus_internal.pass_on_changes(rel regclass, groups int[] DEFAULT '{}')
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  kind record;
BEGIN
  FOR kind IN
    SELECT * FROM (VALUES ('insert',   'REFERENCING NEW TABLE AS new_rows'),
                          ('update',   'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'),
                          ('delete',   'REFERENCING OLD TABLE AS old_rows'),
                          ('truncate', '')) kinds (event, rows)
  LOOP
    EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION citus_internal.pass_on(%L)',
                   'citus_pass_on_' || kind.event, kind.event, rel, kind.rows, groups);
  END LOOP;
  UPDATE pg_trigger
     SET tgisinternal = true
   WHERE tgrelid = rel
     AND tgname LIKE 'citus\_pass\_on\_%';
END $$;

-- Sends a command to the other copies of a table; %s in it is the copy's name.
CREATE FUNCTION citus_internal.run_on_other_copies(rel regclass, groups int[], command text, VARIADIC arguments text[] DEFAULT '{}')
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  copy record;
BEGIN
  IF groups = '{}' THEN
    PERFORM citus_internal.drop_orphans();  -- a shard that has moved away would still refer to this table's rows
  END IF;
  FOR copy IN
    SELECT groupid, rel::text AS name
      FROM unnest(groups) groupid
    UNION ALL
    SELECT p.groupid, citus_internal.shard(rel, s.shardid)
      FROM pg_dist_shard     s
      JOIN pg_dist_placement p USING (shardid)
     WHERE groups = '{}'
       AND s.logicalrelid = rel
       AND p.groupid <> 0
     ORDER BY groupid
  LOOP
    PERFORM citus_internal.run_on_group(copy.groupid, format(command, VARIADIC ARRAY[copy.name] || arguments));
  END LOOP;
END $$;

-- With the settings in which every type reads what it prints, whatever they are in the session.
CREATE FUNCTION citus_internal.pass_on()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET datestyle = 'ISO, YMD'
  SET intervalstyle = postgres
  SET extra_float_digits = 1
AS $$
DECLARE
  groups int[] := TG_ARGV[0];
  before text[];
  after  text[];
BEGIN
  CASE TG_OP
    WHEN 'INSERT' THEN
      after := (SELECT array_agg((n.*)::text) FROM new_rows n);
      IF after IS NOT NULL THEN
        PERFORM citus_internal.run_on_other_copies(TG_RELID, groups,
                  'SELECT citus_internal.replay_insert(%L, %L)', after::text);
      END IF;
    WHEN 'UPDATE' THEN
      before := (SELECT array_agg((o.*)::text) FROM old_rows o);
      after  := (SELECT array_agg((n.*)::text) FROM new_rows n);
      IF before IS NOT NULL THEN
        PERFORM citus_internal.run_on_other_copies(TG_RELID, groups,
                  'SELECT citus_internal.replay_update(%L, %L, %L)', before::text, after::text);
      END IF;
    WHEN 'DELETE' THEN
      before := (SELECT array_agg((o.*)::text) FROM old_rows o);
      IF before IS NOT NULL THEN
        PERFORM citus_internal.run_on_other_copies(TG_RELID, groups,
                  'SELECT citus_internal.replay_delete(%L, %L)', before::text);
      END IF;
    WHEN 'TRUNCATE' THEN
      -- PostgreSQL has seen to it here that no table refers to this one that is not truncated, too.
      PERFORM citus_internal.run_on_other_copies(TG_RELID, groups, 'TRUNCATE %s CASCADE');
  END CASE;
  RETURN NULL;
END $$;

-- Sends all rows of a table to an empty copy of it, some thousands at a time.
CREATE FUNCTION citus_internal.send_rows(rel regclass, copy text, target int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET datestyle = 'ISO, YMD'
  SET intervalstyle = postgres
  SET extra_float_digits = 1
AS $$
DECLARE
  portion text;
BEGIN
  FOR portion IN
    EXECUTE format('SELECT array_agg(content) '
                   '  FROM (SELECT (t.*)::text AS content, row_number() OVER () / 5000 AS portion FROM ONLY %s t) numbered '
                   ' GROUP BY portion', rel)
  LOOP
    PERFORM citus_internal.run_on_group(target, format('SELECT citus_internal.replay_insert(%L, %L)', copy, portion));
  END LOOP;
END $$;
