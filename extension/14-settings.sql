-- The settings that Citus has, and the values that they take.
--
-- To PostgreSQL they are placeholders: it takes any value, and a name that no setting has. Only a library could tell it otherwise, and
-- SET calls no trigger. So whoever sends the SET of a learner asks here first.

CREATE TABLE citus_internal.setting (
  name    text NOT NULL PRIMARY KEY,
  kind    text NOT NULL,  -- as in pg_settings
  lowest  double precision,
  highest double precision,
  unit    text,
  choices text[],
  context text NOT NULL   -- as in pg_settings
);

INSERT INTO citus_internal.setting VALUES
  ('citus.all_modifications_commutative', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.allow_modifications_from_workers_to_replicated_tables', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.allow_nested_distributed_execution', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.allow_unsafe_constraints', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.allow_unsafe_locks_from_workers', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.background_task_queue_interval', 'integer', -1, 604800000, 'ms', NULL, 'sighup'),
  ('citus.check_available_space_before_move', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.cluster_name', 'string', NULL, NULL, NULL, NULL, 'superuser-backend'),
  ('citus.coordinator_aggregation_strategy', 'enum', NULL, NULL, NULL, '{disabled,row-gather}', 'user'),
  ('citus.copy_switchover_threshold', 'integer', 1, 2147483647, 'B', NULL, 'user'),
  ('citus.count_distinct_error_rate', 'real', 0, 1, NULL, NULL, 'user'),
  ('citus.cpu_priority', 'integer', -20, 19, NULL, NULL, 'superuser'),
  ('citus.cpu_priority_for_logical_replication_senders', 'enum', NULL, NULL, NULL, '{inherit,-20,-19,-18,-17,-16,-15,-14,-13,-12,-11,-10,-9,-8,-7,-6,-5,-4,-3,-2,-1,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19}', 'superuser'),
  ('citus.create_object_propagation', 'enum', NULL, NULL, NULL, '{deferred,automatic,immediate}', 'user'),
  ('citus.defer_drop_after_shard_move', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.defer_drop_after_shard_split', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.defer_shard_delete_interval', 'integer', -1, 604800000, 'ms', NULL, 'sighup'),
  ('citus.desired_percent_disk_available_after_move', 'real', 0, 100, NULL, NULL, 'sighup'),
  ('citus.distributed_deadlock_detection_factor', 'real', -1, 1000, NULL, NULL, 'sighup'),
  ('citus.enable_alter_database_owner', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_alter_role_propagation', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_alter_role_set_propagation', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_binary_protocol', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_change_data_capture', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_cluster_clock', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_cost_based_connection_establishment', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_create_database_propagation', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_create_role_propagation', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_create_type_propagation', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_ddl_propagation', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_deadlock_prevention', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_fast_path_router_planner', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_local_execution', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_local_fast_path_query_optimization', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_local_reference_table_foreign_keys', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_manual_changes_to_shards', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_manual_metadata_changes_for_user', 'string', NULL, NULL, NULL, NULL, 'sighup'),
  ('citus.enable_metadata_sync', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_non_colocated_router_query_pushdown', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_outer_joins_with_pseudoconstant_quals_pre_pg17', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_recurring_outer_join_pushdown', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_repartition_joins', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_repartitioned_insert_select', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_router_execution', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_schema_based_sharding', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_single_hash_repartition_joins', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_stat_counters', 'bool', NULL, NULL, NULL, NULL, 'superuser'),
  ('citus.enable_statistics_collection', 'bool', NULL, NULL, NULL, NULL, 'sighup'),
  ('citus.enable_unique_job_ids', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_unsafe_triggers', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enable_unsupported_feature_messages', 'bool', NULL, NULL, NULL, NULL, 'superuser'),
  ('citus.enable_version_checks', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enforce_foreign_key_restrictions', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.enforce_object_restrictions_for_local_objects', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.executor_slow_start_interval', 'integer', 0, 2147483647, 'ms', NULL, 'user'),
  ('citus.explain_all_tasks', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.explain_analyze_sort_method', 'enum', NULL, NULL, NULL, '{execution-time,taskId}', 'user'),
  ('citus.explain_distributed_queries', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.force_max_query_parallelization', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.function_opens_transaction_block', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.grep_remote_commands', 'string', NULL, NULL, NULL, NULL, 'user'),
  ('citus.hide_citus_dependent_objects', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.hide_shards_from_app_name_prefixes', 'string', NULL, NULL, NULL, NULL, 'superuser'),
  ('citus.isolation_test_session_process_id', 'integer', -1, 2147483647, NULL, NULL, 'user'),
  ('citus.isolation_test_session_remote_process_id', 'integer', -1, 2147483647, NULL, NULL, 'user'),
  ('citus.limit_clause_row_fetch_count', 'integer', -1, 2147483647, NULL, NULL, 'user'),
  ('citus.local_copy_flush_threshold', 'integer', 1, 2147483647, 'B', NULL, 'user'),
  ('citus.local_hostname', 'string', NULL, NULL, NULL, NULL, 'superuser'),
  ('citus.local_shared_pool_size', 'integer', -1, 2147483647, NULL, NULL, 'sighup'),
  ('citus.local_table_join_policy', 'enum', NULL, NULL, NULL, '{never,prefer-local,prefer-distributed,auto}', 'user'),
  ('citus.log_distributed_deadlock_detection', 'bool', NULL, NULL, NULL, NULL, 'sighup'),
  ('citus.log_intermediate_results', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.log_local_commands', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.log_multi_join_order', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.log_remote_commands', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.logical_replication_timeout', 'integer', 0, 604800000, 'ms', NULL, 'sighup'),
  ('citus.max_adaptive_executor_pool_size', 'integer', 1, 2147483647, NULL, NULL, 'user'),
  ('citus.max_background_task_executors', 'integer', 1, 1000, NULL, NULL, 'sighup'),
  ('citus.max_background_task_executors_per_node', 'integer', 1, 128, NULL, NULL, 'sighup'),
  ('citus.max_cached_connection_lifetime', 'integer', -1, 2147483647, 'ms', NULL, 'user'),
  ('citus.max_cached_conns_per_worker', 'integer', 0, 2147483647, NULL, NULL, 'user'),
  ('citus.max_client_connections', 'integer', -1, 262143, NULL, NULL, 'superuser'),
  ('citus.max_high_priority_background_processes', 'integer', 0, 10000, NULL, NULL, 'superuser'),
  ('citus.max_intermediate_result_size', 'integer', -1, 2147483647, 'kB', NULL, 'user'),
  ('citus.max_matview_size_to_auto_recreate', 'integer', -1, 2147483647, 'MB', NULL, 'user'),
  ('citus.max_rebalancer_logged_ignored_moves', 'integer', -1, 2147483647, NULL, NULL, 'user'),
  ('citus.max_shared_pool_size', 'integer', -1, 2147483647, NULL, NULL, 'sighup'),
  ('citus.max_worker_nodes_tracked', 'integer', 1024, 2147483647, NULL, NULL, 'postmaster'),
  ('citus.metadata_sync_interval', 'integer', 1, 604800000, 'ms', NULL, 'sighup'),
  ('citus.metadata_sync_mode', 'enum', NULL, NULL, NULL, '{transactional,nontransactional}', 'superuser'),
  ('citus.metadata_sync_retry_interval', 'integer', 1, 604800000, 'ms', NULL, 'sighup'),
  ('citus.mitmfifo', 'string', NULL, NULL, NULL, NULL, 'superuser'),
  ('citus.multi_shard_modify_mode', 'enum', NULL, NULL, NULL, '{parallel,sequential}', 'user'),
  ('citus.multi_task_query_log_level', 'enum', NULL, NULL, NULL, '{off,debug5,debug4,debug3,debug2,debug1,log,notice,warning,error}', 'user'),
  ('citus.next_cleanup_record_id', 'integer', 0, 2147483647, NULL, NULL, 'user'),
  ('citus.next_operation_id', 'integer', 0, 2147483647, NULL, NULL, 'user'),
  ('citus.next_placement_id', 'integer', 0, 2147483647, NULL, NULL, 'user'),
  ('citus.next_shard_id', 'integer', 0, 2147483647, NULL, NULL, 'user'),
  ('citus.node_connection_timeout', 'integer', 10, 3600000, 'ms', NULL, 'user'),
  ('citus.node_conninfo', 'string', NULL, NULL, NULL, NULL, 'sighup'),
  ('citus.override_table_visibility', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.prevent_incomplete_connection_establishment', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.propagate_session_settings_for_loopback_connection', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.propagate_set_commands', 'enum', NULL, NULL, NULL, '{none,local}', 'user'),
  ('citus.rebalancer_by_disk_size_base_cost', 'integer', 0, 2147483647, 'B', NULL, 'user'),
  ('citus.recover_2pc_interval', 'integer', -1, 604800000, 'ms', NULL, 'sighup'),
  ('citus.remote_copy_flush_threshold', 'integer', 0, 2147483647, 'B', NULL, 'user'),
  ('citus.remote_task_check_interval', 'integer', 1, 2147483647, 'ms', NULL, 'user'),
  ('citus.repartition_join_bucket_count_per_node', 'integer', 1, 2147483647, NULL, NULL, 'sighup'),
  ('citus.replicate_reference_tables_on_activate', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.replication_model', 'enum', NULL, NULL, NULL, '{statement,streaming}', 'superuser'),
  ('citus.running_under_citus_test_suite', 'bool', NULL, NULL, NULL, NULL, 'superuser'),
  ('citus.select_opens_transaction_block', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.shard_count', 'integer', 1, 64000, NULL, NULL, 'user'),
  ('citus.shard_replication_factor', 'integer', 1, 100, NULL, NULL, 'user'),
  ('citus.show_shards_for_app_name_prefixes', 'string', NULL, NULL, NULL, NULL, 'user'),
  ('citus.skip_advisory_lock_permission_checks', 'bool', NULL, NULL, NULL, NULL, 'superuser'),
  ('citus.skip_constraint_validation', 'bool', NULL, NULL, NULL, NULL, 'superuser'),
  ('citus.skip_jsonb_validation_in_copy', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.sort_returning', 'bool', NULL, NULL, NULL, NULL, 'superuser'),
  ('citus.stat_statements_max', 'integer', 1000, 10000000, NULL, NULL, 'postmaster'),
  ('citus.stat_statements_purge_interval', 'integer', -1, 2147483647, 'ms', NULL, 'sighup'),
  ('citus.stat_statements_track', 'enum', NULL, NULL, NULL, '{none,all}', 'superuser'),
  ('citus.stat_tenants_limit', 'integer', 1, 10000, NULL, NULL, 'postmaster'),
  ('citus.stat_tenants_log_level', 'enum', NULL, NULL, NULL, '{off,debug5,debug4,debug3,debug2,debug1,log,notice,warning,error}', 'user'),
  ('citus.stat_tenants_period', 'integer', 1, 86400, NULL, NULL, 'user'),
  ('citus.stat_tenants_track', 'enum', NULL, NULL, NULL, '{none,all}', 'superuser'),
  ('citus.stat_tenants_untracked_sample_rate', 'real', 0, 1, NULL, NULL, 'user'),
  ('citus.subquery_pushdown', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.superuser', 'string', NULL, NULL, NULL, NULL, 'superuser'),
  ('citus.task_assignment_policy', 'enum', NULL, NULL, NULL, '{greedy,first-replica,round-robin}', 'user'),
  ('citus.task_executor_type', 'enum', NULL, NULL, NULL, '{adaptive,real-time,task-tracker}', 'user'),
  ('citus.use_citus_managed_tables', 'bool', NULL, NULL, NULL, NULL, 'user'),
  ('citus.use_secondary_nodes', 'enum', NULL, NULL, NULL, '{never,always}', 'superuser-backend'),
  ('citus.values_materialization_threshold', 'integer', -1, 2147483647, NULL, NULL, 'user'),
  ('citus.version', 'string', NULL, NULL, NULL, NULL, 'internal'),
  ('citus.worker_min_messages', 'enum', NULL, NULL, NULL, '{off,debug5,debug4,debug3,debug2,debug1,log,notice,warning,error}', 'user'),
  ('citus.writable_standby_coordinator', 'bool', NULL, NULL, NULL, NULL, 'user');

GRANT SELECT ON citus_internal.setting TO PUBLIC;

-- Raises what PostgreSQL says of a value that a setting does not take, or of one that cannot be set in a session.
CREATE FUNCTION citus_internal.check_setting(name text, value text, in_session boolean DEFAULT true)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  setting citus_internal.setting;
BEGIN
  SELECT * INTO setting FROM citus_internal.setting s WHERE s.name = lower(check_setting.name);
  IF NOT FOUND THEN
    RAISE invalid_name
    USING MESSAGE = format('invalid configuration parameter name "%s"', name),
          DETAIL  = '"citus" is a reserved prefix.';
  ELSIF in_session AND setting.context IN ('sighup', 'postmaster', 'superuser-backend') OR setting.context = 'internal' THEN
    RAISE cant_change_runtime_param
    USING MESSAGE = format('parameter "%s" %s', name,
                           CASE setting.context WHEN 'sighup'            THEN 'cannot be changed now'
                                                WHEN 'postmaster'        THEN 'cannot be changed without restarting the server'
                                                WHEN 'superuser-backend' THEN 'cannot be set after connection start'
                                                ELSE 'cannot be changed' END);
  END IF;
  IF value IS NOT NULL THEN
    CASE setting.kind
      WHEN 'bool' THEN
        PERFORM citus_internal.check_boolean(name, value);
      WHEN 'enum' THEN
        IF lower(value) <> ALL (setting.choices) THEN
          RAISE invalid_parameter_value
          USING MESSAGE = format('invalid value for parameter "%s": "%s"', name, value),
                HINT    = format('Available values: %s.', array_to_string(setting.choices, ', '));
        END IF;
      WHEN 'integer', 'real' THEN
        PERFORM citus_internal.check_number(setting, name, value);
      ELSE
        NULL;
    END CASE;
  END IF;
END $$;

CREATE FUNCTION citus_internal.check_boolean(name text, value text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM value::boolean;
EXCEPTION WHEN invalid_text_representation THEN
  RAISE invalid_parameter_value USING MESSAGE = format('parameter "%s" requires a Boolean value', name);
END $$;

CREATE FUNCTION citus_internal.check_number(setting citus_internal.setting, name text, value text)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path = pg_catalog
AS $$
DECLARE
  given  text[] := regexp_match(value, '^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([A-Za-z]*)\s*$');
  units  jsonb  := CASE WHEN setting.unit = 'ms' THEN '{"us": 0.001, "ms": 1, "s": 1e3, "min": 6e4, "h": 36e5, "d": 864e5}'
                        WHEN setting.unit IS NULL THEN '{}'
                        ELSE '{"B": 1, "kB": 1024, "MB": 1048576, "GB": 1073741824, "TB": 1099511627776}' END;
  number double precision;
BEGIN
  IF given IS NULL OR given[2] <> '' AND NOT units ? given[2] THEN
    RAISE invalid_parameter_value
    USING MESSAGE = format('invalid value for parameter "%s": "%s"', name, value),
          HINT    = CASE WHEN setting.unit = 'ms' THEN 'Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".'
                         WHEN setting.unit IS NOT NULL
                         THEN 'Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".'
                         ELSE '' END;
  END IF;
  number := given[1]::double precision
            * CASE WHEN given[2] = '' THEN 1
                   ELSE (units ->> given[2])::double precision / (units ->> setting.unit)::double precision END;
  IF setting.kind = 'integer' THEN
    number := round(number);
    IF abs(number) > 2147483647 THEN
      RAISE invalid_parameter_value
      USING MESSAGE = format('invalid value for parameter "%s": "%s"', name, value),
            HINT    = 'Value exceeds integer range.';
    END IF;
  END IF;
  IF number NOT BETWEEN setting.lowest AND setting.highest THEN
    RAISE invalid_parameter_value
    USING MESSAGE = format('%s%s is outside the valid range for parameter "%s" (%4$s%2$s .. %5$s%2$s)', number, ' ' || setting.unit, name,
                           setting.lowest, setting.highest);
  END IF;
END $$;
