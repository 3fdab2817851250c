// What `lesson map` reads: of a sound cluster, and while servers are away.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { externalProvider } from '../../runner/cluster/external/provider.ts';
import type { Cluster } from '../../runner/cluster/port.ts';
import { withClient } from '../../runner/connect/client.ts';
import { connectionUrl } from '../../runner/connect/libpq.ts';
import type { MapData } from '../../runner/map/map-data.ts';
import { type MapReader, openMapReader, readMap } from '../../runner/map/read-map.ts';
import { type TestCluster, testCluster } from '../support/cluster.ts';
import { ask, never } from '../support/servers.ts';

let cluster: TestCluster;
let reader: MapReader;

beforeAll(async () => {
  cluster = await testCluster();
  reader = openMapReader(cluster);
  const sql = [
    'CREATE SCHEMA "Odd ones"',
    `CREATE TABLE "Odd ones"."it's" (k int)`,
    `SELECT create_distributed_table('"Odd ones"."it''s"', 'k', shard_count => 2)`,
    `INSERT INTO "Odd ones"."it's" SELECT generate_series(1, 100)`,
    'CREATE TABLE sites (id int)',
    `SELECT create_reference_table('sites')`,
    'INSERT INTO sites VALUES (1), (2)',
    'SET citus.shard_replication_factor = 2',
    'CREATE TABLE readings (sensor_id int)',
    `SELECT create_distributed_table('readings', 'sensor_id', shard_count => 2)`,
  ];
  await ask(cluster, 'coordinator', sql.join(';'));
  await cluster.servers!.standby(
    { name: 'spare', of: 'worker-1', synchronous: false, delayMs: 0, slot: false },
    never,
  );
});
afterAll(() => reader.close());

const placementsOf = ({ placements }: MapData, table: string) =>
  placements
    .filter((placement) => placement.table === table)
    .map(({ shardId, node, rows }) => [shardId, node, rows]);
const stateOf = ({ nodes }: MapData, name: string) => nodes.find((node) => node.name === name)?.state;

/** As the engine counts them. */
async function counted(of: Cluster, table: string) {
  return ask(
    of,
    'coordinator',
    `SELECT shardid::int, nodename, result::int
       FROM run_command_on_placements('${table.replaceAll("'", "''")}', 'SELECT count(*) FROM %s')
      ORDER BY shardid, nodename`,
  );
}

test('tables, the rows of each placement, and how far a standby is behind', async () => {
  const data = await readMap(cluster, never);
  expect(data.metadataFailure).toBeUndefined();
  expect(data.tables).toEqual([
    {
      name: `"Odd ones"."it's"`,
      kind: 'distributed',
      distributionColumn: 'k',
      colocationId: expect.any(Number),
    },
    {
      name: 'readings',
      kind: 'distributed',
      distributionColumn: 'sensor_id',
      colocationId: expect.any(Number),
    },
    { name: 'sites', kind: 'reference', distributionColumn: null, colocationId: expect.any(Number) },
  ]);
  for (const { name } of data.tables) {
    const placements = placementsOf(data, name);
    expect(placements).toEqual(await counted(cluster, name));
    expect(placements.length).toBe(name === 'readings' ? 4 : name === 'sites' ? 3 : 2);
  }
  expect(placementsOf(data, `"Odd ones"."it's"`).reduce((sum, [, , rows]) => sum + Number(rows), 0)).toBe(
    100,
  );
  expect(data.placements.every(({ bytes }) => bytes !== null && bytes >= 0)).toBe(true);
  // The standby has reported what it applied when it has streamed for a moment.
  await expect
    .poll(async () => (await readMap(cluster, never)).nodes)
    .toContainEqual({
      name: 'spare',
      role: 'standby',
      state: 'up',
      follows: 'worker-1',
      replication: {
        isSynchronous: false,
        lag: { bytes: expect.any(Number), ms: expect.toBeOneOf([null, expect.any(Number)]) },
      },
    });
});

test('through the coordinator alone, it is the same', async () => {
  const url = connectionUrl(await cluster.address('coordinator'));
  const external = await externalProvider(url).find('external');
  const data = await readMap(external, never);
  expect(data.kind).toBe('external');
  const withoutBytes = (map: MapData) => map.placements.map(({ bytes: _, ...placement }) => placement);
  expect(withoutBytes(data)).toEqual(withoutBytes(await readMap(cluster, never)));
  expect(data.placements.every(({ rows, bytes }) => rows !== null && bytes !== null)).toBe(true);
});

test('of a table that is locked nothing is known, of the others all', async () => {
  await withClient(await cluster.address('worker-1'), { signal: never }, async (client) => {
    const [[shardId]] = (await counted(cluster, 'readings')) as [[number]];
    await client.query(`BEGIN; LOCK TABLE readings_${shardId}`);
    const data = await reader.read(never);
    const rowsOn = (table: string) => placementsOf(data, table).filter(([, node]) => node === 'worker-1');
    expect(rowsOn('readings').map(([, , rows]) => rows)).toEqual([null, null]);
    expect(rowsOn('sites').map(([, , rows]) => rows)).toEqual([2]);
  });
});

test('servers die and come back, and the map says so', async () => {
  const servers = cluster.servers!;
  await reader.read(never);
  await servers.kill('worker-2', never);
  const without = await reader.read(never);
  expect(stateOf(without, 'worker-2')).toBe('down');
  for (const { node, rows } of without.placements) expect(rows === null).toBe(node === 'worker-2');

  await servers.pause('worker-1', never);
  const paused = await reader.read(never);
  expect(stateOf(paused, 'worker-1')).toBe('paused');
  expect(paused.nodes.find(({ name }) => name === 'spare')?.replication).toBeUndefined();
  await servers.resume('worker-1', never);

  await servers.kill('coordinator', never);
  const unreadable = await reader.read(never);
  expect(unreadable.metadataFailure).toBe('The metadata cannot be read: the coordinator is down.');
  expect(unreadable.placements).toEqual([]);
  expect(stateOf(unreadable, 'worker-1')).toBe('up');

  await servers.start('coordinator', never);
  await servers.start('worker-2', never);
  const again = await reader.read(never);
  expect(again.metadataFailure).toBeUndefined();
  expect(again.placements.every(({ rows }) => rows !== null)).toBe(true);
});

test('a standby that was promoted has the shards of the node in whose place it is', async () => {
  await cluster.servers!.kill('worker-1', never);
  await cluster.servers!.promote('spare', never);
  await ask(
    cluster,
    'coordinator',
    `SELECT citus_update_node(nodeid, 'spare', 5432) FROM pg_dist_node WHERE nodename = 'worker-1'`,
  );
  const data = await readMap(cluster, never);
  expect(placementsOf(data, 'readings')).toEqual(await counted(cluster, 'readings'));
  expect(placementsOf(data, 'readings').map(([, node]) => node)).toContain('spare');
  expect(data.nodes.find(({ name }) => name === 'worker-1')?.replacedBy).toBe('spare');
});
