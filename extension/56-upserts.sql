-- INSERT … ON CONFLICT with columns, DO UPDATE or not.
--
-- A foreign table takes no such INSERT: only the server that has the rows knows what is in conflict. So while such a
-- statement runs the partitions are plain tables. Each is empty, with the keys of the table. A row that arrives
-- fetches the rows that are in its way, and locks them on the worker; PostgreSQL does its work on them here. When the
-- statement ends the worker is told what has become of them, and the partitions are foreign tables again.
--
-- A partition and its plain table change places in the catalog, inside the transaction. So two sessions that do this to one
-- table wait for each other.

-- Makes a row visible to a statement that began before it was fetched.
CREATE FUNCTION citus_internal.freeze(plain regclass, places tid[])
  RETURNS void
  LANGUAGE c
  STRICT
AS '$libdir/pg_surgery', 'heap_force_freeze';

-- What a statement has fetched and done, shard by shard: `place` is where the row is on the worker.
CREATE UNLOGGED TABLE citus_internal.upserted (
  shard   regclass NOT NULL,
  place   tid,
  old_row text,
  new_row text
);

-- The name that a key has on a shard.
CREATE FUNCTION citus_internal.key_name(key oid, shard regclass)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.shard_name(k.relname, substring(s.relname FROM '\d+$')::bigint)
    FROM pg_class k, pg_class s
   WHERE k.oid = key
     AND s.oid = shard
$$;

-- The partition's plain table, made anew where it is not like the partition any more.
CREATE FUNCTION citus_internal.plain_partition(rel regclass, shard regclass)
  RETURNS regclass
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  name    name := 'plain_' || shard::oid;
  -- A partition's columns keep their numbers when others are dropped. So do the keys here.
  columns text := (SELECT string_agg(CASE WHEN attisdropped THEN format('"dropped %s" int', attnum)
                                          ELSE format('%I %s', attname, format_type(atttypid, atttypmod)) END, ', ' ORDER BY attnum)
                     FROM pg_attribute WHERE attrelid = shard AND attnum > 0);
  keys    text[] := ARRAY(SELECT format('%I ON %%s%s', citus_internal.key_name(i.indexrelid, shard),
                                         replace(substring(pg_get_indexdef(i.indexrelid) FROM ' USING .*$'), '%', '%%'))
                            FROM pg_index i WHERE i.indrelid = rel AND i.indisunique ORDER BY i.indexrelid);
  plain   regclass := to_regclass(format('citus_shards_internal.%I', name));
  key     text;
  made    regclass;
  dropped name;
BEGIN
  IF obj_description(plain, 'pg_class') = concat(columns, keys) THEN
    RETURN plain;
  END IF;
  IF plain IS NOT NULL THEN
    EXECUTE format('DROP TABLE %s', plain);
  END IF;
  EXECUTE format('CREATE TABLE citus_shards_internal.%I (%s)', name, columns);
  plain := format('citus_shards_internal.%I', name);
  FOREACH key IN ARRAY keys LOOP
    EXECUTE format('CREATE UNIQUE INDEX ' || key, plain);
  END LOOP;
  FOR dropped IN SELECT attname FROM pg_attribute WHERE attrelid = plain AND attname LIKE 'dropped %' LOOP
    EXECUTE format('ALTER TABLE %s DROP COLUMN %I', plain, dropped);
  END LOOP;
  EXECUTE format('CREATE TRIGGER citus_fetch BEFORE INSERT ON %s FOR EACH ROW '
                 'EXECUTE FUNCTION citus_internal.fetch_conflicting()', plain);
  EXECUTE format('CREATE TRIGGER citus_note AFTER INSERT ON %s FOR EACH ROW '
                 'EXECUTE FUNCTION citus_internal.note_inserted()', plain);
  EXECUTE format('COMMENT ON TABLE %s IS %L', plain, concat(columns, keys));
  INSERT INTO pg_depend (classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype)
  VALUES ('pg_class'::regclass, plain, 0, 'pg_class'::regclass, shard, 0, 'a');
  RETURN plain;
