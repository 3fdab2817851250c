-- Shards that are split: a tenant that gets a shard of its own, or parts that go to nodes of one's choice.
--
-- The new shards are made, and filled, like shards that move; the old one is dropped by a later transaction. Which shard a
-- row belongs to is what the operator class of the table's partitions says, so the tables of the group get another one.

-- The parts of a shard, each with the group that it goes to.
CREATE FUNCTION citus_internal.split_shard(shard pg_dist_shard, points int[], groups int[])
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  olds  pg_dist_shard[] := ARRAY(SELECT s FROM citus_internal.colocated_shards(shard) s);
  news  pg_dist_shard[] := '{}';
  old   pg_dist_shard;
  part  pg_dist_shard;
  source int;
BEGIN
  FOREACH old IN ARRAY olds LOOP
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', old.logicalrelid);
  END LOOP;
  PERFORM citus_internal.drop_orphans();

  FOREACH old IN ARRAY olds LOOP
    FOR i IN 1 .. cardinality(groups) LOOP
      part := old;
      part.shardid       := nextval('pg_dist_shardid_seq');
      part.shardminvalue := CASE i WHEN 1                   THEN old.shardminvalue ELSE (points[i - 1] + 1)::text END;
      part.shardmaxvalue := CASE i WHEN cardinality(groups) THEN old.shardmaxvalue ELSE points[i]::text           END;
      PERFORM citus_internal.run_on_group(groups[i], citus_internal.arriving_shard_command(part));
      PERFORM citus_internal.carry_rows(old, part, groups[i]) WHERE NOT citus_internal.is_parent(old.logicalrelid);
      INSERT INTO pg_dist_shard SELECT part.*;
      INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid) VALUES (part.shardid, 1, 0, groups[i]);
      news := news || part;
    END LOOP;
    DELETE FROM pg_dist_shard WHERE shardid = old.shardid;
    DELETE FROM pg_dist_placement WHERE shardid = old.shardid RETURNING groupid INTO source;
    PERFORM citus_internal.record_orphan(old, source, source);
  END LOOP;

  PERFORM citus_internal.run_on_group(p.groupid, citus_internal.foreign_key_commands(n.logicalrelid, n.shardid))
     FROM unnest(news)      n
     JOIN pg_dist_placement p USING (shardid)
    WHERE citus_internal.foreign_key_commands(n.logicalrelid, n.shardid) IS NOT NULL;
  PERFORM citus_internal.run_on_group(p.groupid, citus_internal.attach_command(n.logicalrelid, n.shardid))
     FROM unnest(news)      n
     JOIN pg_dist_placement p USING (shardid)
    WHERE citus_internal.attach_command(n.logicalrelid, n.shardid) IS NOT NULL;
  PERFORM citus_internal.renew_partitions(o.logicalrelid) FROM unnest(olds) o WHERE NOT citus_internal.is_parent(o.logicalrelid);
END $$;

