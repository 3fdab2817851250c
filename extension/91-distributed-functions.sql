-- create_distributed_function: a function that is on every node, and for Citus has an argument that says on which it runs. Here
-- every function runs on the coordinator; the metadata are as in Citus.

-- Without a search_path of its own: colocate_with is a name on the user's.
CREATE FUNCTION pg_catalog.create_distributed_function(
                  function_name         regprocedure,
                  distribution_arg_name text    DEFAULT NULL,
                  colocate_with         text    DEFAULT 'default',
                  force_delegation      boolean DEFAULT NULL)
  RETURNS void
  LANGUAGE plpgsql
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  made     pg_proc;
  other    pg_dist_partition;
  argument int;
  place    int;
  is_told  boolean;
BEGIN
  IF function_name IS NULL THEN
    RAISE internal_error
    USING MESSAGE = 'the first parameter for create_distributed_function() should be a single a valid function or procedure '
                    'name followed by a list of parameters in parantheses',
          HINT    = 'skip the parameters with OUT argtype as they are not part of the signature in PostgreSQL';
  ELSIF colocate_with IS NULL THEN
    RAISE internal_error
    USING MESSAGE = 'colocate_with parameter should not be NULL',
          HINT    = 'To use the default value, set colocate_with option to "default"';
  END IF;
  IF lower(colocate_with) <> 'default' THEN
    SELECT * INTO other FROM pg_dist_partition WHERE logicalrelid = colocate_with::regclass;
  END IF;
  PERFORM citus_internal.refuse_on_worker();
  SELECT * INTO made FROM pg_proc WHERE oid = function_name;

  is_told := EXISTS (SELECT FROM pg_dist_object
                      WHERE classid = 'pg_proc'::regclass AND objid = function_name AND colocationid IS NULL);
  IF is_told AND distribution_arg_name IS NULL AND lower(colocate_with) = 'default' AND force_delegation IS NULL THEN
    RAISE NOTICE USING
      MESSAGE = format('procedure %I.%I is already distributed', made.pronamespace::regnamespace, made.proname),
      DETAIL  = 'Citus distributes procedures with CREATE [PROCEDURE|FUNCTION|AGGREGATE] commands';
    RETURN;
  END IF;

  IF distribution_arg_name IS NOT NULL THEN
    argument := citus_internal.argument_index(made, distribution_arg_name);
    place    := citus_internal.group_of_argument(made, made.proargtypes[argument], colocate_with, other);
  ELSIF lower(colocate_with) <> 'default' THEN
    IF other.partkey IS NOT NULL OR other.logicalrelid IS NULL THEN
      RAISE invalid_parameter_value
      USING MESSAGE = format('cannot distribute the function "%s" since the distribution argument is not valid ', made.proname),
            HINT    = 'To provide "colocate_with" option with a distributed table, the distribution argument parameter should '
                      'also be provided';
    END IF;
    place := other.colocationid;
  END IF;

  IF function_name::oid >= 16384 AND NOT is_told THEN
    PERFORM citus_internal.make_object('pg_proc'::regclass, function_name);
  END IF;
  INSERT INTO pg_dist_object (classid, objid, objsubid, distribution_argument_index, colocationid, force_delegation)
  VALUES ('pg_proc'::regclass, function_name, 0, argument, place, CASE WHEN argument IS NOT NULL THEN $4 END)
  ON CONFLICT ON CONSTRAINT pg_dist_object_pkey DO UPDATE
    SET distribution_argument_index = EXCLUDED.distribution_argument_index,
        colocationid                = EXCLUDED.colocationid,
        force_delegation            = EXCLUDED.force_delegation;
END $$;

-- From 0. The argument is named, or given as $1.
CREATE FUNCTION citus_internal.argument_index(made pg_proc, argument text)
  RETURNS int
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  index int := CASE WHEN argument LIKE '$%' THEN substr(argument, 2)::int
                    ELSE (SELECT min(n) FROM unnest(made.proargnames) WITH ORDINALITY a (name, n)
                           WHERE lower(name) = lower(argument)) END;
BEGIN
  IF index BETWEEN 1 AND greatest(made.pronargs, cardinality(made.proallargtypes)) THEN
    RETURN index - 1;
  END IF;
  RAISE invalid_parameter_value
  USING MESSAGE = format('cannot distribute the function "%s" since the distribution argument is not valid', made.proname)
                  || CASE WHEN argument LIKE '$%' THEN '' ELSE ' ' END,
        HINT    = 'Either provide a valid function argument name or a valid "$paramIndex" to create_distributed_function()';
END $$;

-- The group of tables whose keys an argument can be.
CREATE FUNCTION citus_internal.group_of_argument(made pg_proc, type regtype, colocate_with text, other pg_dist_partition)
  RETURNS int
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  found    int;
  key_type regtype;
  failure  text := format('cannot colocate function "%s" and table "%s"', made.proname, citus_internal.bare_name(other.logicalrelid));
BEGIN
  IF lower(colocate_with) = 'default' THEN
    found := (SELECT min(colocationid)
                FROM pg_dist_colocation
               WHERE distributioncolumntype = type
                 AND shardcount        = citus_internal.setting('citus.shard_count', 1, 64000)
                 AND replicationfactor = citus_internal.setting('citus.shard_replication_factor', 1, 100));
    IF found IS NULL THEN
      RAISE invalid_parameter_value
      USING MESSAGE = format('cannot distribute the function "%s" since there is no table to colocate with', made.proname),
            HINT    = 'Provide a distributed table via "colocate_with" option to create_distributed_function()';
    END IF;
    RETURN found;
  END IF;
  IF other.logicalrelid IS NULL THEN
    RAISE internal_error USING MESSAGE = format('relation %s is not distributed', colocate_with);
  ELSIF other.partkey IS NULL THEN
    RAISE feature_not_supported
    USING MESSAGE = format('%s because distribution arguments are not supported when colocating with %s.', failure,
                           CASE other.repmodel WHEN 't' THEN 'reference tables' ELSE 'single shard distributed tables' END);
  ELSIF other.repmodel = 'c' THEN
    RAISE internal_error
    USING MESSAGE = failure,
          DETAIL  = 'Citus currently only supports colocating function with distributed tables that are created using streaming '
                    'replication model.',
          HINT    = 'When distributing tables make sure that citus.shard_replication_factor = 1';
  END IF;
  key_type := (SELECT atttypid FROM pg_attribute
                WHERE attrelid = other.logicalrelid AND attnum = citus_internal.var_to_column(other.partkey));
  IF NOT citus_internal.can_be_cast(key_type, type) THEN
    RAISE internal_error  -- Citus has the names the wrong way round
    USING MESSAGE = format('cannot colocate function "%s" and table "%s" because distribution column types don''t match and there '
                           'is no coercion path', citus_internal.bare_name(other.logicalrelid), made.proname);
  END IF;
  RETURN other.colocationid;
END $$;

CREATE FUNCTION citus_internal.can_be_cast(source regtype, target regtype)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT source = target
         OR EXISTS (SELECT FROM pg_cast WHERE castsource = source AND casttarget = target)
         OR 'S' IN (SELECT typcategory FROM pg_type WHERE oid IN (source, target))
$$;
