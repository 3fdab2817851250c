-- Where shards go: the nodes that take them, and the groups of tables that keep equal keys together.

-- Round robin starts here. Citus sorts by name, as bytes.
CREATE FUNCTION citus_internal.groups_for_shards()
  RETURNS int[]
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT coalesce(array_agg(groupid ORDER BY nodename COLLATE "C", nodeport), '{0}')
    FROM pg_dist_node
   WHERE isactive
     AND shouldhaveshards
     AND noderole = 'primary'
$$;

-- Without any node Citus takes the coordinator itself, as localhost.
CREATE FUNCTION citus_internal.ensure_a_node()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  coordinator pg_dist_node;
BEGIN
  IF EXISTS (SELECT FROM pg_dist_node) THEN
    RETURN;
  END IF;
  INSERT INTO pg_dist_node (groupid, nodename, nodeport, hasmetadata, metadatasynced, shouldhaveshards)
  VALUES (0, 'localhost', citus_internal.own_port(), true, true, true)
  RETURNING * INTO coordinator;
  PERFORM citus_internal.create_server(coordinator);
END $$;

-- The group that a new table joins: the one it names, else the first that fits, else a new one.
CREATE FUNCTION citus_internal.colocation_group(
                  rel           regclass,
                  key           pg_attribute,
                  colocate_with text,
                  other         regclass,
                  shard_count   int,
                  copies        int)
  RETURNS pg_dist_colocation
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  chosen pg_dist_colocation;
BEGIN
  IF colocate_with = 'default' THEN
    SELECT * INTO chosen
      FROM pg_dist_colocation
     WHERE shardcount                  = shard_count
       AND replicationfactor           = copies
       AND distributioncolumntype      = key.atttypid
       AND distributioncolumncollation = key.attcollation
       AND colocationid NOT IN (SELECT s.colocationid FROM pg_dist_schema s)
     ORDER BY colocationid
     LIMIT 1;
  ELSIF other IS NOT NULL THEN
    chosen := citus_internal.group_of_table(rel, key, other);
  END IF;

  IF chosen IS NULL THEN
    INSERT INTO pg_dist_colocation
    VALUES (nextval('pg_dist_colocationid_seq'), shard_count, copies, key.atttypid, key.attcollation)
    RETURNING * INTO chosen;
  END IF;
  RETURN chosen;
END $$;

CREATE FUNCTION citus_internal.refuse_colocation(a regclass, b regclass, different text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  RAISE internal_error
  USING MESSAGE = format('cannot colocate tables %s and %s', citus_internal.bare_name(a), citus_internal.bare_name(b)),
        DETAIL  = format('%s don''t match for %s and %s.', different, citus_internal.bare_name(a), citus_internal.bare_name(b));
END $$;

CREATE FUNCTION citus_internal.group_of_table(rel regclass, key pg_attribute, other regclass)
  RETURNS pg_dist_colocation
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  chosen pg_dist_colocation;
BEGIN
  SELECT c.* INTO chosen
    FROM pg_dist_partition  p
    JOIN pg_dist_colocation c USING (colocationid)
   WHERE p.logicalrelid = other;
  IF NOT FOUND THEN
    RAISE invalid_table_definition
    USING MESSAGE = format('relation %s is not distributed', citus_internal.bare_name(other));
  END IF;
  IF chosen.distributioncolumntype <> coalesce(key.atttypid, 0) THEN
    PERFORM citus_internal.refuse_colocation(other, rel, 'Distribution column types');
  ELSIF chosen.replicationfactor = -1 THEN
    PERFORM citus_internal.refuse_colocation(other, rel, 'Replication models');
  ELSIF chosen.distributioncolumncollation <> coalesce(key.attcollation, 0) THEN
    IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = rel) THEN
      PERFORM citus_internal.refuse_colocation(other, rel, 'Distribution column collations');
    END IF;
    PERFORM citus_internal.refuse_colocation(rel, other, 'Distribution column collations');
  END IF;
  RETURN chosen;
END $$;

-- The group of each copy of each shard, in the order in which Citus lays them: copy j of shard i on node (i + j) mod N;
-- beside the tables of its group where there are any. What has one shard starts on a node that its group's number tells.
CREATE FUNCTION citus_internal.lay_out(colocation pg_dist_colocation)
  RETURNS TABLE (index int, copy int, groupid int)
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
#variable_conflict use_column
DECLARE
  neighbour regclass := (SELECT logicalrelid
                           FROM pg_dist_partition
                          WHERE colocationid = colocation.colocationid
                          ORDER BY logicalrelid
                          LIMIT 1);
  groups    int[]    := citus_internal.groups_for_shards();
  start     int      := CASE WHEN colocation.distributioncolumntype = 0 THEN colocation.colocationid ELSE 0 END;
BEGIN
  IF neighbour IS NOT NULL THEN
    RETURN QUERY
    SELECT (dense_rank() OVER (ORDER BY s.shardminvalue::int) - 1)::int,
           (row_number() OVER (PARTITION BY s.shardid ORDER BY p.placementid) - 1)::int,
           p.groupid
      FROM pg_dist_shard     s
      JOIN pg_dist_placement p USING (shardid)
     WHERE s.logicalrelid = neighbour
     ORDER BY 1, 2;
  ELSE
    RETURN QUERY
    SELECT i, j, groups[1 + (start + i + j) % cardinality(groups)]
      FROM generate_series(0, colocation.shardcount - 1)        i,
           generate_series(0, colocation.replicationfactor - 1) j
     ORDER BY i, j;
  END IF;
END $$;
