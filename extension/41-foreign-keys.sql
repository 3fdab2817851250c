-- Foreign keys. A shard can only look at tables on its own node: at the shard beside it of a co-located table, or at
-- the copy of a reference table. So these are the foreign keys that there can be, and the shards enforce them.

CREATE FUNCTION citus_internal.check_foreign_keys(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  here         pg_dist_partition;
  there        pg_dist_partition;
  fk           pg_constraint;
  place_here   int;
  place_there  int;
BEGIN
  SELECT * INTO here FROM pg_dist_partition WHERE logicalrelid = rel;
  FOR fk IN
    SELECT * FROM pg_constraint WHERE contype = 'f' AND conrelid = rel AND conparentid = 0
  LOOP
    SELECT * INTO there FROM pg_dist_partition WHERE logicalrelid = fk.confrelid;
    IF here.colocationid = 0 THEN
      IF there.repmodel <> 't' AND there.colocationid <> 0 THEN
        PERFORM citus_internal.refuse_foreign_key_to_distributed();
      END IF;
      CONTINUE;
    ELSIF (there.logicalrelid IS NULL OR there.colocationid = 0) AND fk.confrelid <> rel THEN
      PERFORM citus_internal.refuse_foreign_key_to_local(fk.confrelid);
    ELSIF citus_internal.sets_sequence_default(fk) THEN
      RAISE internal_error
      USING MESSAGE = 'cannot create foreign key constraint since Citus does not support ON DELETE / UPDATE SET DEFAULT '
                      'actions on the columns that default to sequences';
    ELSIF here.repmodel = 't' THEN
      IF there.repmodel <> 't' THEN
        PERFORM citus_internal.refuse_foreign_key_to_distributed();
      END IF;
      CONTINUE;
    ELSIF there.repmodel <> 't' AND there.colocationid <> here.colocationid THEN
      RAISE feature_not_supported
      USING MESSAGE = 'cannot create foreign key constraint since relations are not colocated or not referencing a '
                      'reference table',
            DETAIL  = 'A distributed table can only have foreign keys if it is referencing another colocated hash '
                      'distributed table or a reference table';
    END IF;

    -- The key of a row never changes; and equal keys must be on one node, so they refer to each other.
    place_here  := array_position(fk.conkey,  citus_internal.var_to_column(here.partkey));
    place_there := array_position(fk.confkey, citus_internal.var_to_column(there.partkey));
    IF place_here IS NOT NULL AND fk.confdeltype IN ('n', 'd') THEN
      PERFORM citus_internal.refuse_foreign_key('SET NULL or SET DEFAULT is not supported in ON DELETE operation when '
                                                'distribution key is included in the foreign key constraint');
    ELSIF place_here IS NOT NULL AND fk.confupdtype IN ('n', 'd', 'c') THEN
      PERFORM citus_internal.refuse_foreign_key('SET NULL, SET DEFAULT or CASCADE is not supported in ON UPDATE operation '
                                                'when distribution key included in the foreign constraint.');
    ELSIF there.partkey IS NOT NULL AND (place_here IS NULL OR place_here IS DISTINCT FROM place_there) THEN
      PERFORM citus_internal.refuse_foreign_key('Foreign keys are supported in two cases, either in between two colocated '
                                                'tables including partition column in the same ordinal in the both tables '
                                                'or from distributed to reference tables');
    ELSIF here.repmodel = 'c' THEN
      PERFORM citus_internal.refuse_foreign_key('Citus currently supports foreign key constraints only for '
                                                '"citus.shard_replication_factor = 1".');
    END IF;
  END LOOP;
END $$;

-- The distributed tables that a table's foreign keys refer to.
CREATE FUNCTION citus_internal.tables_referred_to(rel regclass)
  RETURNS SETOF regclass
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT DISTINCT p.logicalrelid
    FROM pg_constraint     c
    JOIN pg_dist_partition p ON p.logicalrelid = c.confrelid AND p.repmodel <> 't'
   WHERE c.conrelid  = rel
     AND c.confrelid <> rel
     AND c.contype   = 'f'
$$;

CREATE FUNCTION citus_internal.refuse_foreign_key(detail text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  RAISE feature_not_supported
  USING MESSAGE = 'cannot create foreign key constraint',
        DETAIL  = detail;
END $$;

-- Shards do not know the sequence.
CREATE FUNCTION citus_internal.sets_sequence_default(fk pg_constraint)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT 'd' IN (fk.confdeltype, fk.confupdtype)
     AND EXISTS (SELECT
                   FROM pg_attrdef
                  WHERE adrelid = fk.conrelid
                    AND adnum   = ANY (fk.conkey)
                    AND pg_get_expr(adbin, adrelid) ~ '^nextval\(')
$$;

-- A plain table may be created with a foreign key to a distributed table, to be distributed next; it may not get one
-- with ALTER TABLE.
CREATE FUNCTION citus_internal.check_foreign_keys_of_plain_table(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF EXISTS (SELECT
               FROM pg_constraint     c
               JOIN pg_dist_partition p ON p.logicalrelid = c.confrelid AND p.repmodel <> 't'
              WHERE c.conrelid = rel
                AND c.contype  = 'f'
                AND NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = rel))
  THEN
    PERFORM citus_internal.refuse_foreign_key_to_distributed();
  END IF;
END $$;

CREATE FUNCTION citus_internal.refuse_foreign_key_to_local(referenced regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  RAISE invalid_table_definition
  USING MESSAGE = format('referenced table "%s" must be a distributed table or a reference table',
                         citus_internal.bare_name(referenced)),
        DETAIL  = 'To enforce foreign keys, the referencing and referenced rows need to be stored on the same node.',
        HINT    = format('You could use SELECT create_reference_table(%L) to replicate the referenced table to all nodes '
                         'or consider dropping the foreign key', citus_internal.bare_name(referenced));
END $$;

CREATE FUNCTION citus_internal.refuse_foreign_key_to_distributed()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  RAISE feature_not_supported
  USING MESSAGE = 'cannot create foreign key constraint since foreign keys from reference tables and local tables to '
                  'distributed tables are not supported',
        DETAIL  = 'Reference tables and local tables can only have foreign keys to reference tables and local tables';
END $$;

-- A constraint as a shard has it: with the shard of the other table that is on its node.
CREATE FUNCTION citus_internal.shard_constraint(constraint_id oid, definition text, shardid bigint)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT CASE WHEN other.shardid IS NULL THEN definition
              ELSE replace(definition,
                           format(' REFERENCES %s(', fk.confrelid::regclass),
                           format(' REFERENCES %s(', citus_internal.shard(fk.confrelid, other.shardid)))
         END
    FROM pg_dist_shard here
    LEFT JOIN pg_constraint fk    ON fk.oid = constraint_id AND fk.contype = 'f'
    LEFT JOIN pg_dist_shard other ON other.logicalrelid = fk.confrelid
                                 AND (other.shardminvalue IS NULL OR other.shardminvalue = here.shardminvalue)
   WHERE here.shardid = $3
$$;

-- The commands that give a shard its foreign keys, once all the shards that they refer to are there.
CREATE FUNCTION citus_internal.foreign_key_commands(rel regclass, shardid bigint)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT string_agg(format(' ALTER TABLE %s ADD CONSTRAINT %I %s;', citus_internal.shard(rel, $2),
                           citus_internal.shard_name(name, $2),
                           citus_internal.shard_constraint(id::oid, definition, $2)), '' ORDER BY id::oid)
    FROM citus_internal.table_shape
   WHERE logicalrelid = rel
     AND part = 'constraint'
     AND definition ~ '^FOREIGN KEY'
$$;

-- The distributed table has its foreign keys to be seen; the shards enforce them. So their triggers go, but for those on tables
-- that are partitioned, where they do nothing, and PostgreSQL looks for them when partitions come and go.
CREATE FUNCTION citus_internal.drop_foreign_key_triggers(rel regclass)
  RETURNS void
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  DELETE FROM pg_depend
   WHERE classid = 'pg_trigger'::regclass
     AND objid IN (SELECT t.oid
                     FROM pg_trigger    t
                     JOIN pg_constraint c ON c.oid = t.tgconstraint
                     JOIN pg_class      r ON r.oid = t.tgrelid
                    WHERE c.conrelid = rel
                      AND c.contype  = 'f'
                      AND r.relkind <> 'p');
  DELETE FROM pg_trigger
   WHERE tgconstraint IN (SELECT oid FROM pg_constraint WHERE conrelid = rel AND contype = 'f')
     AND tgrelid NOT IN (SELECT oid FROM pg_class WHERE relkind = 'p');
$$;
