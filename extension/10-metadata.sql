-- The metadata: which nodes there are, which tables are distributed, where each shard is.
-- Tables, columns and types are those of Citus. They live in pg_catalog, as in Citus; a table cannot be
-- created there, so each is created in schema citus and then moved.

CREATE SCHEMA citus;                  -- the enums of Citus, and the tables below until they are moved
CREATE SCHEMA citus_internal;         -- what the engine needs and Citus has in C
CREATE SCHEMA citus_shards_internal;  -- one foreign table for each shard: the coordinator's view of it

GRANT USAGE ON SCHEMA citus, citus_internal TO PUBLIC;

CREATE TYPE citus.distribution_type   AS ENUM ('hash', 'range', 'append');
CREATE TYPE citus.shard_transfer_mode AS ENUM ('auto', 'force_logical', 'block_writes');
CREATE TYPE pg_catalog.noderole       AS ENUM ('primary', 'secondary', 'unavailable');
CREATE TYPE pg_catalog.citus_job_status AS ENUM
  ('scheduled', 'running', 'finished', 'cancelling', 'cancelled', 'failing', 'failed');
CREATE TYPE pg_catalog.citus_task_status AS ENUM
  ('blocked', 'runnable', 'running', 'done', 'cancelling', 'error', 'unscheduled', 'cancelled');

-- A table. Workers read these columns from the coordinator, where the table has another oid: a type of the engine's own keeps
-- postgres_fdw from comparing oids there.
CREATE DOMAIN citus_internal.regclass AS regclass;

CREATE SEQUENCE citus.pg_dist_node_nodeid_seq           MINVALUE 1 MAXVALUE 4294967295;
CREATE SEQUENCE citus.pg_dist_groupid_seq               MINVALUE 1 MAXVALUE 4294967295;
CREATE SEQUENCE citus.pg_dist_colocationid_seq          MINVALUE 1 MAXVALUE 4294967295;
CREATE SEQUENCE citus.pg_dist_placement_placementid_seq;
CREATE SEQUENCE citus.pg_dist_shardid_seq               MINVALUE 102008;

-- A node is a server. Nodes of one group hold the same shards; group 0 is the coordinator.
CREATE TABLE citus.pg_dist_node (
  nodeid            integer  NOT NULL DEFAULT nextval('citus.pg_dist_node_nodeid_seq') PRIMARY KEY,
  groupid           integer  NOT NULL DEFAULT nextval('citus.pg_dist_groupid_seq'),
  nodename          text     NOT NULL,
  nodeport          integer  NOT NULL DEFAULT 5432,
  noderack          text     NOT NULL DEFAULT 'default',
  hasmetadata       boolean  NOT NULL DEFAULT false,
  isactive          boolean  NOT NULL DEFAULT true,
  noderole          noderole NOT NULL DEFAULT 'primary',
  nodecluster       name     NOT NULL DEFAULT 'default',
  metadatasynced    boolean  NOT NULL DEFAULT false,
  shouldhaveshards  boolean  NOT NULL DEFAULT true,
  nodeisclone       boolean  NOT NULL DEFAULT false,
  nodeprimarynodeid integer  NOT NULL DEFAULT 0,
  UNIQUE (nodename, nodeport)
);

-- The group that this server belongs to.
CREATE TABLE citus.pg_dist_local_group (
  groupid integer NOT NULL PRIMARY KEY
);
INSERT INTO citus.pg_dist_local_group VALUES (0);

-- A distributed table. partmethod: h by hash, n not partitioned (a reference table).
-- repmodel: s one copy of a shard, c several written by statement, t a reference table.
-- colocationid 0: a local table of Citus, which stays a plain table on the coordinator (93-local-tables.sql).
CREATE TABLE citus.pg_dist_partition (
  logicalrelid  citus_internal.regclass NOT NULL PRIMARY KEY,
  partmethod    "char"   NOT NULL,
  partkey       text,
  colocationid  integer  NOT NULL DEFAULT 0,
  repmodel      "char"   NOT NULL DEFAULT 'c',
  autoconverted boolean  NOT NULL DEFAULT false
);
CREATE INDEX ON citus.pg_dist_partition (colocationid);

-- A shard holds the rows whose key hashes into its range.
CREATE TABLE citus.pg_dist_shard (
  logicalrelid  citus_internal.regclass NOT NULL,
  shardid       bigint   NOT NULL PRIMARY KEY,
  shardstorage  "char"   NOT NULL,
  shardminvalue text,
  shardmaxvalue text
);
CREATE INDEX ON citus.pg_dist_shard (logicalrelid);

