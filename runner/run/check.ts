// Checks: each reads the cluster itself, and says what was expected and what is there.
import { setTimeout as wait } from 'node:timers/promises';
import type { Row } from '../cluster/connection.ts';
import type { Check, CheckRule, PerTable } from '../lesson/types.ts';
import type { Outcome } from './events.ts';
import { countTasks } from './tasks.ts';

/** What a check may ask. Rows are text, as PostgreSQL sends it. */
export interface Probe {
  /** On the coordinator, in a session of its own: it sees what is committed. */
  readonly coordinator: (sql: string) => Promise<readonly Row[]>;
  readonly node: (node: string, sql: string) => Promise<readonly Row[]>;
  readonly nodes: () => Promise<readonly string[]>;
  /** In the session of the block, so that it knows what the block prepared. */
  readonly session: (sql: string) => Promise<readonly Row[]>;
  /** The block above: its last statement, and the last result that has columns. */
  readonly block: {
    readonly lastStatement: string | undefined;
    readonly lastResult: BlockResult | undefined;
  };
}

export interface BlockResult {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly rowCount: number;
}

/** One comparison: a check on two tables makes two. */
interface Finding {
  readonly title: string;
  readonly held: boolean;
  readonly expected: string;
  readonly actual: string;
  readonly look?: string;
}

const pollMs = 100;

/** Asks until the check holds or its `eventually` has passed; once where it has none. */
export async function runCheck(check: Check, probe: Probe, signal: AbortSignal): Promise<readonly Outcome[]> {
  const deadline = Date.now() + (check.eventuallyMs ?? 0);
  for (;;) {
    const findings = await examine(check, probe);
    if (findings.every((finding) => finding.held) || Date.now() >= deadline || signal.aborted) {
      return findings.map((finding) => toOutcome(check, finding));
    }
    await wait(pollMs, undefined, { signal }).catch(() => {});
  }
}

function toOutcome({ place, say }: Check, { title, held, expected, actual, look }: Finding): Outcome {
  if (held) return { status: 'held', title, place };
  return {
    status: 'failed',
    title,
    place,
    expected,
    actual,
    ...(say === undefined ? {} : { say }),
    ...(look === undefined ? {} : { look }),
  };
}

/** A question that fails is a finding too: the table may not be there. */
async function examine(check: Check, probe: Probe): Promise<readonly Finding[]> {
  try {
    return await ask(check, probe);
  } catch (error) {
    const actual = error instanceof Error ? error.message : String(error);
    return [{ title: check.kind, held: false, expected: JSON.stringify(check.is), actual }];
  }
}

function ask(rule: CheckRule, probe: Probe): Promise<readonly Finding[]> {
  switch (rule.kind) {
    case 'shards':
      return typeof rule.is === 'number' ? allShards(rule.is, probe) : each(rule.is, probe, shardsOf);
    case 'placement':
      return typeof rule.is === 'string' ? allEven(probe) : each(rule.is, probe, evenOf);
    case 'rows':
      return each(rule.is, probe, rowsOf);
    case 'rows_per_shard':
      return each(rule.is, probe, rowsPerShardOf);
    case 'workers':
      return activeWorkers(rule.is, probe);
    case 'replication_factor':
      return each(rule.is, probe, replicationFactorOf);
    case 'standbys':
      return standbys(rule.is, probe);
    case 'tasks':
      return tasks(rule.is, probe);
    case 'returns':
      return lastResult(probe, 'number of rows', String(rule.is), (result) => String(result.rowCount));
    case 'columns':
      return lastResult(probe, 'columns', rule.is.join(', '), (result) => result.columns.join(', '));
    case 'value':
      return lastResult(probe, 'value', rule.is, onlyCell);
    case 'true':
      return Promise.all(rule.is.map((sql) => isTrue(sql, probe)));
  }
}

/** A table that exists: `name` as regclass prints it, which is safe to put into SQL. */
interface Table {
  readonly name: string;
  readonly literal: string;
}

async function each<T>(
  perTable: PerTable<T>,
  probe: Probe,
  examineTable: (table: Table, expected: T, probe: Probe) => Promise<Finding>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [name, expected] of Object.entries(perTable)) {
    const [row] = await probe.coordinator(`SELECT to_regclass(${literal(name)})::text`);
    const found = row?.[0];
    findings.push(
      found == null
        ? { title: `table ${name}`, held: false, expected: 'a table', actual: 'there is no such table' }
        : await examineTable({ name: found, literal: `${literal(found)}::regclass` }, expected, probe),
    );
  }
  return findings;
}

async function allShards(expected: number, probe: Probe): Promise<readonly Finding[]> {
  const look = `SELECT table_name, count(DISTINCT shardid) FROM citus_shards WHERE citus_table_type = 'distributed' GROUP BY table_name;`;
  const sql = `SELECT count(DISTINCT shardid) FROM citus_shards WHERE citus_table_type = 'distributed'`;
  return [compare('shards of all distributed tables', String(expected), await cell(probe, sql), look)];
}

async function shardsOf(table: Table, expected: number, probe: Probe): Promise<Finding> {
  const sql = `SELECT count(DISTINCT shardid) FROM citus_shards WHERE table_name = ${table.literal}`;
  const look = `SELECT * FROM citus_shards WHERE table_name = ${table.literal};`;
  return compare(`shards of ${table.name}`, String(expected), await cell(probe, sql), look);
}

