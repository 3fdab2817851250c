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

-- On the node that has the first copies of these shards. Returns those of which a copy was not equal. A reference
-- table is the only one, and goes by its own name here.
--
-- Others write meanwhile, and each server shows what was committed when the transaction came to it first. So copies may
-- only seem to differ. They are made equal where nobody else writes to the shard, and nobody has since that moment;
-- else the next write looks again.
CREATE FUNCTION citus_internal.settle_copies(groups int[], shards text[], reference regclass DEFAULT NULL)
  RETURNS text[]
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  known     text   := format('%s: %s', groups, pg_postmaster_start_time());
  repaired  text[] := '{}';
  unsettled text[];
  differing text[];
  shard     text;
  original  regclass;
  other     int;
BEGIN
  PERFORM citus_internal.expect_group(groups[1]);
  FOREACH other IN ARRAY groups[2:] LOOP
    known := concat_ws(', ', known,
                citus_internal.ask_group(other, 'SELECT citus_internal.answer(pg_catalog.pg_postmaster_start_time()::text)'));
  END LOOP;
  unsettled := ARRAY(SELECT s FROM unnest(shards) s
                      WHERE NOT EXISTS (SELECT FROM citus_internal.settled o
                                         WHERE o.shard = s AND o.starts = known)
                      ORDER BY s);
  differing := ARRAY(SELECT s FROM unnest(unsettled) s, unnest(groups[2:]) g
                      WHERE citus_internal.copy_differs(coalesce(reference, s::regclass), s, g)
                      GROUP BY s
                      ORDER BY s);
  IF differing <> '{}'
     AND NOT citus_internal.is_alone_with(coalesce(reference::text, array_to_string(differing, ', ')), groups[2:])
  THEN
    unsettled := ARRAY(SELECT s FROM unnest(unsettled) s WHERE s <> ALL (differing));
    differing := '{}';
  END IF;
  FOREACH shard IN ARRAY differing LOOP
    original := coalesce(reference, shard::regclass);
    FOREACH other IN ARRAY groups[2:] LOOP
      CONTINUE WHEN NOT citus_internal.copy_differs(original, shard, other);
      PERFORM citus_internal.run_on_group(other, format('SELECT citus_internal.empty_copy(%L)', shard));
      PERFORM citus_internal.send_rows(original, shard, other);
      repaired := array_remove(repaired, shard) || shard;
    END LOOP;
  END LOOP;
  PERFORM citus_internal.note_settled(unsettled, known);
  RETURN repaired;
END $$;

CREATE FUNCTION citus_internal.copy_differs(original regclass, copy text, other int)
  RETURNS boolean
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.fingerprint(original)
         <> citus_internal.ask_group(other, format('SELECT citus_internal.answer(citus_internal.fingerprint(%L))', copy))
$$;

-- Whether nobody else writes to these tables, from now to the end of the transaction, and all that was ever written to
-- them and their copies is seen here.
CREATE FUNCTION citus_internal.is_alone_with(tables text, others int[])
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE NOWAIT', tables);
  RETURN NOT citus_internal.has_old_snapshot()
         AND NOT EXISTS (SELECT FROM unnest(others) other
                          WHERE citus_internal.ask_group(other,
                                  'SELECT citus_internal.answer(citus_internal.has_old_snapshot()::text)')::boolean);
EXCEPTION WHEN lock_not_available THEN
  RETURN false;
END $$;

-- Whether others have committed since this transaction's snapshot was taken.
CREATE FUNCTION citus_internal.has_old_snapshot()
  RETURNS boolean
  LANGUAGE sql
  SET search_path = pg_catalog
AS $$
  SELECT EXISTS (SELECT
                   FROM generate_series(pg_snapshot_xmin(taken)::text::bigint, pg_current_xact_id()::text::bigint - 1) number,
                        CAST(number::text AS xid8) AS xact
                  WHERE NOT pg_visible_in_snapshot(xact, taken)
                    AND pg_xact_status(xact) = 'committed')
    FROM pg_current_snapshot() taken
$$;

-- Where another transaction notes something at the same time, its note will do.
CREATE FUNCTION citus_internal.note_settled(shards text[], known text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF shards <> '{}' THEN
    LOCK TABLE citus_internal.settled IN SHARE ROW EXCLUSIVE MODE NOWAIT;
    INSERT INTO citus_internal.settled
    SELECT s, known FROM unnest(shards) s
    ON CONFLICT ON CONSTRAINT settled_pkey DO UPDATE SET starts = excluded.starts;
  END IF;
EXCEPTION WHEN lock_not_available OR serialization_failure THEN
  NULL;
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
      answer := array_to_string(citus_internal.settle_copies(list.groups, list.shards, rel), ', ');
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
