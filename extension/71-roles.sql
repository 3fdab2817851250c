-- Roles, as objects that are on every node (36-objects.sql). No event trigger is told of them. So whoever sends the CREATE ROLE of a
-- learner calls tell_roles() afterwards; and it is called where somebody could notice that a worker lacks one.

-- Of the password only whether it has changed.
CREATE FUNCTION citus_internal.role_state(object oid)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT jsonb_build_object(
           'id', quote_ident(rolname), 'name', quote_ident(rolname),
           'options', concat_ws(' ',
             CASE WHEN rolsuper       THEN 'SUPERUSER'   ELSE 'NOSUPERUSER'   END,
             CASE WHEN rolinherit     THEN 'INHERIT'     ELSE 'NOINHERIT'     END,
             CASE WHEN rolcreaterole  THEN 'CREATEROLE'  ELSE 'NOCREATEROLE'  END,
             CASE WHEN rolcreatedb    THEN 'CREATEDB'    ELSE 'NOCREATEDB'    END,
             CASE WHEN rolcanlogin    THEN 'LOGIN'       ELSE 'NOLOGIN'       END,
             CASE WHEN rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
             CASE WHEN rolbypassrls   THEN 'BYPASSRLS'   ELSE 'NOBYPASSRLS'   END,
             format('CONNECTION LIMIT %s VALID UNTIL %L', rolconnlimit, coalesce(rolvaliduntil, 'infinity'))),
           'password', md5(rolpassword),
           'settings', (SELECT jsonb_object_agg(split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1))
                          FROM pg_db_role_setting, unnest(setconfig) setting
                         WHERE setrole = object AND setdatabase = 0),
           'member of', (SELECT jsonb_object_agg(roleid::regrole,
                                                 format('ADMIN %s, INHERIT %s, SET %s', admin, inherits, sets))
                           FROM (SELECT roleid, bool_or(admin_option)::text AS admin, bool_or(inherit_option)::text AS inherits,
                                        bool_or(set_option)::text AS sets
                                   FROM pg_auth_members WHERE member = object GROUP BY roleid) granted))
    FROM pg_authid
   WHERE oid = object
     AND oid >= 16384
$$;

CREATE FUNCTION citus_internal.create_role_command(state jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT citus_internal.alter_role_command('{}', state)
$$;

CREATE FUNCTION citus_internal.alter_role_command(was jsonb, now_is jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT concat_ws('; ',
           CASE WHEN was -> 'name' <> now_is -> 'name'
                THEN format('ALTER ROLE %s RENAME TO %s', was ->> 'id', now_is ->> 'id')
                ELSE format('SELECT citus_internal.ensure_role(%L)', now_is ->> 'id') END,
           format('ALTER ROLE %s WITH %s PASSWORD %L', now_is ->> 'id', now_is ->> 'options',
                  (SELECT rolpassword FROM pg_authid WHERE oid = to_regrole(now_is ->> 'id'))),
           format('ALTER ROLE %s RESET ALL', now_is ->> 'id'),
           (SELECT string_agg(format('ALTER ROLE %s SET %s = %L', now_is ->> 'id', key, value), '; ')
              FROM jsonb_each_text(now_is -> 'settings')),
           (SELECT string_agg(format('SELECT citus_internal.ensure_role(%2$L); REVOKE %2$s FROM %1$s', now_is ->> 'id', key), '; ')
              FROM jsonb_each(was -> 'member of') had
             WHERE had.value IS DISTINCT FROM now_is -> 'member of' -> key),
           (SELECT string_agg(format('SELECT citus_internal.ensure_role(%2$L); GRANT %2$s TO %1$s WITH %3$s',
                                     now_is ->> 'id', key, value), '; ')
              FROM jsonb_each_text(now_is -> 'member of')))
$$;

-- On a worker: unless something there is still its own.
CREATE FUNCTION citus_internal.drop_role(role text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format('DROP ROLE IF EXISTS %s', role);
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END $$;

-- Tells the workers of roles that were created, altered, granted to each other or dropped. Outside of the transaction where it is
-- about to reach a worker on several connections.
CREATE FUNCTION citus_internal.tell_roles(outside boolean DEFAULT false)
  RETURNS void
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog
AS $$
DECLARE
  changed    record;
  command    text;
  is_renamed boolean := false;
BEGIN
  IF (SELECT groupid FROM pg_dist_local_group) <> 0 OR NOT current_setting('citus.enable_ddl_propagation', true)::boolean THEN
    RETURN;
  END IF;
  FOR changed IN
    SELECT objid, t.state AS was, citus_internal.object_state('pg_authid'::regclass, r.objid) AS now_is
      FROM (SELECT oid AS objid FROM pg_authid WHERE oid >= 16384) r
      FULL JOIN (SELECT * FROM citus_internal.told_object WHERE classid = 'pg_authid'::regclass) t USING (objid)
     ORDER BY objid
  LOOP
    CONTINUE WHEN changed.was = changed.now_is
               OR changed.was IS NULL AND NOT current_setting('citus.enable_create_role_propagation', true)::boolean;
    IF changed.now_is IS NULL THEN
      command := format('SELECT citus_internal.drop_role(%L)', changed.was ->> 'id');
      PERFORM citus_internal.forget_object('pg_authid'::regclass, changed.objid);
    ELSE
      command    := citus_internal.alter_role_command(coalesce(changed.was, '{}'), changed.now_is);
      is_renamed := is_renamed OR changed.was -> 'id' <> changed.now_is -> 'id';
      PERFORM citus_internal.remember_object('pg_authid'::regclass, changed.objid, changed.now_is);
    END IF;
    IF outside THEN
      PERFORM citus_internal.run_on_workers_apart(command);
    ELSE
      PERFORM citus_internal.make_on_workers(command);
    END IF;
  END LOOP;
  IF is_renamed THEN
    PERFORM citus_internal.respell_all();
  END IF;
  IF NOT outside THEN
    PERFORM citus_internal.tell_privileges();  -- REASSIGN OWNED calls nobody either
  END IF;
END $$;