/** Placements on each active worker that should have shards, workers with none included. */
const placementsPerWorker = (table: string) =>
  `SELECT node.nodename, node.nodeport, count(shard.shardid)
     FROM pg_dist_node AS node
     LEFT JOIN citus_shards AS shard
       ON (shard.nodename, shard.nodeport, shard.table_name) = (node.nodename, node.nodeport, ${table})
    WHERE node.isactive AND node.shouldhaveshards AND node.noderole = 'primary'
    GROUP BY node.nodeid, node.nodename, node.nodeport
    ORDER BY node.nodeid`;

async function evenOf(table: Table, _expected: 'even', probe: Probe): Promise<Finding> {
  const workers = await probe.coordinator(placementsPerWorker(table.literal));
  const counts = workers.map(([, , count]) => Number(count));
  const spread = counts.length === 0 ? 0 : Math.max(...counts) - Math.min(...counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    title: `placement of ${table.name}`,
    held: total > 0 && spread <= 1,
    expected: 'even: as many shards on each worker, or one more',
    actual: total === 0 ? 'no shards' : workers.map(([name, , count]) => `${name}: ${count}`).join(', '),
    look: `SELECT nodename, count(*) FROM citus_shards WHERE table_name = ${table.literal} GROUP BY nodename;`,
  };
}

async function allEven(probe: Probe): Promise<readonly Finding[]> {
  const tables = await probe.coordinator(
    `SELECT DISTINCT table_name::text FROM citus_shards WHERE citus_table_type = 'distributed' ORDER BY 1`,
  );
  if (tables.length === 0) {
    return [{ title: 'placement', held: false, expected: 'a distributed table', actual: 'there is none' }];
  }
  return each(Object.fromEntries(tables.map(([name]) => [name, 'even' as const])), probe, evenOf);
}

async function rowsOf(table: Table, expected: number, probe: Probe): Promise<Finding> {
  const sql = `SELECT count(*) FROM ${table.name}`;
  return compare(`rows of ${table.name}`, String(expected), await cell(probe, sql), `${sql};`);
}

async function rowsPerShardOf(table: Table, expected: readonly number[], probe: Probe): Promise<Finding> {
  const sql = `SELECT shardid, success, result FROM run_command_on_shards(${table.literal}, 'SELECT count(*) FROM %s') ORDER BY shardid`;
  const shards = await probe.coordinator(sql);
  const actual = shards.map(([, success, result]) => (success === 't' ? result : `failed: ${result}`));
  return compare(`rows in each shard of ${table.name}`, expected.join(', '), actual.join(', '), `${sql};`);
}

async function activeWorkers(expected: number, probe: Probe): Promise<readonly Finding[]> {
  const sql = `SELECT count(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards AND noderole = 'primary'`;
  return [compare('active workers', String(expected), await cell(probe, sql), 'SELECT * FROM pg_dist_node;')];
}

async function replicationFactorOf(table: Table, expected: number, probe: Probe): Promise<Finding> {
  const look = `SELECT shardid, count(*) FROM citus_shards WHERE table_name = ${table.literal} GROUP BY shardid`;
  const shards = await probe.coordinator(look);
  const factors = [...new Set(shards.map(([, placements]) => placements))];
  const actual = factors.length === 0 ? 'no shards' : factors.join(' and ');
  return compare(`placements a shard of ${table.name}`, String(expected), actual, `${look};`);
}

async function standbys(expected: number | PerTable<number>, probe: Probe): Promise<readonly Finding[]> {
  const sql = `SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'`;
  const count = async (node: string) => Number((await probe.node(node, sql))[0]?.[0]);
  if (typeof expected === 'number') {
    const counts = await Promise.all((await probe.nodes()).map(count));
    const total = counts.reduce((sum, n) => sum + n, 0);
    return [compare('streaming standbys', String(expected), String(total), `${sql};`)];
  }
  return Promise.all(
    Object.entries(expected).map(async ([node, n]) =>
      compare(`streaming standbys of ${node}`, String(n), String(await count(node)), `${sql};`),
    ),
  );
}

async function tasks(expected: number, probe: Probe): Promise<readonly Finding[]> {
  const statement = probe.block.lastStatement;
  if (statement === undefined) return [nothingRan('shards touched', String(expected))];
  const explain = /^\s*explain\b/i.test(statement) ? statement : `EXPLAIN (COSTS OFF) ${statement}`;
  const plan = (await probe.session(explain)).map(([line]) => line ?? '').join('\n');
  return [compare('shards touched', String(expected), String(countTasks(plan)), explain)];
}

async function lastResult(
  probe: Probe,
  title: string,
  expected: string,
  read: (result: BlockResult) => string,
): Promise<readonly Finding[]> {
  const result = probe.block.lastResult;
  if (result === undefined) return [nothingRan(title, expected)];
  return [compare(title, expected, read(result))];
}

function onlyCell({ columns, rows, rowCount }: BlockResult): string {
  if (rowCount !== 1 || columns.length !== 1) return `${rowCount} rows of ${columns.length} columns`;
  return (rows[0]?.[0] ?? '').trim();
}

async function isTrue(sql: string, probe: Probe): Promise<Finding> {
  const rows = await probe.coordinator(sql);
  const only = rows.length === 1 && rows[0]?.length === 1 ? rows[0][0] : undefined;
  const actual = only === undefined ? `${rows.length} rows` : (only ?? 'NULL');
  return { title: sql, held: only === 't', expected: 't', actual, look: sql };
}

async function cell(probe: Probe, sql: string): Promise<string> {
  return (await probe.coordinator(sql))[0]?.[0] ?? 'NULL';
}

function compare(title: string, expected: string, actual: string, look?: string): Finding {
  return { title, held: actual === expected, expected, actual, ...(look === undefined ? {} : { look }) };
}

function nothingRan(title: string, expected: string): Finding {
  return { title, held: false, expected, actual: 'the block returned no result' };
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