-- On the coordinator: other foreign tables, and the operator class that places rows in them. They are made while the table
-- looks as if it had no keys, as PostgreSQL has none over foreign tables.
CREATE FUNCTION citus_internal.renew_partitions(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  indexes   oid[] := ARRAY(SELECT indexrelid FROM pg_index WHERE indrelid = rel);
  keys      jsonb := (SELECT jsonb_agg(jsonb_build_object('id', oid, 'here', conrelid::oid, 'there', confrelid::oid))
                        FROM pg_constraint WHERE contype = 'f' AND rel IN (conrelid, confrelid));
  name      name  := (SELECT citus_internal.shard_operator_class(a.atttypid, citus_internal.starts(rel))
                        FROM pg_partitioned_table t
                        JOIN pg_attribute         a ON a.attrelid = rel AND a.attnum = t.partattrs[0]
                       WHERE t.partrelid = rel);
  class     oid   := (SELECT oid FROM pg_opclass WHERE opcname = name AND opcnamespace = 'citus_internal'::regnamespace);
  partition regclass;
BEGIN
  FOR partition IN SELECT citus_internal.partitions(rel) LOOP
    EXECUTE format('DROP FOREIGN TABLE %s', partition);
  END LOOP;
  UPDATE pg_depend
     SET refobjid = class
   WHERE classid    = 'pg_class'::regclass
     AND objid      = rel
     AND refclassid = 'pg_opclass'::regclass;
  UPDATE pg_partitioned_table SET partclass = class::text::oidvector WHERE partrelid = rel;
  UPDATE pg_constraint        SET conrelid = 0, confrelid = 0       WHERE contype = 'f' AND rel IN (conrelid, confrelid);
  UPDATE pg_index             SET indrelid = 0                      WHERE indexrelid = ANY (indexes);
  UPDATE pg_class             SET relname = relname                 WHERE oid = rel;  -- so that every session looks at it anew
  PERFORM citus_internal.add_partitions(rel);
  UPDATE pg_index             SET indrelid = rel                    WHERE indexrelid = ANY (indexes);
  UPDATE pg_constraint
     SET conrelid  = (k ->> 'here')::oid,
         confrelid = (k ->> 'there')::oid
    FROM jsonb_array_elements(keys) k
   WHERE oid = (k ->> 'id')::oid;
  UPDATE pg_class             SET relname = relname                 WHERE oid = rel;
END $$;

CREATE FUNCTION pg_catalog.citus_split_shard_by_split_points(
                  shard_id            bigint,
                  split_points        text[],
                  node_ids            integer[],
                  shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  shard  pg_dist_shard := citus_internal.find_shard(shard_id);
  points int[]         := split_points;
  groups int[]         := '{}';
  target int;
  id     int;
BEGIN
  PERFORM citus_internal.check_can_split(shard, points, cardinality(node_ids));
  FOREACH id IN ARRAY node_ids LOOP
    SELECT groupid INTO target FROM pg_dist_node WHERE nodeid = id AND noderole = 'primary';
    IF NOT FOUND THEN
      RAISE active_sql_transaction USING MESSAGE = format('Invalid Node Id ''%s''.', id);
    END IF;
    groups := groups || target;
  END LOOP;
  PERFORM citus_internal.check_transfer_mode(s.logicalrelid, shard_transfer_mode) FROM citus_internal.colocated_shards(shard) s;
  PERFORM citus_internal.split_shard(shard, points, groups);
END $$;

CREATE FUNCTION citus_internal.check_can_split(shard pg_dist_shard, points int[], nodes int)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  lowest   int := shard.shardminvalue;
  highest  int := shard.shardmaxvalue;
  point    int;
  previous int;
BEGIN
  IF lowest IS NULL THEN
    RAISE feature_not_supported
    USING MESSAGE = 'Cannot split shard as operation is only supported for hash distributed tables.';
  ELSIF cardinality(citus_internal.copies(shard.shardid)) > 1 THEN
    RAISE feature_not_supported
    USING MESSAGE = format('Operation split not supported for shard as replication factor ''%s'' is greater than 1.',
                           cardinality(citus_internal.copies(shard.shardid)));
  ELSIF nodes <> cardinality(points) + 1 THEN
    RAISE syntax_error
    USING MESSAGE = format('Number of worker node ids should be one greater split points. NodeId count is ''%s'' and SplitPoint '
                           'count is ''%s''.', nodes, cardinality(points));
  ELSIF lowest = highest THEN
    RAISE syntax_error
    USING MESSAGE = format('Cannot split shard id "%s" as min/max range are equal: (''%s'', ''%s'').', shard.shardid, lowest, highest);
  END IF;
  FOREACH point IN ARRAY points LOOP
    IF point NOT BETWEEN lowest AND highest THEN
      RAISE syntax_error
      USING MESSAGE = format('Split point %s is outside the min/max range(%s, %s) for shard id %s.', point, lowest, highest,
                             shard.shardid);
    ELSIF point = highest THEN
      RAISE syntax_error
      USING MESSAGE = format('Invalid split point %s, as split points should be inclusive. Please use %s instead.', point, point - 1);
    ELSIF point <= previous THEN
      RAISE syntax_error
      USING MESSAGE = format('Invalid Split Points ''%s'' followed by ''%s''. All split points should be strictly increasing.',
                             previous, point);
    END IF;
    previous := point;
  END LOOP;
END $$;

CREATE FUNCTION pg_catalog.isolate_tenant_to_new_shard(
                  table_name          regclass,
                  tenant_id           text,
                  cascade_option      text DEFAULT '',
                  shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
  RETURNS bigint
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
AS $$
DECLARE
  distributed pg_dist_partition;
  hash        int;
  shard       pg_dist_shard;
  source      int;
  points      int[];
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  SELECT * INTO distributed FROM pg_dist_partition WHERE logicalrelid = table_name;
  IF NOT FOUND THEN
    RAISE internal_error USING MESSAGE = format('relation %s is not distributed', citus_internal.bare_name(table_name));
  ELSIF distributed.partkey IS NULL THEN
    RAISE feature_not_supported
    USING MESSAGE = 'cannot isolate tenant because tenant isolation is only support for hash distributed tables';
  ELSIF upper(cascade_option) <> 'CASCADE'
    AND (SELECT count(*) FROM pg_dist_partition WHERE colocationid = distributed.colocationid) > 1
  THEN
    RAISE feature_not_supported
    USING MESSAGE = format('cannot isolate tenant because "%s" has colocated tables', citus_internal.bare_name(table_name)),
          HINT    = format('Use CASCADE option to isolate tenants for the colocated tables too. Example usage: '
                           'isolate_tenant_to_new_shard(''%s'', ''%s'', ''CASCADE'')', citus_internal.bare_name(table_name), tenant_id);
  END IF;
  hash   := citus_internal.hash_of_key(table_name, tenant_id);
  shard  := citus_internal.find_shard(get_shard_id_for_distribution_column(table_name, tenant_id));
  source := (SELECT groupid FROM pg_dist_placement WHERE shardid = shard.shardid ORDER BY placementid LIMIT 1);
  IF shard.shardminvalue = shard.shardmaxvalue THEN
    RAISE object_not_in_prerequisite_state
    USING MESSAGE = format('table %s has already been isolated for the given value', citus_internal.bare_name(table_name));
  ELSIF cardinality(citus_internal.copies(shard.shardid)) > 1 THEN
    RAISE feature_not_supported USING MESSAGE = 'cannot isolate tenants when using shard replication';
  END IF;
  points := ARRAY(SELECT point
                    FROM unnest(ARRAY[hash::bigint - 1, hash]) point
                   WHERE point >= shard.shardminvalue::bigint
                     AND point <  shard.shardmaxvalue::bigint);
  PERFORM citus_internal.check_transfer_mode(s.logicalrelid, shard_transfer_mode) FROM citus_internal.colocated_shards(shard) s;
  PERFORM citus_internal.split_shard(shard, points, array_fill(source, ARRAY[1 + cardinality(points)]));
  RETURN get_shard_id_for_distribution_column(table_name, tenant_id);
END $$;

-- As with get_shard_id_for_distribution_column: a literal without a type goes to the function above.
CREATE FUNCTION pg_catalog.isolate_tenant_to_new_shard(
                  table_name          regclass,
                  tenant_id           anyelement,
                  cascade_option      text DEFAULT '',
                  shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
  RETURNS bigint
  LANGUAGE sql
  STRICT
  SET search_path = pg_catalog
AS $$
  SELECT isolate_tenant_to_new_shard(table_name, tenant_id::text, cascade_option, shard_transfer_mode)
$$;
