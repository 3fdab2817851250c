-- Changes of distributed tables, their indexes and sequences that PostgreSQL could make, and Citus refuses.
-- They are read in the statement's text before PostgreSQL looks at it (on_ddl_start), as Citus refuses them before that.

-- One subcommand of an ALTER TABLE.
CREATE FUNCTION citus_internal.check_refused_subcommand(command text, rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF command ~* '^(enable|disable)\s+((always|replica)\s+)?trigger\M' THEN
    PERFORM citus_internal.refuse_triggers(rel);
  ELSIF command ~* '^detach\s+partition\s.*\sconcurrently\s*;?\s*$' THEN
    RAISE internal_error
    USING MESSAGE = 'ALTER TABLE .. DETACH PARTITION .. CONCURRENTLY commands are currently unsupported.';
  ELSIF command ~* '^rename\s+constraint\M' THEN
    RAISE feature_not_supported
    USING MESSAGE = 'renaming constraints belonging to distributed tables is currently unsupported';
  ELSIF command ~* ('^(cluster\s+on|set\s+without|set\s+tablespace|(no\s+)?inherit|of|not\s+of|alter\s+constraint|'
                    '(enable|disable)\s+((always|replica)\s+)?rule)\M')
     OR command ~* ('^alter\s+(column\s+)?("[^"]*"|[\w$]+)\s+'
                    '(set\s+(statistics|storage|generated|increment|start|restart|minvalue|maxvalue|cache|(no\s+)?cycle)\M|'
                    '(re)?set\s*\(|restart\M|add\s+generated\M|drop\s+(identity|expression)\M)')
  THEN
    RAISE feature_not_supported
    USING MESSAGE = 'alter table command is currently unsupported',
          DETAIL  = 'Only ADD|DROP COLUMN, SET|DROP NOT NULL, SET|DROP DEFAULT, ADD|DROP|VALIDATE CONSTRAINT, SET (), RESET (), '
                    'ENABLE|DISABLE|NO FORCE|FORCE ROW LEVEL SECURITY, ATTACH|DETACH PARTITION and TYPE subcommands are supported.';
  END IF;
END $$;

CREATE FUNCTION citus_internal.refuse_triggers(rel regclass)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF (SELECT colocationid = 0 FROM pg_dist_partition WHERE logicalrelid = rel) THEN
    RETURN;
  END IF;
  RAISE internal_error
  USING MESSAGE = format('triggers are not supported on %s tables',
                         (SELECT CASE repmodel WHEN 't' THEN 'reference' ELSE 'distributed' END
                            FROM pg_dist_partition WHERE logicalrelid = rel));
END $$;

CREATE FUNCTION citus_internal.on_refused_change()
  RETURNS event_trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  changed record;
BEGIN
  IF citus_internal.stands_aside() THEN
    RETURN;
  END IF;
  FOR changed IN
    SELECT s.oid AS id, said[2] AS command
      FROM regexp_matches(citus_internal.without_strings(current_query()),
                          '(?i)\malter\s+' || regexp_replace(lower(TG_TAG), '^alter ', '')
                          || '\s+(?:if\s+exists\s+)?((?:"[^"]*"|[\w$.])+)\s+([^;]*)', 'g') said
      JOIN pg_class s ON s.relkind IN ('S', 'i', 'I') AND citus_internal.is_name_of(said[1], s.relname)
  LOOP
    IF TG_TAG = 'ALTER SEQUENCE' THEN
      PERFORM citus_internal.check_sequence_change(changed.id, changed.command);
    ELSIF changed.command ~* '^set\s+tablespace\M'
          AND EXISTS (SELECT FROM pg_index i JOIN pg_dist_partition p ON p.logicalrelid = i.indrelid
                       WHERE i.indexrelid = changed.id)
    THEN
      RAISE feature_not_supported
      USING MESSAGE = 'alter index ... set tablespace ... is currently unsupported',
            DETAIL  = 'Only RENAME TO, SET (), RESET (), ATTACH PARTITION and SET STATISTICS are supported.';
    END IF;
  END LOOP;
END $$;

-- A sequence that a distributed table owns, or takes values from.
CREATE FUNCTION citus_internal.check_sequence_change(sequence oid, command text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  owned boolean := EXISTS (SELECT
                             FROM pg_depend         d
                             JOIN pg_dist_partition p ON p.logicalrelid = d.refobjid
                            WHERE d.classid    = 'pg_class'::regclass
                              AND d.objid      = sequence
                              AND d.refclassid = 'pg_class'::regclass
                              AND d.deptype IN ('a', 'i'));
BEGIN
  IF command ~* '^(rename|set\s+schema|set\s+(un)?logged|owner)\M'
     OR NOT owned AND NOT EXISTS (SELECT
                                    FROM pg_depend         d
                                    JOIN pg_attrdef        v ON v.oid = d.objid
                                    JOIN pg_dist_partition p ON p.logicalrelid = v.adrelid
                                   WHERE d.classid    = 'pg_attrdef'::regclass
                                     AND d.refclassid = 'pg_class'::regclass
                                     AND d.refobjid   = sequence)
  THEN
    RETURN;
  ELSIF owned AND command ~* '\mowned\s+by\s+none\M' THEN
    RAISE feature_not_supported
    USING MESSAGE = 'cannot alter OWNED BY option of a sequence already owned by a distributed table';
  END IF;
  RAISE internal_error
  USING MESSAGE = 'Altering a distributed sequence is currently not supported.';
END $$;

CREATE EVENT TRIGGER citus_refused_changes
  ON ddl_command_start
  WHEN TAG IN ('ALTER SEQUENCE', 'ALTER INDEX')
  EXECUTE FUNCTION citus_internal.on_refused_change();