END $$;

-- Lets a partition and its plain table change places.
CREATE FUNCTION citus_internal.change_places(shard regclass, plain regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  UPDATE pg_index   SET indrelid = CASE indrelid WHEN shard THEN plain ELSE shard END WHERE indrelid IN (shard, plain);
  UPDATE pg_trigger SET tgrelid  = CASE tgrelid  WHEN shard THEN plain ELSE shard END WHERE tgrelid  IN (shard, plain);
  -- As the last one: it makes this session look at both anew, also at a partition that the statement reads.
  UPDATE pg_class c
     SET relkind = o.relkind, relam = o.relam, relfilenode = o.relfilenode, reltablespace = o.reltablespace,
         reltoastrelid = o.reltoastrelid, relfrozenxid = o.relfrozenxid, relminmxid = o.relminmxid,
         relhasindex = o.relhasindex, relhastriggers = o.relhastriggers
    FROM pg_class o
   WHERE c.oid IN (shard, plain)
     AND o.oid IN (shard, plain)
     AND c.oid <> o.oid;
END $$;

CREATE FUNCTION citus_internal.begin_upsert(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  holder regclass;
  shard  regclass;
  plain  regclass;
BEGIN
  IF EXISTS (SELECT FROM pg_index WHERE indrelid = rel AND indisunique AND indexprs IS NOT NULL) THEN
    PERFORM citus_internal.refuse('ON CONFLICT for tables with unique indexes over expressions');
  END IF;
  FOR holder, shard IN SELECT t, citus_internal.partitions(t) FROM citus_internal.tables_with_rows(rel) t LOOP
    plain := citus_internal.plain_partition(holder, shard);
    EXECUTE format('DELETE FROM %s', plain);  -- what a statement that failed has left
    PERFORM citus_internal.change_places(shard, plain);
    INSERT INTO pg_inherits (inhrelid, inhparent, inhseqno, inhdetachpending)
    SELECT i.indexrelid, k.indexrelid, 1, false
      FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid
      JOIN pg_index k ON k.indrelid = holder AND k.indisunique AND citus_internal.key_name(k.indexrelid, shard) = c.relname
     WHERE i.indrelid = shard;
  END LOOP;
  PERFORM set_config('citus_internal.upserting', rel::oid::text, true);
END $$;

-- Once for each row, before PostgreSQL looks for what it is in conflict with.
CREATE FUNCTION citus_internal.fetch_conflicting()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET datestyle = 'ISO, YMD'
  SET intervalstyle = postgres
  SET extra_float_digits = 1
AS $$
DECLARE
  shard   bigint := substring(TG_TABLE_NAME FROM '\d+$');
  rel     regclass;
  key     text;
  answer  jsonb;
  fetched record;
  place   tid;
BEGIN
  IF current_setting('citus_internal.fetching', true) = 'on' THEN
    RETURN NEW;
  END IF;
  SELECT s.logicalrelid, column_to_column_name(s.logicalrelid, p.partkey)
    INTO STRICT rel, key
    FROM pg_dist_shard     s
    JOIN pg_dist_partition p USING (logicalrelid)
   WHERE s.shardid = shard;
  IF to_jsonb(NEW) ->> key IS NULL AND key IS NOT NULL THEN
    RAISE null_value_not_allowed
    USING MESSAGE = 'cannot perform an INSERT with NULL in the partition column';
  END IF;
  answer := citus_internal.ask_copies_of(citus_internal.copies(shard),
              format('SELECT citus_internal.answer(citus_internal.rows_in_conflict(%L, %L, %L)::text)',
                     citus_internal.shard(rel, shard), (NEW.*)::text, citus_internal.keys_of(TG_RELID)));
  PERFORM set_config('citus_internal.fetching', 'on', true);
  FOR fetched IN SELECT * FROM jsonb_to_recordset(answer) row (place tid, content text) LOOP
    EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %3$s FROM (SELECT $1::%1$s AS row OFFSET 0) n '
                   'ON CONFLICT DO NOTHING RETURNING ctid',
                   TG_RELID::regclass, citus_internal.stored_columns(TG_RELID),
                   citus_internal.stored_columns(TG_RELID, '(n.row).'))
       INTO place
      USING fetched.content;
    IF place IS NOT NULL THEN
      PERFORM citus_internal.freeze(TG_RELID::regclass, ARRAY[place]);
      INSERT INTO citus_internal.upserted VALUES (TG_RELID, fetched.place, fetched.content);
    END IF;
  END LOOP;
  PERFORM set_config('citus_internal.fetching', '', true);
  RETURN NEW;
END $$;

-- The columns of each unique key.
CREATE FUNCTION citus_internal.keys_of(rel regclass)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT jsonb_agg((SELECT jsonb_agg(attname) FROM pg_attribute
                     WHERE attrelid = rel AND attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])))
    FROM pg_index i
   WHERE i.indrelid = rel
     AND i.indisunique