-- A placement is one copy of a shard, on the nodes of a group.
CREATE TABLE citus.pg_dist_placement (
  placementid bigint  NOT NULL DEFAULT nextval('citus.pg_dist_placement_placementid_seq') PRIMARY KEY,
  shardid     bigint  NOT NULL,
  shardstate  integer NOT NULL,
  shardlength bigint  NOT NULL,
  groupid     integer NOT NULL,
  UNIQUE (shardid, groupid)
);
CREATE INDEX ON citus.pg_dist_placement (groupid);

-- Tables of one group keep equal keys on the same node.
CREATE TABLE citus.pg_dist_colocation (
  colocationid                integer NOT NULL PRIMARY KEY,
  shardcount                  integer NOT NULL,
  replicationfactor           integer NOT NULL,
  distributioncolumntype      oid     NOT NULL,
  distributioncolumncollation oid     NOT NULL
);

-- What Citus copies to every node besides tables. The built-in engine keeps it for queries that name it.
CREATE TABLE citus.pg_dist_object (
  classid                     oid     NOT NULL,
  objid                       oid     NOT NULL,
  objsubid                    integer NOT NULL,
  type                        text,
  object_names                text[],
  object_args                 text[],
  distribution_argument_index integer,
  colocationid                integer,
  force_delegation            boolean,
  PRIMARY KEY (classid, objid, objsubid)
);

-- A distributed schema: its tables are whole, and in one group.
CREATE TABLE citus.pg_dist_schema (
  schemaid     oid     NOT NULL PRIMARY KEY,
  colocationid integer NOT NULL UNIQUE
);

-- How to weigh shards and nodes when shards are spread anew.
CREATE TABLE citus.pg_dist_rebalance_strategy (
  name                           name    NOT NULL UNIQUE,
  default_strategy               boolean NOT NULL DEFAULT false,
  shard_cost_function            regproc NOT NULL,
  node_capacity_function         regproc NOT NULL,
  shard_allowed_on_node_function regproc NOT NULL,
  default_threshold              real    NOT NULL,
  minimum_threshold              real    NOT NULL DEFAULT 0,
  improvement_threshold          real    NOT NULL DEFAULT 0
);

-- What citus_rebalance_start has done, move by move.
CREATE SEQUENCE citus.pg_dist_background_job_job_id_seq;
CREATE SEQUENCE citus.pg_dist_background_task_task_id_seq;
CREATE TABLE citus.pg_dist_background_job (
  job_id      bigint           NOT NULL DEFAULT nextval('citus.pg_dist_background_job_job_id_seq') PRIMARY KEY,
  state       citus_job_status NOT NULL DEFAULT 'scheduled',
  job_type    name             NOT NULL,
  description text             NOT NULL,
  started_at  timestamptz,
  finished_at timestamptz
);
CREATE TABLE citus.pg_dist_background_task (
  job_id         bigint            NOT NULL REFERENCES citus.pg_dist_background_job,
  task_id        bigint            NOT NULL DEFAULT nextval('citus.pg_dist_background_task_task_id_seq') PRIMARY KEY,
  owner          regrole           NOT NULL DEFAULT CURRENT_USER::regrole,
  pid            integer,
  status         citus_task_status NOT NULL DEFAULT 'runnable',
  command        text              NOT NULL,
  retry_count    integer,
  not_before     timestamptz,
  message        text              NOT NULL DEFAULT '',
  nodes_involved integer[]
);

-- What a move leaves behind, to be dropped when it is committed.
CREATE SEQUENCE citus.pg_dist_cleanup_recordid_seq;
CREATE TABLE citus.pg_dist_cleanup (
  record_id     bigint  NOT NULL DEFAULT nextval('citus.pg_dist_cleanup_recordid_seq') PRIMARY KEY,
  operation_id  bigint  NOT NULL,
  object_type   integer NOT NULL,
  object_name   text    NOT NULL,
  node_group_id integer NOT NULL,
  policy_type   integer NOT NULL
);

DO $$
DECLARE
  moved record;
BEGIN
  FOR moved IN
    SELECT oid, relname, relkind
      FROM pg_class
     WHERE relnamespace = 'citus'::regnamespace
       AND relkind IN ('r', 'S')
  LOOP
    EXECUTE format('ALTER %s citus.%I SET SCHEMA pg_catalog',
                   CASE moved.relkind WHEN 'r' THEN 'TABLE' ELSE 'SEQUENCE' END, moved.relname);
    EXECUTE format('GRANT SELECT ON pg_catalog.%I TO PUBLIC', moved.relname);
  END LOOP;
END $$;
