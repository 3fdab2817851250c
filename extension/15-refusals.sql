-- What the engine lacks it refuses, in one way, with a sentence that says where it can be had.

CREATE FUNCTION citus_internal.refuse(what text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  RAISE feature_not_supported
  USING MESSAGE = format('the built-in engine has no %s; real Citus has it: use --cluster docker', what);
END $$;

-- Metadata is changed on the coordinator.
CREATE FUNCTION citus_internal.refuse_on_worker()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT citus_is_coordinator() THEN
    RAISE internal_error
    USING MESSAGE = 'operation is not allowed on this node',
          HINT    = 'Connect to the coordinator and run it again.';
  END IF;
END $$;
