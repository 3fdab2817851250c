// Runs a script on a distributed table and on a plain one, and says in what they differ.
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { renderStatements, renderTable } from './render.ts';
import type { Script } from './script.ts';

/** Two sessions, so that a statement that fails on one table alone leaves the other's transaction as it is. */
export interface Sessions {
  readonly plain: pg.Client;
  readonly distributed: pg.Client;
}

/** @throws Error that tells the first difference, with the statements up to it. */
export async function judge(script: Script, sessions: Sessions): Promise<void> {
  const told: string[] = [];
  const same = (what: string, plain: unknown, distributed: unknown) => {
    if (isDeepStrictEqual(plain, distributed)) return;
    const found = `plain:       ${JSON.stringify(plain)}\ndistributed: ${JSON.stringify(distributed)}`;
    throw new Error(`${what}\n${found}\nafter:\n${told.map((sql) => `  ${sql};`).join('\n')}`);
  };
  await clean(sessions);
  for (const sql of await distribute(script, sessions)) told.push(sql);

  const onPlain = renderStatements(script, 'plain');
  const onDistributed = renderStatements(script, 'distributed');
  for (const [index, sql] of [...onDistributed, 'COMMIT'].entries()) {
    told.push(sql);
    const plain = await outcome(sessions.plain, onPlain[index] ?? 'COMMIT');
    same('a statement ends differently', plain, await outcome(sessions.distributed, sql));
  }

  const rows = async (client: pg.Client, table: string) =>
    (await client.query(`SELECT t::text AS row FROM ${table} t`)).rows.map(({ row }) => String(row)).sort();
  const expected = await rows(sessions.plain, 'plain');
  same('the rows differ', expected, await rows(sessions.distributed, 'distributed'));

  const copies = await readCopies(sessions.distributed);
  for (const copy of copies) {
    const lost = copy.rows.filter(([hash]) => hash < copy.lowest || hash > copy.highest);
    same(`rows of shard ${copy.shard} on ${copy.node} are not in its range`, [], lost);
  }
  const shards = new Map<string, Copy[]>();
  for (const copy of copies) shards.set(copy.shard, [...(shards.get(copy.shard) ?? []), copy]);
  same('shards', script.shards, shards.size);
  for (const [shard, [first, ...others]] of shards) {
    same(`copies of shard ${shard}`, placements(script), others.length + 1);
    for (const other of others) same(`the copies of shard ${shard} differ`, first?.rows, other.rows);
  }
  const inShards = [...shards.values()].flatMap(([first]) => first?.rows.map(([, row]) => row) ?? []).sort();
  same('the rows of the shards differ', expected, inShards);
}

const placements = ({ factor, workers }: Script) => Math.min(factor, workers);

async function clean({ plain, distributed }: Sessions): Promise<void> {
  for (const client of [plain, distributed]) await client.query('ROLLBACK');
  await plain.query('DROP TABLE IF EXISTS plain');
  await distributed.query('DROP TABLE IF EXISTS distributed');
}

async function distribute(script: Script, { plain, distributed }: Sessions): Promise<readonly string[]> {
  const { workers, shards } = script;
  await distributed.query(
    `SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', groupid <= $1)
     FROM pg_dist_node WHERE groupid > 0 AND shouldhaveshards <> (groupid <= $1)`,
    [workers],
  );
  const statements = [
    ...renderTable(script, 'distributed'),
    `SET citus.shard_replication_factor = ${placements(script)}`,
    `SELECT create_distributed_table('distributed', 'k', shard_count => ${shards})`,
  ];
  for (const sql of renderTable(script, 'plain')) await plain.query(sql);
  for (const sql of statements) await distributed.query(sql);
  return statements;
}

/** The command and how many rows it touched, or the class of its error: which row is met first is not the same. */
async function outcome(client: pg.Client, sql: string): Promise<unknown> {
  try {
    const { command, rowCount, rows } = await client.query(sql);
    return command === 'SELECT' ? rows : [command, rowCount];
  } catch (error) {
    return `error ${(error as pg.DatabaseError).code?.slice(0, 2)}`;
  }
}

interface Copy {
  readonly shard: string;
  readonly node: string;
  readonly lowest: number;
  readonly highest: number;
  /** The hash of the key, and the row as text. */
  readonly rows: readonly (readonly [number, string])[];
}

// The hash of an array of one is 31 and the hash of its element: a way to every type's own hash function.
const readRows = `
  SELECT coalesce(json_agg(json_build_array(hash, row) ORDER BY row), '[]')
  FROM (SELECT ((pg_catalog.hash_array(ARRAY[k])::bigint - 31 + 2147483648) & 4294967295) - 2147483648 AS hash,
               shard::text AS row FROM %s AS shard) AS hashed`;

async function readCopies(client: pg.Client): Promise<readonly Copy[]> {
  const { rows } = await client.query(
    `SELECT shardid, nodename, success, result, shardminvalue, shardmaxvalue
     FROM run_command_on_placements('distributed', $1) JOIN pg_dist_shard USING (shardid)`,
    [readRows],
  );
  return rows.map((row) => {
    if (!row.success) throw new Error(`shard ${row.shardid} on ${row.nodename}: ${row.result}`);
    return {
      shard: String(row.shardid),
      node: row.nodename,
      lowest: Number(row.shardminvalue),
      highest: Number(row.shardmaxvalue),
      rows: JSON.parse(row.result),
    };
  });
}
