-- Whoever may write to a table, or drop one, need not be able to reach the workers: what triggers do, they do as the
-- extension's owner.

DO $$
DECLARE
  watcher regprocedure;
BEGIN
  FOR watcher IN
    SELECT oid
      FROM pg_proc
     WHERE pronamespace = 'citus_internal'::regnamespace
       AND prorettype IN ('trigger'::regtype, 'event_trigger'::regtype)
  LOOP
    EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER', watcher);
  END LOOP;
END $$;
