// What an author's statements cost on the built-in engine: against plain tables on the coordinator's own server, and against
// real Citus where LESSON_BENCH_CITUS names the folder of a PostgreSQL that has it, as `--pg-bin` does.
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { type Environment, type Line, lesson, type Measure, medians } from './measure.ts';

const count = 1_000_000;
const columns = '(id bigint, sensor int, at timestamptz, value float8)';

/** Tables are called READINGS and SENSORS here, and otherwise on each side. */
interface Task {
  readonly what: string;
  readonly before?: string;
  /** How often it runs, for one that is too short to measure. */
  readonly times?: number;
  readonly sql: (run: number) => string;
  /** At most, against Citus. */
  readonly target: string;
}

interface Side {
  readonly name: string;
  time(task: Task): Promise<number>;
  close(): Promise<void>;
}

export const queries: Measure = async (dir, env) => {
  const file = path.join(dir, 'readings.csv');
  await writeFile(file, csv());
  await chmod(file, 0o644);
  const sides = [
    await openSide('engine', await urlOf(env), true),
    await openSide('plain', await urlOf(env), false),
    ...(await citusSide(env)),
  ];
  try {
    const lines: Line[] = [];
    for (const task of tasksWith(file)) lines.push(...(await measure(task, sides)));
    return lines;
  } finally {
    for (const side of sides) await side.close();
    if (sides.length > 2) await lesson(['down', '--purge', '--name', 'citus'], env);
  }
};

async function measure(task: Task, sides: readonly Side[]): Promise<readonly Line[]> {
  const times: Readonly<Record<string, number>> = await medians(
    5,
    Object.fromEntries(sides.map((side) => [side.name, () => side.time(task)])),
  );
  const { engine = Number.NaN, ...others } = times;
  return Object.entries(others).map(([name, ms]) => ({
    what: task.what,
    measured: shown(engine),
    baseline: `${name === 'plain' ? 'plain tables' : 'Citus'} ${shown(ms)}`,
    ratio: engine / ms,
    target: name === 'plain' ? '' : task.target,
  }));
}

const shown = (ms: number) => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;

const tasksWith = (file: string): readonly Task[] => [
  {
    what: `\`COPY\` of ${count.toLocaleString('en-US')} rows`,
    before: 'TRUNCATE READINGS',
    sql: () => `COPY READINGS FROM '${file}' (FORMAT csv)`,
    target: '≤ 3',
  },
  {
    what: '`count(*), avg(value)` of them',
    sql: () => 'SELECT count(*), avg(value) FROM READINGS',
    target: '≤ 2',
  },
  {
    what: '`GROUP BY` the key',
    sql: () => 'SELECT sensor, max(value) FROM READINGS GROUP BY sensor',
    target: '≤ 1.5',
  },
  {
    what: 'a join of tables that are co-located',
    sql: () => 'SELECT name, avg(value) FROM READINGS JOIN SENSORS USING (sensor) GROUP BY name',
    target: '≤ 1.5',
  },
  {
    what: '100 rows by key',
    times: 100,
    sql: (run) => `SELECT id, value FROM READINGS WHERE sensor = ${run} AND id = ${run}`,
    target: '≤ 1.5',
  },
  {
    what: '100 `UPDATE`s by key',
    times: 100,
    sql: (run) => `UPDATE READINGS SET value = 0 WHERE sensor = ${run} AND id = ${run}`,
    target: '≤ 1.5',
  },
  {
    what: '100 `INSERT`s of a row',
    times: 100,
    sql: (run) => `INSERT INTO READINGS VALUES (${count + run}, ${run}, now(), 0)`,
    target: '≤ 1.5',
  },
  {
    what: '`INSERT … SELECT` of 100,000 rows',
    sql: () => `INSERT INTO READINGS SELECT g, g % 1000, now(), g FROM generate_series(1, 100000) AS g`,
    target: '≤ 1.5',
  },
];

const csv = (): string =>
  Array.from(
    { length: count },
    (_, id) => `${id},${id % 1_000},2025-01-01T00:00:${String(id % 60).padStart(2, '0')}Z,${id / 10}\n`,
  ).join('');

async function urlOf(env: Environment, ...options: readonly string[]): Promise<string> {
  return (await lesson(['url', ...options], env)).stdout.trim();
}

/** None where there is no Citus. */
async function citusSide(env: Environment): Promise<readonly Side[]> {
  const bin = process.env.LESSON_BENCH_CITUS;
  if (bin === undefined) return [];
  await lesson(['up', '--name', 'citus', '--cluster', 'local', '--pg-bin', bin], env);
  return [await openSide('citus', await urlOf(env, '--name', 'citus'), true)];
}

/** With its tables: two workers, four shards; or plain ones. */
async function openSide(name: string, url: string, isDistributed: boolean): Promise<Side> {
  const client = new pg.Client(url);
  await client.connect();
  const own = (sql: string) =>
    sql.replaceAll('READINGS', `${name}_readings`).replaceAll('SENSORS', `${name}_sensors`);
  const run = (sql: string) => client.query(own(sql));
  await run(`CREATE TABLE READINGS ${columns}`);
  await run('CREATE TABLE SENSORS (sensor int, name text)');
  if (isDistributed) {
    await run(`SELECT create_distributed_table('READINGS', 'sensor', shard_count => 4)`);
    await run(`SELECT create_distributed_table('SENSORS', 'sensor', colocate_with => 'READINGS')`);
  }
  await run(`INSERT INTO SENSORS SELECT g, 'sensor ' || g % 50 FROM generate_series(0, 999) AS g`);
  await run('CREATE INDEX ON READINGS (sensor, id)');
  return {
    name,
    async time({ before, times = 1, sql }) {
      if (before !== undefined) await run(before);
      const started = performance.now();
      for (let at = 1; at <= times; at += 1) await run(sql(at));
      return performance.now() - started;
    },
    async close() {
      await run('DROP TABLE READINGS, SENSORS');
      await client.end();
    },
  };
}
