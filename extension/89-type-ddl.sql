-- What happens later to types that distributed tables use. An enum gets new labels, and new names for them, on the workers, too;
-- what else there is to change about a type is refused.

CREATE FUNCTION citus_internal.on_type_ddl()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  type    record;
  worker  int;
  renamed text[] := regexp_match(current_query(),
                      '(?i)\mrename\s+value\s+(''(?:[^'']|'''')*'')\s+to\s+(''(?:[^'']|'''')*'')');
BEGIN
  IF citus_internal.engine_at_work() OR (SELECT groupid FROM pg_dist_local_group) <> 0 THEN
    RETURN;
  END IF;
  FOR type IN
    SELECT t.oid, t.typtype,
           ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder) AS labels
      FROM pg_event_trigger_ddl_commands() d
      JOIN pg_type t ON d.classid = 'pg_type'::regclass  AND t.oid = d.objid
                     OR d.classid = 'pg_class'::regclass AND t.typrelid = d.objid
     WHERE EXISTS (SELECT FROM pg_dist_partition p
                    WHERE citus_internal.type_commands(p.logicalrelid)
                          ~ ('ensure_type\(''[^'']*'', ''' || regexp_replace(t.oid::regtype::text, '([^\w.])', '\\\1', 'g') || ''''))
  LOOP
    IF type.typtype <> 'e' OR renamed IS NULL AND current_query() !~* '\madd\s+value\M' THEN
      PERFORM citus_internal.refuse('changing a type that distributed tables use, but for ALTER TYPE … ADD VALUE and RENAME VALUE');
    END IF;
    FOR worker IN SELECT groupid FROM pg_dist_node WHERE groupid <> 0 AND isactive AND noderole = 'primary' ORDER BY 1 LOOP
      PERFORM citus_internal.run_on_group(worker,
                CASE WHEN renamed IS NULL
                     THEN format('SELECT citus_internal.ensure_labels(%L, %L)', type.oid::regtype, type.labels)
                     ELSE format('ALTER TYPE %s RENAME VALUE %s TO %s', type.oid::regtype, renamed[1], renamed[2]) END);
    END LOOP;
  END LOOP;
END $$;

CREATE EVENT TRIGGER citus_type_ddl
  ON ddl_command_end
  WHEN TAG IN ('ALTER TYPE', 'ALTER DOMAIN')
  EXECUTE FUNCTION citus_internal.on_type_ddl();
