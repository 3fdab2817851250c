-- Tables that their author has partitioned, by time or by a list.
--
-- Such a table stays as it is, and each of its partitions becomes a distributed table of its own, beside it in one group:
-- partitioned once more, into shards. On the workers the table has shards, too, which are partitioned as it is; the shards
-- of its partitions are attached to them. So the workers know keys, defaults and limits as they would without sharding.
--
-- Here the author's partitioned table is the parent, its partitions are its children.

CREATE FUNCTION citus_internal.is_parent(rel regclass)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT EXISTS (SELECT
                   FROM pg_partitioned_table p
                   JOIN pg_opclass           o ON o.oid = p.partclass[0]
                  WHERE p.partrelid     = rel
                    AND o.opcnamespace <> 'citus_internal'::regnamespace)
$$;

CREATE FUNCTION citus_internal.children(rel regclass)
  RETURNS SETOF regclass
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = rel AND citus_internal.is_parent(rel) ORDER BY inhrelid
$$;

CREATE FUNCTION citus_internal.parent(child regclass)
  RETURNS regclass
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = child
$$;

-- The distributed tables whose shards hold the rows of a table: its children, or itself.
CREATE FUNCTION citus_internal.tables_with_rows(rel regclass)
  RETURNS SETOF regclass
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.children(rel)
  UNION ALL
  SELECT rel WHERE NOT citus_internal.is_parent(rel)
$$;

-- The limits of a child, FOR VALUES … or DEFAULT.
CREATE FUNCTION citus_internal.limits(child regclass)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = child
$$;

-- A child is distributed like any table, without its parent; then it comes back, with all that it has inherited.
CREATE FUNCTION citus_internal.distribute_children(parent regclass, children regclass[])
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  said   pg_dist_partition := (SELECT p FROM pg_dist_partition p WHERE logicalrelid = parent);
  key    name              := column_to_column_name(parent, said.partkey);
  limits jsonb             := (SELECT jsonb_object_agg(c::oid, citus_internal.limits(c)) FROM unnest(children) c);
  others regclass[]        := ARRAY(SELECT citus_internal.tables_referred_to(parent));
  child  regclass;
BEGIN
  PERFORM citus_internal.check_child(parent, c) FROM unnest(children) c;
  PERFORM citus_internal.hide_partitions(other) FROM unnest(others) other;
  FOREACH child IN ARRAY children LOOP
    EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', parent, child);
  END LOOP;
  PERFORM citus_internal.show_partitions(other) FROM unnest(others) other;
  FOREACH child IN ARRAY children LOOP
    PERFORM citus_internal.check_can_be_distributed(child);
    PERFORM citus_internal.distribute(child,
              CASE WHEN key IS NULL THEN citus_internal.column_of_single_shard(child)
                                    ELSE citus_internal.check_distribution_column(child, key) END, c)
       FROM pg_dist_colocation c
      WHERE c.colocationid = said.colocationid;
    PERFORM citus_internal.hide_partitions(child), citus_internal.hide_partitions(parent);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s %s', parent, child, limits ->> child::oid::text);
    PERFORM citus_internal.show_partitions(parent);
    PERFORM citus_internal.drop_foreign_key_triggers(child);
    PERFORM citus_internal.reshape(child);
  END LOOP;
END $$;

-- What becomes of a parent's children after DDL: new ones are distributed, others have come or gone.
CREATE FUNCTION citus_internal.follow_children(parent regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  new_ones regclass[] := ARRAY(SELECT c FROM citus_internal.children(parent) c
                                WHERE NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = c));
BEGIN
  PERFORM citus_internal.check_child(parent, c) FROM citus_internal.children(parent) c;
  PERFORM citus_internal.distribute_children(parent, new_ones);
  PERFORM citus_internal.drop_foreign_key_triggers(child), citus_internal.reshape(child)
     FROM (SELECT logicalrelid AS child FROM citus_internal.table_shape WHERE part = 'attached' AND id = parent::oid::text) told
     FULL JOIN
          citus_internal.children(parent) has (child) USING (child)
    WHERE told IS NULL
       OR has  IS NULL;
