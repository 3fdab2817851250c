-- The names that functions had before Citus 10, for those who have them in their fingers.

DO $do$
DECLARE
  old record;
BEGIN
  FOR old IN
    SELECT * FROM (VALUES
      ('master_add_node(nodename text, nodeport integer, groupid integer DEFAULT -1, noderole noderole DEFAULT ''primary'', nodecluster name DEFAULT ''default'')', 'integer', 'citus_add_node($1, $2, $3, $4, $5)'),
      ('master_add_inactive_node(nodename text, nodeport integer, groupid integer DEFAULT -1, noderole noderole DEFAULT ''primary'', nodecluster name DEFAULT ''default'')', 'integer', 'citus_add_inactive_node($1, $2, $3, $4, $5)'),
      ('master_activate_node(nodename text, nodeport integer)', 'integer', 'citus_activate_node($1, $2)'),
      ('master_disable_node(nodename text, nodeport integer)', 'void', 'citus_disable_node($1, $2)'),
      ('master_remove_node(nodename text, nodeport integer)', 'void', 'citus_remove_node($1, $2)'),
      ('master_update_node(node_id integer, new_node_name text, new_node_port integer, force boolean DEFAULT false, lock_cooldown integer DEFAULT 10000)', 'void', 'citus_update_node($1, $2, $3, $4, $5)'),
      ('master_set_node_property(nodename text, nodeport integer, property text, value boolean)', 'void', 'citus_set_node_property($1, $2, $3, $4)'),
      ('master_drain_node(nodename text, nodeport integer, shard_transfer_mode citus.shard_transfer_mode DEFAULT ''auto'', rebalance_strategy name DEFAULT NULL)', 'void', 'citus_drain_node($1, $2, $3, $4)'),
      ('master_get_active_worker_nodes(OUT node_name text, OUT node_port bigint)', 'SETOF record', '* FROM citus_get_active_worker_nodes()'),
      ('master_move_shard_placement(shard_id bigint, source_node_name text, source_node_port integer, target_node_name text, target_node_port integer, shard_transfer_mode citus.shard_transfer_mode DEFAULT ''auto'')', 'void', 'citus_move_shard_placement($1, $2, $3, $4, $5, $6)'),
      ('master_copy_shard_placement(shard_id bigint, source_node_name text, source_node_port integer, target_node_name text, target_node_port integer, do_repair boolean DEFAULT true, transfer_mode citus.shard_transfer_mode DEFAULT ''auto'')', 'void', 'citus_copy_shard_placement($1, $2, $3, $4, $5, $7)')
    ) names (signature, result, is_now)
  LOOP
    EXECUTE format('CREATE FUNCTION pg_catalog.%s RETURNS %s LANGUAGE sql SET search_path = pg_catalog AS %L',
                   old.signature, old.result, 'SELECT ' || old.is_now);
  END LOOP;
END $do$;

CREATE PROCEDURE pg_catalog.citus_cleanup_orphaned_shards()
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  RAISE WARNING 'citus_cleanup_orphaned_shards is deprecated. Use citus_cleanup_orphaned_resources instead';
END $$;