$$;

CREATE FUNCTION citus_internal.ask_copies_of(groups int[], command text)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  answer text;
BEGIN
  IF cardinality(groups) = 1 THEN
    RETURN citus_internal.ask_group(groups[1], command);
  END IF;
  PERFORM citus_internal.server_for(groups);
  EXECUTE format('INSERT INTO citus_internal.%I VALUES ($1) RETURNING command', 'run_on_groups_' || array_to_string(groups, '_'))
     INTO answer
    USING format('SELECT citus_internal.expect_group(%s); %s', groups[1], command);
  RETURN answer;
END $$;

-- A type of an extension may have an equality of its own, a citext for example.
CREATE FUNCTION citus_internal.equal_sign(rel regclass, column_name name)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT coalesce((SELECT format('OPERATOR(%s.=)', o.oprnamespace::regnamespace)
                     FROM pg_attribute a
                     JOIN pg_operator  o ON o.oprname = '=' AND o.oprleft = a.atttypid AND o.oprright = a.atttypid
                    WHERE a.attrelid = rel
                      AND a.attname  = column_name
                      AND a.atttypid >= 16384),
                  '=')
$$;

-- On a worker.
CREATE FUNCTION citus_internal.rows_in_conflict(shard regclass, new_row text, keys jsonb)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET datestyle = 'ISO, YMD'
  SET intervalstyle = postgres
  SET extra_float_digits = 1
AS $$
DECLARE
  found jsonb;
BEGIN
  EXECUTE format('WITH locked AS (SELECT t.ctid AS place, (t.*)::text AS content '
                 '                  FROM %1$s t, (SELECT ($1::%1$s).*) n WHERE %2$s FOR UPDATE OF t) '
                 'SELECT jsonb_agg(locked) FROM locked',
                 shard,
                 (SELECT string_agg((SELECT '(' || string_agg(format('t.%1$I %2$s n.%1$I', name, citus_internal.equal_sign(shard, name)), ' AND ') || ')'
                                       FROM jsonb_array_elements_text(key) name), ' OR ')
                    FROM jsonb_array_elements(keys) key))
     INTO found
    USING new_row;
  RETURN coalesce(found, '[]');
END $$;

-- Rows that were in nobody's way. No trigger tells of those that are changed: it would keep the page of the last one in use,
-- on which no other row could be frozen.
CREATE FUNCTION citus_internal.note_inserted()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET datestyle = 'ISO, YMD'
  SET intervalstyle = postgres
  SET extra_float_digits = 1
AS $$
BEGIN
  IF coalesce(current_setting('citus_internal.fetching', true), '') <> 'on' THEN
    INSERT INTO citus_internal.upserted (shard, new_row) VALUES (TG_RELID, (NEW.*)::text);
  END IF;
  RETURN NULL;
END $$;

