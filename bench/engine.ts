// The built-in engine, in one session: copies of shards, and making tables.
import pg from 'pg';
import { type Line, lesson, type Measure, medians } from './measure.ts';

export const engine: Measure = async (_dir, env) => {
  const { stdout } = await lesson(['url'], env);
  const client = new pg.Client(stdout.trim());
  await client.connect();
  try {
    const session: Session = {
      run: async (...statements) => {
        for (const sql of statements) await client.query(sql);
      },
      async time(sql) {
        const started = performance.now();
        await client.query(sql);
        return performance.now() - started;
      },
    };
    return [...(await copies(session)), ...(await making(session))];
  } finally {
    await client.query('DROP TABLE IF EXISTS once, twice, made');
    await client.end();
  }
};

interface Session {
  readonly run: (...statements: readonly string[]) => Promise<void>;
  /** How long one statement takes, in milliseconds. */
  readonly time: (sql: string) => Promise<number>;
}

const columns = '(id bigint, sensor int, at timestamptz, value float8)';

const fill = (table: string, count: number) =>
  `INSERT INTO ${table} SELECT g, g % 1000, '2025-01-01'::timestamptz + g * interval '1 second', g / 10.0
   FROM generate_series(1, ${count}) g`;

async function copies({ run, time }: Session): Promise<readonly Line[]> {
  await run(`CREATE TABLE once ${columns}`, `CREATE TABLE twice ${columns}`, distribute('once', 4));
  await run(
    'SET citus.shard_replication_factor = 2',
    distribute('twice', 4),
    'RESET citus.shard_replication_factor',
  );
  const insert = (table: string) => async () => {
    await run(`TRUNCATE ${table}`);
    return time(fill(table, 10_000));
  };
  const { once, twice } = await medians(7, { once: insert('once'), twice: insert('twice') });
  return [against('10,000 rows into two copies', twice, 'one copy', once, '≤ 4')];
}

async function making({ run, time }: Session): Promise<readonly Line[]> {
  const make = (shards: number) => async () => {
    await run('DROP TABLE IF EXISTS made', `CREATE TABLE made ${columns}`);
    return time(distribute('made', shards));
  };
  const { few, many } = await medians(7, { few: make(4), many: make(32) });
  return [
    { what: '`create_distributed_table`, 4 shards', measured: `${few.toFixed(0)} ms`, target: '< 100 ms' },
    { what: '`create_distributed_table`, 32 shards', measured: `${many.toFixed(0)} ms`, target: '< 500 ms' },
  ];
}

const distribute = (table: string, shards: number) =>
  `SELECT create_distributed_table('${table}', 'sensor', colocate_with => 'none', shard_count => ${shards})`;

function against(what: string, ms: number, baseline: string, baseMs: number, target: string): Line {
  const shown = (time: number) => `${time.toFixed(time < 10 ? 2 : 0)} ms`;
  return { what, measured: shown(ms), baseline: `${baseline} ${shown(baseMs)}`, ratio: ms / baseMs, target };
}
