-- The functions of Citus that the engine lacks: there by name, so that nobody meets "function does not exist", and
-- refusing with a sentence that says where they can be had.

DO $do$
DECLARE
  refused record;
BEGIN
  FOR refused IN
    SELECT * FROM (VALUES
      -- nodes
      ('citus_add_secondary_node(nodename text, nodeport integer, primaryname text, primaryport integer, nodecluster name DEFAULT ''default'')', 'integer'),
      ('citus_add_clone_node(replica_hostname text, replica_port integer, primary_hostname text, primary_port integer)', 'integer'),
      ('citus_add_clone_node_with_nodeid(replica_hostname text, replica_port integer, primary_nodeid integer)', 'integer'),
      ('citus_remove_clone_node(nodename text, nodeport integer)', 'void'),
      ('citus_remove_clone_node_with_nodeid(nodeid integer)', 'void'),
      ('citus_promote_clone_and_rebalance(clone_nodeid integer, rebalance_strategy name DEFAULT NULL, catchup_timeout_seconds integer DEFAULT 300)', 'void'),
      ('get_snapshot_based_node_split_plan(primary_node_name text, primary_node_port integer, replica_node_name text, replica_node_port integer, rebalance_strategy name DEFAULT NULL)', 'TABLE (table_name regclass, shardid bigint, shard_size bigint, placement_node text)'),
      ('citus_prepare_pg_upgrade()', 'void'),
      ('citus_finish_pg_upgrade()', 'void'),
      ('master_add_secondary_node(nodename text, nodeport integer, primaryname text, primaryport integer, nodecluster name DEFAULT ''default'')', 'integer'),
      ('master_get_table_ddl_events(relation text)', 'SETOF text'),
      ('master_update_shard_statistics(shard_id bigint)', 'bigint'),
      ('master_update_table_statistics(relation regclass)', 'void'),
      ('master_run_on_worker(worker_name text[], port integer[], command text[], parallel boolean)', 'TABLE (node_name text, node_port integer, success boolean, result text)'),
      -- shards
      ('citus_update_shard_statistics(shard_id bigint)', 'bigint'),
      ('citus_update_table_statistics(relation regclass)', 'void'),
      -- roles
      ('alter_role_if_exists(role_name text, utility_query text)', 'boolean')
    ) refusals (signature, result)
  LOOP
    EXECUTE format('CREATE FUNCTION pg_catalog.%s RETURNS %s LANGUAGE plpgsql SET search_path = pg_catalog AS %L',
                   refused.signature, refused.result,
                   format('BEGIN PERFORM citus_internal.refuse(%L); END',
                          'function ' || split_part(refused.signature, '(', 1)));
  END LOOP;
END $do$;