-- What has become of the rows that were fetched.
CREATE FUNCTION citus_internal.note_updated(shard regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET datestyle = 'ISO, YMD'
  SET intervalstyle = postgres
  SET extra_float_digits = 1
AS $$
DECLARE
  unknown bigint;
BEGIN
  EXECUTE format($q$
    WITH changed AS MATERIALIZED (
      SELECT t AS row
        FROM %1$s t
       WHERE NOT EXISTS (SELECT FROM citus_internal.upserted u
                          WHERE u.shard = $1 AND (t.*)::text IN (u.old_row, u.new_row))
    ),
    fetched AS MATERIALIZED (
      SELECT u.place, u.old_row::%1$s AS row
        FROM citus_internal.upserted u
       WHERE u.shard = $1
         AND u.old_row IS NOT NULL
    ),
    noted AS (
      UPDATE citus_internal.upserted u
         SET new_row = (c.row)::text
        FROM fetched f, changed c
       WHERE u.shard = $1
         AND u.place = f.place
         AND %2$s
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM changed) - (SELECT count(*) FROM noted)
    $q$, shard,
    (SELECT string_agg(format('(f.row).%1$I %2$s (c.row).%1$I', name, citus_internal.equal_sign(shard, name)), ' AND ')
       FROM jsonb_array_elements_text(citus_internal.keys_of(shard) -> 0) name))
   INTO unknown
  USING shard;
  IF unknown <> 0 THEN
    PERFORM citus_internal.refuse('ON CONFLICT DO UPDATE that changes the columns of a key');
  END IF;
END $$;

-- When the statement ends.
CREATE FUNCTION citus_internal.guard_upsert()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  shard regclass;
  plain regclass;
BEGIN
  IF coalesce(current_setting('citus_internal.upserting', true), '') <> TG_RELID::text THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('citus_internal.upserting', '', true);
  FOR shard IN SELECT relid FROM pg_partition_tree(TG_RELID) WHERE isleaf LOOP
    plain := format('citus_shards_internal.%I', 'plain_' || shard::oid);
    PERFORM citus_internal.note_updated(shard);
    DELETE FROM pg_inherits WHERE inhrelid IN (SELECT indexrelid FROM pg_index WHERE indrelid = shard);
    PERFORM citus_internal.change_places(shard, plain);
    EXECUTE format('DELETE FROM %s', plain);
  END LOOP;
  PERFORM citus_internal.ask_copies_of(citus_internal.copies(s.shardid),
            format('SELECT citus_internal.apply_upsert(%L, %L, %L, %L)', citus_internal.shard(s.logicalrelid, s.shardid),
                   array_agg(u.new_row) FILTER (WHERE u.place IS NULL),
                   array_agg(u.place)   FILTER (WHERE u.place IS NOT NULL),
                   array_agg(u.new_row) FILTER (WHERE u.place IS NOT NULL)))
     FROM citus_internal.upserted u
     JOIN pg_class      c ON c.oid = u.shard
     JOIN pg_dist_shard s ON s.shardid = substring(c.relname FROM '\d+$')::bigint
    WHERE u.new_row IS NOT NULL
    GROUP BY s.shardid, s.logicalrelid;
  DELETE FROM citus_internal.upserted;
  RETURN NULL;
END $$;

-- On a worker.
CREATE FUNCTION citus_internal.apply_upsert(shard regclass, inserted text[], places tid[], updated text[])
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
  SET datestyle = 'ISO, YMD'
  SET intervalstyle = postgres
  SET extra_float_digits = 1
AS $$
BEGIN
  IF places IS NOT NULL THEN
    EXECUTE format('UPDATE %1$s t SET (%2$s) = ROW(%3$s) '
                   '  FROM (SELECT place, content::%1$s AS row FROM unnest($1, $2) changed (place, content) OFFSET 0) n '
                   ' WHERE t.ctid = n.place',
                   shard, citus_internal.stored_columns(shard), citus_internal.stored_columns(shard, '(n.row).'))
    USING places, updated;
  END IF;
  IF inserted IS NOT NULL THEN
    PERFORM citus_internal.replay_insert(shard, inserted);
  END IF;
END $$;
