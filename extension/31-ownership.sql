-- Owners and privileges of objects that are on every node (36-objects.sql).

-- Who may do what with an object: {"alice": ["EXECUTE"]}. NULL where it is as nobody has said anything.
CREATE FUNCTION citus_internal.privileges(acl aclitem[], owner oid)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT CASE WHEN acl IS NOT NULL THEN coalesce(jsonb_object_agg(role, granted), '{}') END
    FROM (SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS role,
                 jsonb_agg(privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
                           ORDER BY privilege_type) AS granted
            FROM aclexplode(acl)
           WHERE grantee <> owner
           GROUP BY 1) by_role
$$;

-- Gives an object on a node its owner and privileges, in the place of those that it has. NULL where they are the same.
CREATE FUNCTION citus_internal.ownership_command(what text, was jsonb, now_is jsonb)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT nullif(concat_ws('; ',
           CASE WHEN was ->> 'owner' IS DISTINCT FROM now_is ->> 'owner'
                THEN format('SELECT citus_internal.ensure_role(%1$L); ALTER %2$s %3$s OWNER TO %1$s',
                            coalesce(now_is ->> 'owner', quote_ident(citus_internal.superuser())), what, now_is ->> 'id')
           END,
           CASE WHEN was -> 'privileges' IS DISTINCT FROM now_is -> 'privileges' THEN
             concat_ws('; ',
               (SELECT string_agg(format('REVOKE ALL ON %s %s FROM %s', what, now_is ->> 'id', role), '; ')
                  FROM (SELECT 'PUBLIC' UNION SELECT jsonb_object_keys(was -> 'privileges')) had (role)
                 WHERE role = 'PUBLIC' OR to_regrole(role) IS NOT NULL),
               (SELECT string_agg(CASE role WHEN 'PUBLIC' THEN '' ELSE format('SELECT citus_internal.ensure_role(%L); ', role) END
                                  || format('GRANT %s ON %s %s TO %s%s', split_part(privilege, ' WITH', 1), what, now_is ->> 'id',
                                            role, substring(privilege FROM ' WITH GRANT OPTION$')), '; ')
                  FROM jsonb_each(now_is -> 'privileges') g (role, granted), jsonb_array_elements_text(granted) privilege))
           END), '')
$$;
