-- Copies that differ, found and made equal.
--
-- A write to two copies is committed on the second, then on the first: there is no two-phase commit between workers. A
-- server that stops just then leaves the second one ahead, by a write that everybody was told has failed. So when a
-- server has been started since the copies of a shard were last known to be equal, they are compared before the next
-- write, and get what the first has.

-- On a worker that has the first copy: when the servers of all copies were started, as of the last comparison.
CREATE TABLE citus_internal.settled (
  shard  text NOT NULL PRIMARY KEY,
  starts text NOT NULL
);

-- The same for equal rows, in whatever order.
CREATE FUNCTION citus_internal.fingerprint(shard regclass)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET datestyle = 'ISO, YMD'
  SET intervalstyle = postgres
  SET timezone = 'GMT'
  SET extra_float_digits = 1
AS $$
DECLARE
  print text;
BEGIN
  EXECUTE format('SELECT count(*) || $1 || coalesce(sum(hashtextextended((t.*)::text, 0)), 0) FROM %s t', shard)
     INTO print
    USING ' rows, ';
  RETURN print;
END $$;

-- On the node that has the first copies of these shards. Returns those of which a copy was not equal. `originals` are their
-- names here, where those are other ones.
CREATE FUNCTION citus_internal.settle_copies(groups int[], shards text[], originals text[] DEFAULT NULL)
  RETURNS text[]
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  known    text   := format('%s: %s', groups, pg_postmaster_start_time());
  repaired text[] := '{}';
  shard    text;
  original regclass;
  other    int;
BEGIN
  PERFORM citus_internal.expect_group(groups[1]);
  FOREACH other IN ARRAY groups[2:] LOOP
    known := concat_ws(', ', known,
                citus_internal.ask_group(other, 'SELECT citus_internal.answer(pg_catalog.pg_postmaster_start_time()::text)'));
  END LOOP;
  FOREACH shard IN ARRAY ARRAY(SELECT s FROM unnest(shards) s
                                WHERE NOT EXISTS (SELECT FROM citus_internal.settled o
                                                   WHERE o.shard = s AND o.starts = known)
                                ORDER BY s)
  LOOP
    original := coalesce(originals[array_position(shards, shard)], shard);
    FOREACH other IN ARRAY groups[2:] LOOP
      CONTINUE WHEN citus_internal.fingerprint(original)
                  = citus_internal.ask_group(other, format('SELECT citus_internal.answer(citus_internal.fingerprint(%L))', shard));
      PERFORM citus_internal.run_on_group(other, format('SELECT citus_internal.empty_copy(%L)', shard));
      PERFORM citus_internal.send_rows(original, shard, other);
      repaired := array_remove(repaired, shard) || shard;
    END LOOP;
    INSERT INTO citus_internal.settled VALUES (shard, known)
    ON CONFLICT ON CONSTRAINT settled_pkey DO UPDATE SET starts = excluded.starts;
  END LOOP;
  RETURN repaired;
END $$;

-- On a node: rows that refer to those of a copy stay, for these come back.
CREATE FUNCTION citus_internal.empty_copy(copy regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET session_replication_role = replica
AS $$
BEGIN
  EXECUTE format('DELETE FROM %s', copy);
END $$;

-- On the coordinator: for all shards of a table. Says which copies differed, returns how many.
CREATE FUNCTION citus_internal.settle_table(rel regclass)
  RETURNS int
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  list   record;
  answer text;
  found  int := 0;
BEGIN
  FOR list IN
    SELECT citus_internal.copies(s.shardid) AS groups, array_agg(citus_internal.shard(rel, s.shardid)) AS shards
      FROM pg_dist_shard s
     WHERE s.logicalrelid = rel
     GROUP BY 1
     ORDER BY 1
  LOOP
    CONTINUE WHEN cardinality(list.groups) = 1;
    IF list.groups[1] = 0 THEN  -- a reference table
      answer := array_to_string(citus_internal.settle_copies(list.groups, list.shards, ARRAY[rel::text]), ', ');
    ELSE
      PERFORM citus_internal.server_for(list.groups);
      EXECUTE format('INSERT INTO citus_internal.%I VALUES ($1) RETURNING command',
                     'run_on_groups_' || array_to_string(list.groups, '_'))
         INTO answer
        USING format('SELECT citus_internal.answer(pg_catalog.array_to_string(citus_internal.settle_copies(%L, %L), %L))',
                     list.groups, list.shards, ', ');
    END IF;
    IF answer <> '' THEN
      RAISE WARNING 'the copies of % were not equal, and are again', answer
      USING DETAIL = 'A worker stopped while a write was committed. That write has failed, and is taken back.';
      found := found + 1 + regexp_count(answer, ',');
    END IF;
  END LOOP;
  RETURN found;
END $$;

-- Before a write to a table with copies; not more than once a second in a session, for it costs as much as a small write.
CREATE FUNCTION citus_internal.guard_copies()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  setting text   := 'citus_internal.settled_' || TG_RELID::oid;
  now_s   float8 := extract(epoch FROM clock_timestamp());
BEGIN
  IF now_s - coalesce(nullif(current_setting(setting, true), '')::float8, 0) > 1 THEN
    PERFORM citus_internal.settle_table(TG_RELID);
    PERFORM set_config(setting, now_s::text, false);
  END IF;
  RETURN NULL;
END $$;

-- In Citus this ends what a node that stopped has left between the phases of a commit. Returns how much there was.
CREATE FUNCTION pg_catalog.recover_prepared_transactions()
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
BEGIN
  PERFORM citus_internal.refuse_on_worker();
  RETURN (SELECT coalesce(sum(citus_internal.settle_table(logicalrelid)), 0)
            FROM pg_dist_partition
           WHERE repmodel IN ('c', 't'));
END $$;
