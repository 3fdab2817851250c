-- Schema-based sharding: all tables of a schema are single-shard tables of one group, so that a tenant is on one node.

-- A schema is distributed from here on, with a group of its own, which is there before the first table.
CREATE FUNCTION citus_internal.add_schema(schema regnamespace)
  RETURNS pg_dist_colocation
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  colocation pg_dist_colocation;
BEGIN
  INSERT INTO pg_dist_colocation
  VALUES (nextval('pg_dist_colocationid_seq'), 1, 1, 0, 0)
  RETURNING * INTO colocation;
  INSERT INTO pg_dist_schema VALUES (schema, colocation.colocationid);
  RETURN colocation;
END $$;

CREATE FUNCTION citus_internal.schema_group(schema oid)
  RETURNS pg_dist_colocation
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT c.* FROM pg_dist_schema s JOIN pg_dist_colocation c USING (colocationid) WHERE s.schemaid = schema
$$;

CREATE FUNCTION pg_catalog.citus_schema_distribute(schemaname regnamespace)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  colocation pg_dist_colocation;
  tables     regclass[];
  next_table regclass;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  IF schemaname::text ~ '^(public|information_schema|pg_.*|citus|citus_internal|citus_shards_internal)$' THEN
    RAISE internal_error USING MESSAGE = format('%s schema cannot be distributed', schemaname);
  END IF;
  IF EXISTS (SELECT FROM pg_dist_schema WHERE schemaid = schemaname) THEN
    RAISE NOTICE 'schema % is already distributed', schemaname;
    RETURN;
  END IF;
  tables := ARRAY(SELECT oid::regclass
                    FROM pg_class
                   WHERE relnamespace = schemaname
                     AND relkind IN ('r', 'p', 'f')
                     AND NOT relispartition  -- which comes with its parent
                   ORDER BY oid);
  FOREACH next_table IN ARRAY tables LOOP
    IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = next_table) THEN
      RAISE internal_error
      USING MESSAGE = format('schema already has distributed tables'),
            HINT    = 'Undistribute distributed tables under the schema before distributing the schema.';
    END IF;
  END LOOP;

  RAISE NOTICE 'distributing the schema %', schemaname;
  PERFORM citus_internal.ensure_a_node();
  colocation := citus_internal.add_schema(schemaname);
  -- A table that others refer to goes first.
  WHILE tables <> '{}' LOOP
    SELECT t INTO next_table
      FROM unnest(tables) t
     ORDER BY EXISTS (SELECT FROM pg_constraint c
                       WHERE c.contype = 'f' AND c.conrelid = t AND c.confrelid <> t AND c.confrelid = ANY (tables)),
              t::oid
     LIMIT 1;
    EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', next_table);
    PERFORM citus_internal.distribute_whole(next_table, colocation);
    tables := array_remove(tables, next_table);
  END LOOP;
END $$;

CREATE FUNCTION pg_catalog.citus_schema_undistribute(schemaname regnamespace)
  RETURNS void
  LANGUAGE plpgsql
  STRICT
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  IF NOT EXISTS (SELECT FROM pg_dist_schema WHERE schemaid = schemaname) THEN
    RAISE internal_error USING MESSAGE = format('schema %s is not distributed', schemaname);
  END IF;
  RAISE NOTICE 'undistributing schema %', schemaname;
  PERFORM citus_internal.undistribute_all(
            ARRAY(SELECT p.logicalrelid
                    FROM pg_dist_partition p
                    JOIN pg_dist_schema    s USING (colocationid)
                   WHERE s.schemaid = schemaname
                     AND citus_internal.parent(p.logicalrelid) IS NULL
                   ORDER BY p.logicalrelid),
            aloud => false);
  DELETE FROM pg_dist_schema WHERE schemaid = schemaname;
  PERFORM citus_internal.forget_empty_groups();
END $$;

CREATE FUNCTION pg_catalog.citus_schema_move(
                  schema_id        regnamespace,
                  target_node_name text, target_node_port integer,
                  shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  place record;
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  IF NOT EXISTS (SELECT FROM pg_dist_schema WHERE schemaid = schema_id) THEN
    RAISE internal_error USING MESSAGE = format('schema %s is not a distributed schema', schema_id);
  END IF;
  SELECT h.shardid, n.nodename, n.nodeport
    INTO place
    FROM pg_dist_schema    s
    JOIN pg_dist_partition t USING (colocationid)
    JOIN pg_dist_shard     h USING (logicalrelid)
    JOIN pg_dist_placement p USING (shardid)
    JOIN pg_dist_node      n ON n.groupid = p.groupid AND n.noderole = 'primary'
   WHERE s.schemaid = schema_id
   LIMIT 1;
  IF NOT FOUND THEN
    RAISE internal_error USING MESSAGE = format('cannot move distributed schema %s because it is empty', schema_id);
  END IF;
  PERFORM citus_move_shard_placement(place.shardid, place.nodename, place.nodeport,
                                     target_node_name, target_node_port, shard_transfer_mode);
END $$;

CREATE FUNCTION pg_catalog.citus_schema_move(
                  schema_id           regnamespace,
                  target_node_id      integer,
                  shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_schema_move(schema_id, n.nodename, n.nodeport, shard_transfer_mode)
    FROM citus_internal.node_by_id(target_node_id) n
$$;

CREATE VIEW public.citus_schemas AS
  SELECT s.schemaid::regnamespace            AS schema_name,
         s.colocationid                      AS colocation_id,
         pg_size_pretty(coalesce((SELECT sum(citus_total_relation_size(t.logicalrelid, false))
                                    FROM pg_dist_partition t
                                   WHERE t.colocationid = s.colocationid), 0)) AS schema_size,
         pg_get_userbyid(n.nspowner)         AS schema_owner
    FROM pg_dist_schema s
    JOIN pg_namespace   n ON n.oid = s.schemaid
   ORDER BY s.schemaid::regnamespace::text;

GRANT SELECT ON public.citus_schemas TO PUBLIC;
