-- The demo that most lessons start from: one table of 1,000 sensor readings in 4 shards.
-- It runs on real Citus and on the built-in engine, on the coordinator, and may run again: it starts afresh.
-- The workers are registered beforehand; the lesson runner does that, with as many as there are.

CREATE EXTENSION IF NOT EXISTS citus;

DROP TABLE IF EXISTS sensor_data;

CREATE TABLE sensor_data (
  id        bigserial,
  sensor_id int,
  timestamp timestamptz,
  value     float
);

-- Citus makes 32 shards unless told otherwise; 4 can be looked at one by one.
SET citus.shard_count = 4;
SELECT create_distributed_table('sensor_data', 'sensor_id');
RESET citus.shard_count;

-- 100 sensors, 10 readings each, one a minute; no randomness, so that every run has the same rows in the same shards.
INSERT INTO sensor_data (sensor_id, timestamp, value)
SELECT (g % 100) + 1,
       TIMESTAMPTZ '2025-01-01 00:00:00+00' + g * INTERVAL '1 minute',
       (g * 37 % 1000) / 10.0
FROM generate_series(1, 1000) AS g;