END $$;

-- Other tables than those that are distributed by hash cannot be partitioned.
CREATE FUNCTION citus_internal.refuse_parent(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF citus_internal.is_parent(rel) THEN
    RAISE feature_not_supported
    USING MESSAGE = 'distributing partitioned tables in only supported for hash-distributed tables';
  END IF;
END $$;

CREATE FUNCTION citus_internal.refuse_child(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF citus_internal.parent(rel) IS NOT NULL THEN
    RAISE internal_error
    USING MESSAGE = 'cannot complete operation because table is a partition',
          HINT    = format('the parent table is "%s"', citus_internal.parent(rel));
  END IF;
END $$;

CREATE FUNCTION citus_internal.check_child(parent regclass, child regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF citus_internal.is_parent(child) THEN
    RAISE feature_not_supported
    USING MESSAGE = 'distributing multi-level partitioned tables is not supported',
          DETAIL  = format('Relation "%s" is partitioned table itself and it is also partition of relation "%s".',
                           citus_internal.bare_name(child), citus_internal.bare_name(parent));
  ELSIF EXISTS (SELECT
                  FROM pg_dist_partition here
                  JOIN pg_dist_partition there ON there.colocationid <> here.colocationid
                 WHERE here.logicalrelid  = parent
                   AND there.logicalrelid = child)
  THEN
    RAISE feature_not_supported
    USING MESSAGE = 'distributed tables cannot have non-colocated distributed tables as a partition ';
  ELSIF EXISTS (SELECT FROM pg_dist_partition JOIN pg_dist_schema USING (colocationid) WHERE logicalrelid = parent)
    AND (SELECT count(DISTINCT relnamespace) FROM pg_class WHERE oid IN (parent, child)) > 1
  THEN
    RAISE internal_error
    USING MESSAGE = 'partitioning within a distributed schema is not supported when the parent and the child are in different '
                    'schemas';
  END IF;
END $$;

-- The keys and indexes that a change of the parent brings its children: their shards get them first, under their own names,
-- and the shards of the parent take them over.
CREATE FUNCTION citus_internal.pass_on_keys(parent regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  task record;
BEGIN
  FOR task IN
    SELECT t.groups, string_agg(k.command, '; ' ORDER BY t.shardid, k.id) AS commands
      FROM citus_internal.children(parent) child
      JOIN citus_internal.table_shape s ON s.logicalrelid = child AND s.part = 'attached',
           citus_internal.targets(child) t,
           citus_internal.new_key_commands(child, t.shardid) k
     GROUP BY t.groups
     ORDER BY t.groups
  LOOP
    PERFORM citus_internal.run_on_copies_of(task.groups, task.commands);
  END LOOP;
END $$;

CREATE FUNCTION citus_internal.new_key_commands(rel regclass, shardid bigint)
  RETURNS TABLE (id oid, command text)
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT h.id::oid,
         CASE h.part WHEN 'constraint'
                     THEN format('ALTER TABLE %s ADD CONSTRAINT %I %s', citus_internal.shard(rel, $2),
                                 citus_internal.shard_name(h.name, $2),
                                 citus_internal.shard_constraint(h.id::oid, h.definition, $2))
                     ELSE format('CREATE %s %I ON %s %s', upper(h.part), citus_internal.shard_name(h.name, $2),
                                 citus_internal.shard(rel, $2), h.definition) END
    FROM citus_internal.shape(rel) h
   WHERE h.part IN ('constraint', 'index', 'unique index')
     AND h.definition !~ '^CHECK'
     AND NOT EXISTS (SELECT FROM citus_internal.table_shape t
                      WHERE t.logicalrelid = rel AND t.part = h.part AND h.id = t.id
                         OR t.logicalrelid = rel AND t.part = h.part AND h.name = t.name)  -- PostgreSQL has made it anew
$$;
